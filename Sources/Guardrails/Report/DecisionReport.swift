import Fingerpost
import GuidelineStore

/// What a decision log says, gathered for one page: the trend, the rules that did it, what no rule covers, and what a
/// candidate would change.
///
/// The same input gives the same report, and the same report the same bytes of ``html``.
public struct DecisionReport: Sendable {
    /// A group of inputs that no rule covers.
    public struct Gap: Sendable, Hashable {
        public var name: String
        public var volume: Int
        public var severity: Guideline.Severity
        /// What gaps are ranked by.
        public var rank: Double
        public var nearestRule: String?
        /// In the words of users, where they may be shown.
        public var examples: [String]

        public init(
            name: String, volume: Int, severity: Guideline.Severity, rank: Double, nearestRule: String? = nil,
            examples: [String] = []
        ) {
            (self.name, self.volume, self.severity, self.rank) = (name, volume, severity, rank)
            (self.nearestRule, self.examples) = (nearestRule, examples)
        }
    }

    /// An input on the map of gaps.
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double
        /// The place of its gap, from 0.
        public var gap: Int

        public init(x: Double, y: Double, gap: Int) { (self.x, self.y, self.gap) = (x, y, gap) }
    }

    /// A past decision that a candidate would make otherwise.
    public struct Flip: Sendable, Hashable {
        public var decision: String
        public var time: LogTime
        public var before: Verdict
        public var after: Verdict
        public var rule: String?
        /// Whether a reviewer's word makes it right or wrong; nil where nobody has said.
        public var isRepair: Bool?

        public init(
            decision: String, time: LogTime, before: Verdict, after: Verdict, rule: String? = nil, isRepair: Bool? = nil
        ) {
            (self.decision, self.time, self.before, self.after) = (decision, time, before, after)
            (self.rule, self.isRepair) = (rule, isRepair)
        }
    }

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
    /// Nil where nobody has looked for gaps.
    public var gaps: [Gap]?
    public var map: [Point] = []
    /// Nil where nothing was replayed.
    public var flips: [Flip]?
    /// What was replayed, and of how many decisions nothing can be said.
    public var replayed: (decisions: Int, untold: Int)?

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
