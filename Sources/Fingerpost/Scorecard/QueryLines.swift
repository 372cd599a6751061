import GuidelineStore

/// The queries of a file, and what was left out of it.
struct FoundQueries {
    var queries: [RetrievalSet.Query] = []
    /// Positives that the corpus does not have.
    var missing: Set<String> = []
    /// Queries left out because the corpus has none of their positives.
    var skippedCount = 0

    /// Adds a query whose relevant documents are given by id.
    ///
    /// - Throws: ``FingerpostError/unknownDocument(id:corpus:_:)`` unless the options allow what is missing.
    mutating func append(
        _ text: String, relevance: [String: Double], ownID: String? = nil, in documents: DocumentTable,
        options: Corpora.Options, at location: InputLocation
    ) throws {
        var grades: [Int: Double] = [:]
        for id in relevance.keys.sorted() {
            if let row = documents.rows[id] {
                grades[row] = relevance[id]
            } else if options.allowsMissingPositives {
                missing.insert(id)
            } else {
                throw FingerpostError.unknownDocument(id: id, corpus: documents.path, location)
            }
        }
        guard grades.isEmpty == relevance.isEmpty else {
            skippedCount += 1
            return
        }
        queries.append(
            RetrievalSet.Query(text, grades: grades, ownRow: ownID.flatMap { documents.rows[$0] }))
    }
}

/// A file of queries with their positives, or of pairs, whichever its first line is.
struct QueryLines {
    enum Contents {
        case queries(LabelledQueries)
        case pairs([SimilaritySet.Pair])
    }

    let contents: Contents

    /// - Throws: ``GuidelineStoreError`` with the line at fault; a file without lines is one.
    init(_ path: String) throws(GuidelineStoreError) {
        let reader = try JSONLinesReader(try CompressedFile.source(path))
        guard let first = try reader.next().map(SetLine.init) else {
            throw .noRecords(path: path, hint: "a line holds a query, {\"id\",\"query\",\"positives\"}")
        }
        if Self.isPair(first) {
            var pairs = [try Self.pair(first)]
            while let line = try reader.next().map(SetLine.init) { pairs.append(try Self.pair(line)) }
            contents = .pairs(pairs)
        } else {
            var queries = LabelledQueries()
            try queries.append(first)
            while let line = try reader.next().map(SetLine.init) { try queries.append(line) }
            try queries.finish()
            contents = .queries(queries)
        }
    }

    /// Whether the first line of a file is a pair.
    static func holdsPairs(_ path: String) throws(GuidelineStoreError) -> Bool {
        let reader = try JSONLinesReader(try CompressedFile.source(path))
        return try reader.next().map { isPair(SetLine(line: $0)) } ?? false
    }

    private static func isPair(_ line: SetLine) -> Bool { line.has("s1") && line.has("s2") }

    private static func pair(_ line: SetLine) throws(GuidelineStoreError) -> SimilaritySet.Pair {
        SimilaritySet.Pair(
            try line.requiredText("s1"), try line.requiredText("s2"), score: try line.number("score"))
    }
}

/// Lines of `{"id","query","positives"}`, checked for what can be checked without the corpus.
struct LabelledQueries {
    private struct Query {
        var text: String
        var relevance: [String: Double]?
        var location: InputLocation
    }

    private var queries: [Query] = []
    private var seen: [String: InputLocation] = [:]

    mutating func append(_ line: SetLine) throws(GuidelineStoreError) {
        let text = try line.requiredText("query", "text")
        if let id = try line.text("id", "_id"), let first = seen.updateValue(line.location, forKey: id) {
            throw .duplicateID(id, first: first, second: line.location)
        }
        queries.append(Query(text: text, relevance: try line.relevance(), location: line.location))
    }

    /// A file says of every query what is relevant to it, or of none.
    func finish() throws(GuidelineStoreError) {
        guard queries.contains(where: { $0.relevance != nil }),
            let unlabelled = queries.first(where: { $0.relevance == nil })
        else { return }
        throw .invalidField(
            "positives",
            problem: "is missing, which other lines have; give the ids of the documents that are relevant, or [] where "
                + "none is", unlabelled.location)
    }

    func queries(in documents: DocumentTable, options: Corpora.Options) throws -> FoundQueries {
        var found = FoundQueries()
        for query in queries {
            try found.append(
                query.text, relevance: query.relevance ?? [:], in: documents, options: options, at: query.location)
        }
        return found
    }
}
