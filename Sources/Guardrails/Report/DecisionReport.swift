import Fingerpost
import GuidelineStore

/// What a decision log says, gathered for one page: the trend, the rules that did it, what no rule covers, and what a
/// candidate would change.
///
/// The same input gives the same report, and the same report the same bytes of ``html``.
public struct DecisionReport: Sendable {
    /// A rule that matched, over the whole time.
    public struct Rule: Sendable, Hashable {
        public var id: String
        public var title: String?
        public var matches: Int
        public var interventions: Int
        public var shadow: Int
        /// The lowest and the highest threshold that its matches have reached.
        public var thresholds: ClosedRange<Double>?
        /// What reviewers said of its decisions.
        public var right: Int
        public var falseAlarms: Int

        /// Of those that reviewers have looked at.
        public var reviewed: ObservedRate { ObservedRate(count: right, total: right + falseAlarms) }
    }

    /// What the page is about, such as the library's folder.
    public var name: String
    public var trend: Trend
    /// The ones that intervened most first.
    public var rules: [Rule]
    public var releases: [LibraryRelease]
    /// What no rule covers; nil where nobody has looked, and then the page says nothing of it.
    public var gaps: GapFindings?
    /// What a candidate would decide otherwise; nil where nothing was replayed, and then the page says nothing of it.
    public var flips: Flips?

    /// Gathers what tallies and notes say.
    ///
    /// - Parameters:
    ///   - tallies: of the log.
    ///   - notes: what reviewers said, with the rules that their decisions matched.
    ///   - title: of a rule; nil where it is not known any more.
    public init(
        name: String, tallies: [DecisionTally], notes: [(note: DecisionNote, rules: [String])] = [],
        releases: [LibraryRelease] = [], options: TrendOptions = TrendOptions(),
        title: (String) throws -> String? = { _ in nil }
    ) rethrows {
        self.name = name
        trend = Trend(of: tallies, options: options, releases: releases)
        self.releases = releases
        var rules: [String: Rule] = [:]
        for tally in tallies {
            guard case .rule(let id, _, let threshold) = tally.subject else { continue }
            var rule =
                rules[id] ?? Rule(id: id, title: nil, matches: 0, interventions: 0, shadow: 0, right: 0, falseAlarms: 0)
            rule.matches += tally.counts.total + tally.counts.shadow
            rule.interventions += tally.counts.interventions
            rule.shadow += tally.counts.shadow
            if let threshold {
                let known = rule.thresholds ?? threshold...threshold
                rule.thresholds = min(known.lowerBound, threshold)...max(known.upperBound, threshold)
            }
            rules[id] = rule
        }
        for (note, matched) in notes {
            for id in note.rule.map({ [$0] }) ?? matched {
                switch note.review {
                case .right: rules[id]?.right += 1
                case .falseAlarm: rules[id]?.falseAlarms += 1
                case .missed, nil: break
                }
            }
        }
        self.rules = try rules.values.map { rule in
            var rule = rule
            rule.title = try title(rule.id)
            return rule
        }.sorted {
            ($0.interventions, $0.matches) != ($1.interventions, $1.matches)
                ? ($0.interventions, $0.matches) > ($1.interventions, $1.matches)
                : $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
        }
    }
}
