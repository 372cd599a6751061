import TextEncoder

/// What a scorecard found.
public struct ScorecardReport: Sendable, Hashable {
    /// In the order in which they were given. The first is compared with each of the others.
    public var systems: [System]
    /// In the order in which they were given.
    public var sets: [SetResult]
    /// The mean over the sets of documents, each with equal weight; nil where there are fewer than two. Its interval
    /// tells what other queries of the same sets would have given, not other sets.
    public var mean: Figures?
    public var bootstrap: Bootstrap

    public init(systems: [System], sets: [SetResult], mean: Figures?, bootstrap: Bootstrap) {
        self.systems = systems
        self.sets = sets
        self.mean = mean
        self.bootstrap = bootstrap
    }

    /// A system, and what it did in all.
    public struct System: Sendable, Hashable {
        public var name: String
        /// Nil for systems without one.
        public var encoder: EncoderIdentity?
        public var work: RankingWork

        public init(name: String, encoder: EncoderIdentity?, work: RankingWork) {
            self.name = name
            self.encoder = encoder
            self.work = work
        }
    }

    /// The figures of all systems.
    public struct Figures: Sendable, Hashable {
        /// For each system what could be measured.
        public var scores: [[ScorecardMetric: Estimate]]
        /// For each system how the first one compares with it; empty for the first.
        public var contrasts: [[ScorecardMetric: Contrast]]

        public init(scores: [[ScorecardMetric: Estimate]], contrasts: [[ScorecardMetric: Contrast]]) {
            self.scores = scores
            self.contrasts = contrasts
        }
    }

    /// The figures on one file of queries or pairs.
    public struct SetResult: Sendable, Hashable {
        public enum Kind: String, Sendable { case retrieval, similarity }

        public var name: String
        /// The path of the file.
        public var path: String
        public var kind: Kind
        /// 0 for a set of similarities.
        public var documentCount: Int
        /// Queries with relevant documents, or pairs.
        public var itemCount: Int
        /// Queries without relevant documents, those that are out of scope as a whole included.
        public var negativeCount: Int
        public var figures: Figures

        public init(
            name: String, path: String, kind: Kind, documentCount: Int, itemCount: Int, negativeCount: Int,
            figures: Figures
        ) {
            self.name = name
            self.path = path
            self.kind = kind
            self.documentCount = documentCount
            self.itemCount = itemCount
            self.negativeCount = negativeCount
            self.figures = figures
        }
    }
}
