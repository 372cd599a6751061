import GuidelineStore

/// An input of which it is known whether guidelines apply to it, and perhaps which.
public struct LabelledInput: Sendable, Hashable {
    public enum Label: Sendable, Hashable {
        /// No guideline applies.
        case benign
        /// The guidelines with these ids apply.
        case guidelines(Set<String>)
        /// Guidelines with one of these risk codes apply.
        case risks(Set<String>)
    }

    public var id: String?
    public var text: String
    public var label: Label
    /// Where it was read.
    public var location: InputLocation?

    public init(id: String? = nil, text: String, label: Label, location: InputLocation? = nil) {
        self.id = id
        self.text = text
        self.label = label
        self.location = location
    }

    /// Reads JSON Lines of `{"query"}` with either `"positives":[ids]`, of which none says that nothing applies, or
    /// `"benign":true`, or `"risk":[codes]`, which ids of guidelines go before.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault; a line without a label is one, and an input without any
    ///   line.
    public static func read(from source: InputSource) throws -> [LabelledInput] {
        let reader = try JSONLinesReader(source)
        var inputs: [LabelledInput] = []
        while let record = try reader.nextQuery() {
            inputs.append(
                LabelledInput(
                    id: record.id, text: record.query, label: try label(of: record), location: record.location))
        }
        guard !inputs.isEmpty else {
            throw GuidelineStoreError.noRecords(
                path: source.name, hint: "a line holds an input, {\"query\",\"positives\"} or {\"query\",\"benign\"}")
        }
        return inputs
    }

    /// Reads JSON Lines of `{"query"}` to which nothing applies.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault; a line that says that something applies is one.
    public static func readBenign(from source: InputSource) throws -> [LabelledInput] {
        let reader = try JSONLinesReader(source)
        var inputs: [LabelledInput] = []
        while let record = try reader.nextQuery() {
            guard record.positives?.isEmpty ?? true else {
                throw GuidelineStoreError.invalidField(
                    "positives", problem: "says that something applies, in a file of inputs to which nothing does",
                    record.location)
            }
            inputs.append(LabelledInput(id: record.id, text: record.query, label: .benign, location: record.location))
        }
        guard !inputs.isEmpty else {
            throw GuidelineStoreError.noRecords(path: source.name, hint: "a line holds an input, {\"query\"}")
        }
        return inputs
    }

    private static func label(of record: QueryRecord) throws -> Label {
        func fault(_ field: String, _ problem: String) -> GuidelineStoreError {
            .invalidField(field, problem: problem, record.location)
        }
        var labels: [Label] = []
        if let positives = record.positives { labels.append(positives.isEmpty ? .benign : .guidelines(Set(positives))) }
        switch record.additionalFields["benign"] {
        case nil, .null, .bool(false): break
        case .bool(true): labels.append(.benign)
        default: throw fault("benign", "must be true or false")
        }
        switch record.additionalFields["risk"] {
        case nil, .null: break
        case .array(let values):
            let codes = values.compactMap { if case .string(let code) = $0 { code } else { nil } }
            guard codes.count == values.count, !codes.isEmpty else {
                throw fault("risk", "must be a list of risk codes with at least one")
            }
            labels.append(.risks(Set(codes)))
        default: throw fault("risk", "must be a list of risk codes")
        }
        guard let label = labels.first else {
            throw fault("positives", "is missing; give the ids of the guidelines that apply, [] where none does")
        }
        guard !labels.contains(.benign) || labels.allSatisfy({ $0 == .benign }) else {
            throw fault("benign", "is true, and something applies all the same; give one of them")
        }
        return label
    }
}
