import Fingerpost
import GuidelineStore
import Yams

/// The members of a YAML mapping, taken one after the other; what nobody has taken at the end is unknown.
struct YAMLFields {
    let file: String
    let node: Node
    private var members: [(name: String, key: Node, value: Node)] = []
    private var known: [String] = []

    /// - Parameter what: what the mapping is, for errors.
    init(_ node: Node, what: String, file: String) throws(GuardrailsError) {
        (self.node, self.file) = (node, file)
        guard case .mapping(let mapping) = node else {
            throw Self.fault("\(what) must be a mapping", node, file)
        }
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw Self.fault("a name must be text", key, file) }
            members.append((name.string, key, value))
        }
    }

    static func fault(_ problem: String, _ node: Node, _ file: String) -> GuardrailsError {
        .invalidRails(
            InputLocation(file: file, line: node.mark?.line, column: node.mark?.column), problem: problem)
    }

    func fault(_ problem: String, _ node: Node? = nil) -> GuardrailsError {
        Self.fault(problem, node ?? self.node, file)
    }

    /// Null means absent.
    mutating func take(_ name: String) -> Node? {
        known.append(name)
        guard let place = members.firstIndex(where: { $0.name == name }) else { return nil }
        let value = members.remove(at: place).value
        return value.null == nil ? value : nil
    }

    /// - Throws: where a member is left, naming it and the one that may be meant.
    func finish(_ what: String) throws(GuardrailsError) {
        guard let member = members.first else { return }
        let near = NearestName.of(member.name, in: known)
        throw fault(
            "\"\(member.name)\" is nothing that \(what) has; "
                + (near.map { "is \"\($0)\" meant?" } ?? "it has \(known.joined(separator: ", "))"), member.key)
    }

    // MARK: Values

    mutating func text(_ name: String) throws(GuardrailsError) -> String? {
        guard let value = take(name) else { return nil }
        guard case .scalar(let scalar) = value else { throw fault("\"\(name)\" must be text", value) }
        return scalar.string
    }

    mutating func texts(_ name: String) throws(GuardrailsError) -> [String]? {
        guard let value = take(name) else { return nil }
        guard case .sequence(let items) = value else { throw fault("\"\(name)\" must be a list of texts", value) }
        var texts: [String] = []
        for item in items {
            guard case .scalar(let scalar) = item else { throw fault("\"\(name)\" must hold texts", item) }
            texts.append(scalar.string)
        }
        return texts
    }

    mutating func flag(_ name: String) throws(GuardrailsError) -> Bool? {
        guard let value = take(name) else { return nil }
        guard let flag = value.bool else { throw fault("\"\(name)\" must be true or false", value) }
        return flag
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>) throws(GuardrailsError) -> Double? {
        guard let value = take(name) else { return nil }
        guard let number = value.float, number.isFinite else { throw fault("\"\(name)\" must be a number", value) }
        guard range.contains(number) else {
            throw fault("\"\(name)\" is \(number), must be \(range.lowerBound) to \(range.upperBound)", value)
        }
        return number
    }

    mutating func count(_ name: String, least: Int = 0) throws(GuardrailsError) -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.int else { throw fault("\"\(name)\" must be a whole number", value) }
        guard number >= least else { throw fault("\"\(name)\" is \(number), must be at least \(least)", value) }
        return number
    }

    /// One of the names of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(
        _ text: String, _ what: String, _ node: Node, as type: Word.Type
    ) throws(GuardrailsError) -> Word where Word.RawValue == String {
        if let word = Word(rawValue: text) { return word }
        let names = Word.allCases.map(\.rawValue)
        throw fault(
            "\(what) is \"\(text)\"; "
                + (NearestName.of(text, in: names).map { "is \"\($0)\" meant?" }
                    ?? "it must be one of \(names.joined(separator: ", "))"),
            node)
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, as type: Word.Type
    ) throws(GuardrailsError) -> Word? where Word.RawValue == String {
        guard let value = take(name) else { return nil }
        guard case .scalar(let scalar) = value else { throw fault("\"\(name)\" must be text", value) }
        return try word(scalar.string, "\"\(name)\"", value, as: type)
    }

    mutating func words<Word: RawRepresentable & CaseIterable>(
        _ name: String, as type: Word.Type
    ) throws(GuardrailsError) -> [Word]? where Word.RawValue == String {
        guard let value = take(name) else { return nil }
        guard case .sequence(let items) = value, !items.isEmpty else {
            throw fault("\"\(name)\" must be a list of at least one name", value)
        }
        var words: [Word] = []
        for item in items {
            guard case .scalar(let scalar) = item else { throw fault("\"\(name)\" must hold names", item) }
            words.append(try word(scalar.string, "one of \"\(name)\"", item, as: type))
        }
        return words
    }
}
