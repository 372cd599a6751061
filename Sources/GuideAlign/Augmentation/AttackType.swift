import GuidelineStore

/// A type of inputs that an assistant must deal with carefully, with inputs to begin from.
public struct AttackType: Sendable, Hashable {
    public var name: String
    public var seeds: [String]

    public init(name: String, seeds: [String]) {
        self.name = name
        self.seeds = seeds
    }

    /// Reads JSON Lines of `{"type","text"}`: the types in the order of their first lines.
    ///
    /// - Throws: `GuidelineStoreError` with the line at fault.
    public static func read(from source: InputSource) throws -> [AttackType] {
        let reader = try JSONLinesReader(source)
        var types: [AttackType] = []
        var places: [String: Int] = [:]
        while let line = try reader.next() {
            func text(_ name: String) throws(GuidelineStoreError) -> String {
                guard case .string(let text)? = line.members[name] else {
                    throw .invalidField(name, problem: "must be text", line.location)
                }
                let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                guard !words.isEmpty else { throw .emptyText(field: name, line.location) }
                return words
            }
            let (name, seed) = (try text("type"), try text("text"))
            if let place = places[name] {
                if !types[place].seeds.contains(seed) { types[place].seeds.append(seed) }
            } else {
                places[name] = types.count
                types.append(AttackType(name: name, seeds: [seed]))
            }
        }
        guard !types.isEmpty else {
            throw GuidelineStoreError.noRecords(path: source.name, hint: "a line holds a seed, {\"type\",\"text\"}")
        }
        return types
    }

    /// Codes for guidelines about inputs of a type: that of Guide-Align's list, and the nearest codes of MLCommons and
    /// of the package's own list where the crosswalk gives exactly one. A type that spans several codes of a list says
    /// nothing about which of them an input is about.
    public static func risks(ofType name: String) -> [String] {
        let code = "ga:\(name)"
        guard RiskTaxonomy.known(code) else { return [] }
        return [code]
            + ["mlc", "x"].flatMap { namespace in
                let near = RiskTaxonomy.crosswalk(from: code, to: namespace)
                return near.count == 1 ? near : []
            }
    }
}
