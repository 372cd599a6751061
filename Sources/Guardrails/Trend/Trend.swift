import Fingerpost
import GuidelineStore

/// How often texts did not go through as they were, over time; by what; and what else changed meanwhile.
///
/// A rate has a denominator: the texts that were checked. It has marks: the days on which another library, threshold, check,
/// encoder or model came into use, so that a loosened threshold is not taken for a better model. Verdicts in shadow count
/// nowhere but among themselves.
public struct Trend: Sendable, Hashable {
    /// What was decided in a period.
    public struct Period: Sendable, Hashable {
        public var beginning: LogTime
        /// Of the texts that were checked.
        public var counts: DecisionTally.Counts
        public var circumstances: Circumstances

        public var interventions: ObservedRate { ObservedRate(count: counts.interventions, total: counts.total) }
    }

    /// All that decisions of a period depended on, beside the texts.
    public struct Circumstances: Sendable, Hashable {
        public var libraries: Set<Int> = []
        public var encoders: Set<String> = []
        public var models: Set<String> = []
        /// Versions of checks, by their ids.
        public var checks: [String: Set<String>] = [:]
        /// Thresholds of rules that were reached, by the rules' ids.
        public var thresholds: [String: Set<Double>] = [:]
    }

    /// The rates of a rule, a risk, a model and the like.
    public struct Series: Sendable, Hashable {
        public var name: String
        public var total: ObservedRate
        /// One for each of ``Trend/periods``.
        public var rates: [ObservedRate]
        /// Verdicts in shadow, of all periods.
        public var shadow: Int
    }

    public var options: TrendOptions
    /// The oldest first; periods in which nothing was checked are among them.
    public var periods: [Period]
    /// The largest first. The denominator is the texts that were checked, for rails, libraries and models those of their own.
    public var series: [Series]
    public var omittedSeriesCount: Int
    /// By time.
    public var marks: [TrendMark]

    /// The rate of all periods.
    public var total: ObservedRate {
        periods.reduce(into: ObservedRate(count: 0, total: 0)) { total, period in
            total.count += period.counts.interventions
            total.total += period.counts.total
        }
    }

    /// What a change from one period to another says; nil where nothing was checked in one of them.
    public func comparison(from first: Int, to second: Int) -> TrendComparison? {
        guard periods.indices.contains(first), periods.indices.contains(second) else { return nil }
        return TrendComparison(from: periods[first], to: periods[second])
    }

    /// The last period with decisions, compared with the one before it that has any; nil where there are not two.
    public var latestComparison: TrendComparison? {
        let places = periods.indices.filter { periods[$0].counts.total > 0 }
        guard let last = places.last, let before = places.dropLast().last else { return nil }
        return comparison(from: before, to: last)
    }

    /// The last period with decisions, compared with the first; nil where that is ``latestComparison``, or there is none.
    public var wholeComparison: TrendComparison? {
        let places = periods.indices.filter { periods[$0].counts.total > 0 }
        guard places.count > 2, let first = places.first, let last = places.last else { return nil }
        return comparison(from: first, to: last)
    }
}

/// Two periods side by side: how far their rates lie apart, and what may be why.
public struct TrendComparison: Sendable, Hashable {
    public var from: Trend.Period
    public var to: Trend.Period
    public var difference: RateDifference
    /// What was not the same in both, beside the texts.
    public var causes: [TrendMark.Kind]

    init?(from first: Trend.Period, to second: Trend.Period) {
        guard let difference = RateDifference(from: first.interventions, to: second.interventions) else { return nil }
        (from, to, self.difference) = (first, second, difference)
        let (one, two) = (first.circumstances, second.circumstances)
        var causes: [TrendMark.Kind] = []
        if one.libraries != two.libraries { causes.append(.library) }
        if one.thresholds.contains(where: { two.thresholds[$0.key] ?? $0.value != $0.value }) {
            causes.append(.threshold)
        }
        if one.checks != two.checks { causes.append(.check) }
        if one.encoders != two.encoders { causes.append(.encoder) }
        if one.models != two.models { causes.append(.model) }
        self.causes = causes
    }

    /// Whether the checks were the same, so that the texts, or the model that wrote them, are what changed.
    public var isComparable: Bool { causes.allSatisfy { $0 == .model } }

    /// What may be said of it.
    public var reading: Reading {
        guard difference.isCertain else { return .chance }
        if causes.isEmpty { return .texts }
        return isComparable ? .model : .checks
    }

    public enum Reading: String, Sendable, Hashable, CaseIterable {
        /// The difference may be chance.
        case chance
        /// Everything known is the same: people ask, or the model answers, otherwise.
        case texts
        /// The model is another one, and nothing else that is known.
        case model
        /// What is checked, or by which thresholds, is not the same: that alone may be why.
        case checks
    }
}
