import GuidelineStore

/// An input with the guidelines that apply to it, as an evaluation takes it.
public struct EvaluationQuery: Sendable, Hashable {
    public var id: String?
    public var text: String
    /// Ids of the guidelines that apply; empty where none does.
    public var positives: Set<String>
    /// Whether a guideline about safety should be found; nil where the positives tell.
    public var isUnsafe: Bool?
    /// Where it was read.
    public var location: InputLocation?

    public init(
        id: String? = nil, text: String, positives: Set<String>, isUnsafe: Bool? = nil, location: InputLocation? = nil
    ) {
        self.id = id
        self.text = text
        self.positives = positives
        self.isUnsafe = isUnsafe
        self.location = location
    }

    /// The query with other ids for some of its positives.
    func resolved(by survivors: [String: String]) -> EvaluationQuery {
        var query = self
        query.positives = Set(positives.map { survivors[$0] ?? $0 })
        return query
    }

    /// Reads JSON Lines of `{"id","query","positives"}`, and perhaps `"unsafe"`, true or false. A line that says that it is
    /// unsafe and has no positives counts for the safety hits alone.
    ///
    /// - Parameters:
    ///   - source: the lines.
    ///   - requiresPositives: whether a line without `positives` is an error, or a query to which nothing applies.
    /// - Throws: ``GuidelineStoreError`` with the line at fault; an input without any query is one.
    public static func read(from source: InputSource, requiresPositives: Bool = true) throws -> [EvaluationQuery] {
        let reader = try JSONLinesReader(source)
        var queries: [EvaluationQuery] = []
        while let record = try reader.nextQuery() {
            let isUnsafe: Bool?
            switch record.additionalFields["unsafe"] ?? .null {
            case .null: isUnsafe = nil
            case .bool(let value): isUnsafe = value
            case let value:
                throw GuidelineStoreError.invalidField(
                    "unsafe", problem: "must be true or false, not \(value.typeName)", record.location)
            }
            guard record.positives != nil || isUnsafe != nil || !requiresPositives else {
                throw GuidelineStoreError.invalidField(
                    "positives",
                    problem: "is missing; give the ids of the guidelines that apply, or [] where none does",
                    record.location)
            }
            queries.append(
                EvaluationQuery(
                    id: record.id, text: record.query, positives: Set(record.positives ?? []), isUnsafe: isUnsafe,
                    location: record.location))
        }
        guard !queries.isEmpty else {
            throw GuidelineStoreError.noRecords(
                path: source.name, hint: "a line holds a query, {\"id\",\"query\",\"positives\"}")
        }
        return queries
    }
}
