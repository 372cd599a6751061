import GuidelineStore

/// A figure of an evaluation and what it must be for a change to be let through: `recall@6=.9`.
///
/// ```swift
/// let gates = try EvaluationGate.gates(parsing: "recall@6=.9,false-alarms=.02")
/// var options = Evaluation.Options()
/// options.recallCutoffs = gates.compactMap(\.metric.recallCutoff)
/// let report = try Evaluation.run(queries, in: library, options: options)
/// let failed = gates.map { $0.outcome(in: report) }.filter { !$0.isPassed }
/// ```
public struct EvaluationGate: Sendable, Hashable {
    /// A figure that can be held to a bound. All are shares from 0 to 1.
    public enum Metric: Sendable, Hashable {
        case recall(at: Int)
        case meanReciprocalRank
        case normalizedDiscountedCumulativeGain
        /// The share of the queries to which nothing applies that got no match.
        case abstention
        /// The share of the queries to which nothing applies that got a match: lower is better.
        case falseAlarms
        /// The share of the queries to which something applies that got no match: lower is better.
        case falseAbstention
        /// The area under the ROC curve of the best scores.
        case separation
    }

    public var metric: Metric
    /// What the figure must reach or, where lower is better, must not exceed; 0 to 1.
    public var bound: Double

    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)`` for a bound outside 0 to 1, or a rank below 1.
    public init(_ metric: Metric, bound: Double) throws(FingerpostError) {
        if case .recall(at: let cutoff) = metric, cutoff < 1 {
            throw .invalidOption(name: "the rank of recall", value: "\(cutoff)", allowed: "1 or more")
        }
        guard (0...1).contains(bound) else {
            throw .invalidOption(name: metric.name, value: "\(bound)", allowed: "0 to 1")
        }
        self.metric = metric
        self.bound = bound
    }

    /// Compares the figure with the bound. A figure that no query was there for fails: nothing measured is no pass.
    ///
    /// The comparison leaves 1e-9 for the rounding of sums.
    public func outcome(in report: EvaluationReport) -> Outcome {
        let value = metric.value(in: report)
        let isPassed =
            switch value {
            case nil: false
            case let value?: metric.isLowerBetter ? value <= bound + 1e-9 : value >= bound - 1e-9
            }
        return Outcome(gate: self, value: value, isPassed: isPassed)
    }

    /// What became of a gate.
    public struct Outcome: Sendable, Hashable {
        public var gate: EvaluationGate
        /// Nil where there was no query to measure it on.
        public var value: Double?
        public var isPassed: Bool
    }
}

extension EvaluationGate.Metric {
    /// Whether the bound is a ceiling.
    public var isLowerBetter: Bool { self == .falseAlarms || self == .falseAbstention }

    /// The rank, for recall: ``Evaluation/Options/recallCutoffs`` must have it.
    public var recallCutoff: Int? {
        if case .recall(at: let cutoff) = self { cutoff } else { nil }
    }

    /// The figure, or nil where there was no query to measure it on or the rank of recall was not measured.
    public func value(in report: EvaluationReport) -> Double? {
        switch self {
        case .recall(at: let cutoff): report.metrics.recall(at: cutoff)
        case .meanReciprocalRank: report.metrics.meanReciprocalRank
        case .normalizedDiscountedCumulativeGain: report.metrics.normalizedDiscountedCumulativeGain
        case .abstention: report.abstention.correctRate
        case .falseAlarms: report.abstention.correctRate.map { 1 - $0 }
        case .falseAbstention: report.abstention.falseRate
        case .separation: report.abstention.separation
        }
    }
}
