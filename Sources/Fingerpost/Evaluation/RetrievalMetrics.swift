import Foundation

/// How well ranked lists of ids found the ids that are relevant, with binary relevance.
///
/// For a query with the set of relevant ids R (not empty) and the ranked list d1, d2, …:
///
/// - recall@k = |R ∩ {d1…dk}| / |R|
/// - MRR@k: 1 / (rank of the first relevant id among the first k), or 0 where there is none
/// - nDCG@k = DCG@k / IDCG@k, with DCG@k = Σ over the relevant ids at ranks i <= k of 1 / log2(i + 1), and IDCG@k the
///   DCG@k of a list that begins with all of R: Σ for i = 1…min(k, |R|) of 1 / log2(i + 1)
///
/// Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002. All are 0 to 1 and averaged over
/// queries with equal weight. An id that a list repeats counts at its first rank alone.
public struct RetrievalMetrics: Sendable, Hashable {
    /// Number of queries that were averaged.
    public private(set) var queryCount = 0
    private var recallSums: [Int: Double]
    private var reciprocalRankSum = 0.0
    private var gainSum = 0.0

    /// The ranks at which recall is taken, ascending.
    public let recallCutoffs: [Int]
    /// The rank at which MRR and nDCG are cut off.
    public static let rankingCutoff = 10

    /// - Parameter recallCutoffs: ranks of at least 1; others are left out.
    public init(recallCutoffs: some Sequence<Int> = [1, 6, 20]) {
        let cutoffs = Set(recallCutoffs.filter { $0 >= 1 }).sorted()
        self.recallCutoffs = cutoffs
        recallSums = Dictionary(uniqueKeysWithValues: cutoffs.map { ($0, 0) })
    }

    /// How many results a list needs for every figure to be right.
    public var depth: Int { max(Self.rankingCutoff, recallCutoffs.last ?? 0) }

    /// Counts one query. Does nothing where no id is relevant: such a query has no recall.
    ///
    /// - Complexity: O(`ranked.count`).
    public mutating func record(ranked: some Sequence<String>, relevant: Set<String>) {
        guard !relevant.isEmpty else { return }
        let ranks = Self.ranks(of: relevant, in: ranked)
        queryCount += 1
        for cutoff in recallCutoffs { recallSums[cutoff, default: 0] += Self.recall(ranks, relevant.count, at: cutoff) }
        reciprocalRankSum += Self.reciprocalRank(ranks, at: Self.rankingCutoff)
        gainSum += Self.normalizedGain(ranks, relevant.count, at: Self.rankingCutoff)
    }

    /// Mean recall at one of ``recallCutoffs``; nil where no query was counted or the cutoff is not among them.
    public func recall(at cutoff: Int) -> Double? { mean(recallSums[cutoff]) }
    /// Mean reciprocal rank within the first ten; nil where no query was counted.
    public var meanReciprocalRank: Double? { mean(reciprocalRankSum) }
    /// Mean normalised discounted cumulative gain of the first ten; nil where no query was counted.
    public var normalizedDiscountedCumulativeGain: Double? { mean(gainSum) }

    private func mean(_ sum: Double?) -> Double? {
        guard queryCount > 0 else { return nil }
        return sum.map { $0 / Double(queryCount) }
    }
}

extension RetrievalMetrics {
    /// Ranks from 1, ascending, at which relevant ids stand for the first time.
    static func ranks(of relevant: Set<String>, in ranked: some Sequence<String>) -> [Int] {
        var left = relevant
        var ranks: [Int] = []
        for (index, id) in ranked.enumerated() where left.remove(id) != nil { ranks.append(index + 1) }
        return ranks
    }

    static func recall(_ ranks: [Int], _ relevantCount: Int, at cutoff: Int) -> Double {
        Double(ranks.count { $0 <= cutoff }) / Double(relevantCount)
    }

    static func reciprocalRank(_ ranks: [Int], at cutoff: Int) -> Double {
        guard let first = ranks.first, first <= cutoff else { return 0 }
        return 1 / Double(first)
    }

    static func normalizedGain(_ ranks: [Int], _ relevantCount: Int, at cutoff: Int) -> Double {
        let gain = ranks.lazy.filter { $0 <= cutoff }.reduce(0) { $0 + discount($1) }
        let ideal = (1...max(1, min(cutoff, relevantCount))).reduce(0) { $0 + discount($1) }
        return gain / ideal
    }

    private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank) + 1) }
}
