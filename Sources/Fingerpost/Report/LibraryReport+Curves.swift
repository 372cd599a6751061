extension LibraryReport {
    /// How well queries with known answers are answered.
    public struct Curves: Sendable, Encodable {
        public struct Recall: Sendable, Encodable {
            public var method: RetrievalMethod
            /// At 1 to 20, as ``Evaluation`` has it; empty where no query has positives.
            public var recall: [Double]
        }
        /// What the first six of a search with this minimum score are. Guidelines' own thresholds come before it.
        public struct Point: Sendable, Encodable {
            public var minimumScore: Double
            /// Of what is returned for queries with positives, the share that is right; nil where nothing is returned.
            public var precision: Double?
            /// Mean over the queries with positives; nil where there are none.
            public var recall: Double?
            /// Share of the queries without positives for which something is returned.
            public var falseAlarm: Double?
        }
        /// Similarities from `score` on, as far as the next bin, of the first six without any threshold.
        public struct Bin: Sendable, Encodable {
            public var score: Double
            public var right: Int
            public var wrong: Int
            /// The best of each query without positives.
            public var benign: Int
        }
        public struct Miss: Sendable, Encodable {
            public var id: String
            public var query: String
            public var positives: [String]
            /// What came first instead, if anything.
            public var first: String?
        }

        public var queries: Int
        /// Those of them to which nothing applies.
        public var benignQueries: Int
        /// Positives that the library does not have, which were left out, and the queries that had no others.
        public var missingPositives: [String]
        public var skippedQueries: Int
        public var recalls: [Recall]
        public var thresholds: [Point]
        public var scores: [Bin]
        /// Queries none of whose positives is among the first six, in their order.
        public var misses: [Miss]
        /// Queries with and without positives for which nothing is returned.
        public var abstained: Int
        public var abstainedBenign: Int
    }
}
