/// A line of a file of queries: `{"id","query","positives"}`, where `positives` are ids of guidelines that apply.
public struct QueryRecord: Sendable, Hashable {
    public var id: String?
    public var query: String
    /// Nil where the line has none; empty where it says that nothing applies.
    public var positives: [String]?
    /// Members that were not interpreted.
    public var additionalFields: [String: JSONValue]
    public var location: InputLocation

    /// - Throws: ``GuidelineStoreError`` naming the line and the field: no query, an empty one, or a wrong type.
    public init(_ line: JSONLine) throws(GuidelineStoreError) {
        location = line.location
        var members = line.members
        do throws(FieldProblem) {
            id = try members.removeValue(forKey: "id")?.optional?.string("id")
            positives = try members.removeValue(forKey: "positives")?.optional?.strings("positives")
            guard let text = try members.removeValue(forKey: "query")?.optional?.string("query") else {
                throw FieldProblem(field: "query", problem: "is missing")
            }
            query = text
        } catch {
            throw error.located(line.location)
        }
        guard query.contains(where: { !$0.isWhitespace }) else { throw .emptyText(field: "query", line.location) }
        additionalFields = members
    }
}

/// A line of a file of texts to encode: `{"id","text"}`. The text may be empty, so that rows keep their places.
public struct TextRecord: Sendable, Hashable {
    public var id: String?
    public var text: String
    public var location: InputLocation

    /// - Throws: ``GuidelineStoreError`` naming the line and the field: no text, or a wrong type.
    public init(_ line: JSONLine) throws(GuidelineStoreError) {
        location = line.location
        do throws(FieldProblem) {
            id = try line.members["id"]?.optional?.string("id")
            guard let text = try line.members["text"]?.optional?.string("text") else {
                throw FieldProblem(field: "text", problem: "is missing")
            }
            self.text = text
        } catch {
            throw error.located(line.location)
        }
    }
}

extension JSONLinesReader {
    /// The next line as a query, or nil at the end.
    public func nextQuery() throws(GuidelineStoreError) -> QueryRecord? {
        try next().map { line throws(GuidelineStoreError) in try QueryRecord(line) }
    }

    /// The next line as a text, or nil at the end.
    public func nextText() throws(GuidelineStoreError) -> TextRecord? {
        try next().map { line throws(GuidelineStoreError) in try TextRecord(line) }
    }
}

extension JSONValue {
    /// Nil for null.
    var optional: JSONValue? {
        if case .null = self { nil } else { self }
    }
}
