import Fingerpost
import GuidelineStore

extension DecisionReport {
    /// What a candidate would decide otherwise than the log says: how many decisions both ways, by which rules, and some of
    /// them, without their texts.
    public struct Flips: Sendable, Hashable {
        /// A decision that turns out otherwise.
        public struct Example: Sendable, Hashable {
            public var decision: String
            public var time: LogTime
            public var before: Verdict
            public var after: Verdict
            /// The rule that makes the difference, or the check where no rule does.
            public var rule: String?
            /// Whether a reviewer's word makes the change right or wrong; nil where nobody has said.
            public var isRepair: Bool?

            public init(
                decision: String, time: LogTime, before: Verdict, after: Verdict, rule: String? = nil,
                isRepair: Bool? = nil
            ) {
                (self.decision, self.time, self.before, self.after) = (decision, time, before, after)
                (self.rule, self.isRepair) = (rule, isRepair)
            }
        }

        /// What one rule has a part in.
        public struct Rule: Sendable, Hashable {
            public var id: String
            public var title: String?
            public var stopped: Int
            public var passed: Int

            public init(id: String, title: String? = nil, stopped: Int = 0, passed: Int = 0) {
                (self.id, self.title, self.stopped, self.passed) = (id, title, stopped, passed)
            }
        }

        /// The candidate, such as `version 12`.
        public var candidate: String
        /// Decisions that were replayed and of which something can be told.
        public var told: Int
        /// Decisions of which nothing can be told, such as those whose texts were not kept.
        public var untold = 0
        /// Decisions that went through and would not, and that did not and would.
        public var stopped = 0
        public var passed = 0
        /// Decisions that get another verdict, but go through, or do not, as before.
        public var other = 0
        /// Of those that reviewers have judged, the ones that become right, and that become wrong.
        public var repairs = 0
        public var regressions = 0
        /// The rules with the most flips first.
        public var rules: [Rule] = []
        /// In the order in which they are to be read.
        public var examples: [Example] = []

        public init(candidate: String, told: Int) { (self.candidate, self.told) = (candidate, told) }

        /// Decisions that turn out otherwise.
        public var count: Int { stopped + passed + other }
    }
}

extension DecisionReport {
    func flipSection(_ flips: Flips) -> HTML {
        var facts: HTML = """
            <p>Of \(Figure.count(flips.told)) decisions that were replayed against \(flips.candidate), \
            \(Figure.count(flips.count)) would turn out otherwise.
            """
        if flips.untold > 0 {
            facts += " Of \(Figure.count(flips.untold)) more nothing can be told."
        }
        if flips.repairs + flips.regressions > 0 {
            facts += """
                 Of those that reviewers have judged, \(Figure.count(flips.repairs)) become right and \
                \(Figure.count(flips.regressions)) wrong.
                """
        }
        facts += "</p>\n"
        var directions = BarChart(
            "Decisions that would turn out otherwise",
            counts: [
                ("went through, would be stopped or changed", flips.stopped),
                ("did not go through, would", flips.passed), ("another verdict, otherwise the same", flips.other),
            ], total: flips.told)
        directions.note = flips.told > 0 ? "Shares are of all decisions that were replayed." : nil
        return facts + directions.html + flipRules(flips) + flipExamples(flips)
    }

    private func flipRules(_ flips: Flips) -> HTML {
        guard !flips.rules.isEmpty else { return "" }
        return shown(flips.rules, "rules") { rules in
            DataTable(
                caption: "Rules that make the difference, those with most flips first",
                columns: [
                    .init(title: "Id"), .init(title: "Title", isLong: true), .init(title: "Stopped", isNumber: true),
                    .init(title: "Let through", isNumber: true),
                ],
                rows: rules.map { [.init($0.id), .init($0.title ?? "–"), .init($0.stopped), .init($0.passed)] },
                isSortable: true)
        }
    }

    private func flipExamples(_ flips: Flips) -> HTML {
        guard !flips.examples.isEmpty else { return "" }
        return shown(flips.examples, "examples") { examples in
            DataTable(
                caption: "Some decisions that would turn out otherwise",
                columns: ["Decision", "Time", "Was", "Would be", "Rule", "Reviewers"].map { .init(title: $0) },
                rows: examples.map { flip in
                    [
                        .init(flip.decision),
                        .init(String(flip.time.description.prefix(16)).replacing("T", with: " ")),
                        .init(flip.before.rawValue), .init(flip.after.rawValue), .init(flip.rule ?? "–"),
                        .init(flip.isRepair.map { $0 ? "repair" : "regression" } ?? "–"),
                    ]
                }, isSortable: true)
        }
    }
}
