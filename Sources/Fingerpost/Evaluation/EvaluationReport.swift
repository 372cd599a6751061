/// What an evaluation found.
public struct EvaluationReport: Sendable {
    /// Queries read.
    public var queryCount: Int
    /// Retrieval quality over the queries to which some guideline applies.
    public var metrics: RetrievalMetrics
    public var abstention: Abstention
    public var latency: StageLatencies
    public var safety = SafetyHits()
    /// Ids of positives that the library does not have, which were left out.
    public var missingPositives: [String]
    /// Queries left out because the library has none of their positives.
    public var skippedQueryCount: Int
    /// Distinct positives that were merged into other guidelines, which counted in their place.
    public var mergedPositiveCount = 0

    /// How often there is a guideline of the kind safety among the first three, the figure that the Guide-Align paper gives
    /// for retrieval, and how often there is one where there should be none, which it does not give.
    public struct SafetyHits: Sendable, Hashable {
        /// Of the inputs that are unsafe: those that say so, and those to which a guideline about safety applies.
        public var unsafe = ObservedRate(count: 0, total: 0)
        /// Of the inputs that are benign: those that say so, and those to which nothing applies.
        public var benign = ObservedRate(count: 0, total: 0)

        public init() {}

        static let depth = 3

        mutating func record(isUnsafe: Bool, matches: [GuidelineMatch]) {
            let isHit = matches.prefix(Self.depth).contains { $0.guideline.kind == .safety }
            let place = isUnsafe ? \Self.unsafe : \Self.benign
            self[keyPath: place].total += 1
            if isHit { self[keyPath: place].count += 1 }
        }
    }

    /// How well the absence of a match tells that nothing applies.
    public struct Abstention: Sendable, Hashable {
        /// Queries to which no guideline applies.
        public var negativeCount = 0
        /// Those of them for which nothing was returned.
        public var abstainedNegativeCount = 0
        /// Queries to which some guideline applies.
        public var positiveCount = 0
        /// Those of them for which nothing was returned all the same.
        public var abstainedPositiveCount = 0
        /// The chance that the best score of a query to which something applies is above that of one to which nothing
        /// does, ties counting half (the area under the ROC curve); nil where either kind is missing. It does not
        /// depend on where the threshold lies as long as matches come back.
        public var separation: Double?

        /// The share of queries without an applicable guideline that got no match; nil where there are none.
        public var correctRate: Double? { Self.share(abstainedNegativeCount, negativeCount) }
        /// The share of queries with an applicable guideline that got no match; nil where there are none.
        public var falseRate: Double? { Self.share(abstainedPositiveCount, positiveCount) }

        private static func share(_ part: Int, _ whole: Int) -> Double? {
            whole > 0 ? Double(part) / Double(whole) : nil
        }
    }
}

extension EvaluationReport.Abstention {
    /// Counts a query; `bestScore` is nil where nothing was returned.
    mutating func record(isNegative: Bool, returnedNothing: Bool) {
        if isNegative {
            negativeCount += 1
            if returnedNothing { abstainedNegativeCount += 1 }
        } else {
            positiveCount += 1
            if returnedNothing { abstainedPositiveCount += 1 }
        }
    }

    /// The area under the ROC curve by the Mann-Whitney statistic. O(n log n).
    static func separation(positives: [Float], negatives: [Float]) -> Double? {
        guard !positives.isEmpty, !negatives.isEmpty else { return nil }
        let positives = positives.sorted()
        let negatives = negatives.sorted()
        // For each positive: the negatives below it, and half of those equal to it.
        var below = 0
        var notAbove = 0
        var sum = 0.0
        for score in positives {
            while below < negatives.count, negatives[below] < score { below += 1 }
            notAbove = max(notAbove, below)
            while notAbove < negatives.count, negatives[notAbove] <= score { notAbove += 1 }
            sum += Double(below) + Double(notAbove - below) / 2
        }
        return sum / (Double(positives.count) * Double(negatives.count))
    }
}
