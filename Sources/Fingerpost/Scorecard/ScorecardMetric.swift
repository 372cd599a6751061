/// A figure of a scorecard. All lie between 0 and 1 but ``spearman``, which may be negative; higher is better.
///
/// For a query with the relevant documents R, each of a grade above 0, and a ranking:
///
/// - nDCG@10 = DCG@10 / IDCG@10, with DCG@10 = Σ grade / log2(rank + 1) over R within the first ten, and IDCG@10 that of
///   the ranking that has R first, by falling grade (Järvelin and Kekäläinen, 2002, with the linear gain of trec_eval)
/// - recall@k: the share of R among the first k
/// - MRR@10: 1 / rank of the first of R within ten, or 0
/// - MAP@10: Σ precision at the rank over R within the first ten, divided by the number in R (as trec_eval's map_cut)
///
/// They are averaged over the queries of a set that have relevant documents.
public enum ScorecardMetric: String, Sendable, Hashable, CaseIterable {
    case ndcg10 = "ndcg@10"
    case recall1 = "recall@1"
    case recall3 = "recall@3"
    case recall10 = "recall@10"
    case recall20 = "recall@20"
    case mrr10 = "mrr@10"
    case map10 = "map@10"
    /// The chance that the best score of a query with relevant documents is above that of one without, ties counting
    /// half: the area under the ROC curve.
    case auroc
    /// Spearman's rank correlation of a system's similarities with those that people gave.
    case spearman

    /// Those of a ranking.
    public static let ofRankings: [ScorecardMetric] = [
        .ndcg10, .recall1, .recall3, .recall10, .recall20, .mrr10, .map10,
    ]

    /// Documents that a ranking must have for every figure to be right.
    static let depth = 20
}

/// A figure and its confidence interval.
public struct Estimate: Sendable, Hashable {
    public var value: Double
    public var low: Double
    public var high: Double

    public init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }
}

/// How a figure of one system compares with that of another on the same queries.
public struct Contrast: Sendable, Hashable {
    /// The one less the other.
    public var difference: Estimate
    /// The one divided by the other; nil where the other, or one of its resamples, is not above 0.
    public var ratio: Estimate?

    public init(difference: Estimate, ratio: Estimate?) {
        self.difference = difference
        self.ratio = ratio
    }

    /// Whether the interval of the difference leaves 0 out.
    public var isSignificant: Bool { difference.low > 0 || difference.high < 0 }
}
