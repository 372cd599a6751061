/// What a scorecard is measured on.
public enum ScorecardSet: Sendable {
    case retrieval(RetrievalSet)
    case similarity(SimilaritySet)
}

/// Documents, with queries for which it is known which of them are relevant.
public struct RetrievalSet: Sendable {
    /// A file of queries, or a split of one.
    public struct QueryFile: Sendable {
        /// What reports call it together with its documents.
        public var name: String
        /// The path of the file.
        public var path: String
        public var queries: [Query]

        public init(name: String, path: String = "", queries: [Query]) {
            self.name = name
            self.path = path
            self.queries = queries
        }

        /// Whether nothing is relevant to any of its queries.
        var isOutOfScope: Bool { queries.allSatisfy(\.grades.isEmpty) }
    }

    /// A text to rank the documents for.
    public struct Query: Sendable, Hashable {
        public var text: String
        /// The relevant documents by row, each with a grade above 0; empty where none is.
        public var grades: [Int: Double]
        /// The row of the document that is this very query, and no answer to it.
        public var ownRow: Int?

        public init(_ text: String, grades: [Int: Double], ownRow: Int? = nil) {
            self.text = text
            self.grades = grades
            self.ownRow = ownRow
        }
    }

    public var name: String
    /// The texts of the documents.
    public var documents: [String]
    public var queryFiles: [QueryFile]

    public init(name: String, documents: [String], queryFiles: [QueryFile]) {
        self.name = name
        self.documents = documents
        self.queryFiles = queryFiles
    }
}

/// Pairs of texts with the similarity that people saw in them.
public struct SimilaritySet: Sendable {
    public struct Pair: Sendable, Hashable {
        public var first: String
        public var second: String
        /// On any scale, higher for more alike.
        public var score: Double

        public init(_ first: String, _ second: String, score: Double) {
            self.first = first
            self.second = second
            self.score = score
        }
    }

    public var name: String
    /// The path of the file.
    public var path: String
    public var pairs: [Pair]

    public init(name: String, path: String = "", pairs: [Pair]) {
        self.name = name
        self.path = path
        self.pairs = pairs
    }
}
