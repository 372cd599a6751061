import GuidelineStore

/// What a decision would be by a candidate.
struct Redecision: Sendable {
    /// What the candidate's decision was made of.
    enum Basis: Sendable { case text, evidence }

    /// A check's part in it.
    struct Check: Sendable, Hashable {
        var id: String
        var verdict: Verdict
        var isShadow: Bool
        var matched: [DecisionRecord.Match] = []
        var dropped: [DecisionRecord.Drop] = []
        var risk: [String] = []
    }

    var basis: Basis
    var checks: [Check] = []
    /// Why nothing can be told; nil where something can.
    var obstacle: ReplayReport.Obstacle?
    /// Checks whose recorded verdict stands, as the candidate's rails do not have them.
    var keptChecks: [String] = []

    /// The strictest verdict of checks that count.
    var verdict: Verdict { checks.lazy.filter { !$0.isShadow }.map(\.verdict).max() ?? .allow }
}

/// A decision that would be another one by a candidate.
///
/// Nothing in it is the text; the decision's id finds that in its log, where it was kept.
public struct Flip: Sendable, Hashable {
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
        /// What went through would not, or not as it is.
        case stopped
        /// What did not go through would.
        case passed
        /// Another verdict that stops as much, or lets through as much.
        case other
    }

    /// What a reviewer has said makes of a flip.
    public enum Judgement: String, Sendable, Hashable, Codable {
        /// A decision that was right would no longer be made.
        case regression
        /// A decision that was wrong would be made right.
        case repair
    }

    /// A rule that would match, or no longer would.
    public struct Rule: Sendable, Hashable {
        public var id: String
        /// Whether it would match, and has not.
        public var isGained: Bool
        /// By the log, and by the candidate; nil where it is not known.
        public var oldScore: Double?
        public var newScore: Double?
        public var oldThreshold: Double?
        public var newThreshold: Double?
    }

    /// A check that would say something else.
    public struct CheckChange: Sendable, Hashable {
        public var id: String
        /// Nil where it was not run.
        public var old: Verdict?
        public var new: Verdict?
    }

    public var decision: String
    public var time: LogTime
    public var rail: DecisionRecord.Rail
    public var old: Verdict
    public var new: Verdict
    /// Whether it was told from the text, and not from recorded scores.
    public var isByText: Bool
    public var checks: [CheckChange]
    public var rules: [Rule]
    /// Risk codes of what would be found, or, where it would pass, of what was.
    public var risk: [String]
    public var review: DecisionNote.Review?

    public var direction: Direction {
        if old.isIntervention == new.isIntervention { return .other }
        return new.isIntervention ? .stopped : .passed
    }

    /// Nil where no reviewer has said anything that bears on it.
    public var judgement: Judgement? {
        switch (review, direction) {
        case (.right?, .stopped), (.right?, .passed): .regression
        case (.falseAlarm?, .passed), (.missed?, .stopped): .repair
        default: nil
        }
    }

    /// Nil where nothing would change.
    init?(_ decision: [DecisionRecord], _ redecision: Redecision, _ review: DecisionNote.Review?) {
        guard let first = decision.first, redecision.obstacle == nil else { return nil }
        guard first.decision.verdict != redecision.verdict else { return nil }
        (self.decision, time, rail) = (first.decision.id, first.time, first.rail)
        (old, new, isByText) = (first.decision.verdict, redecision.verdict, redecision.basis == .text)
        self.review = review
        (checks, rules, risk) = ([], [], [])
        checks = Self.checkChanges(decision, redecision)
        rules = Self.ruleChanges(decision, redecision)
        let source =
            new.isIntervention
            ? redecision.checks.filter { !$0.isShadow }.flatMap(\.risk)
            : decision.filter { !$0.isShadow }.flatMap(\.risk)
        for code in source where !risk.contains(code) { risk.append(code) }
    }

    private static func checkChanges(_ decision: [DecisionRecord], _ redecision: Redecision) -> [CheckChange] {
        var changes: [CheckChange] = []
        for record in decision where !record.isShadow {
            let now = redecision.checks.first { $0.id == record.check.id && !$0.isShadow }?.verdict
            if now != record.verdict {
                changes.append(CheckChange(id: record.check.id, old: record.verdict, new: now))
            }
        }
        for check in redecision.checks where !check.isShadow {
            if !decision.contains(where: { $0.check.id == check.id && !$0.isShadow }), check.verdict != .allow {
                changes.append(CheckChange(id: check.id, old: nil, new: check.verdict))
            }
        }
        return changes
    }

    private static func ruleChanges(_ decision: [DecisionRecord], _ redecision: Redecision) -> [Rule] {
        let recorded = decision.filter { !$0.isShadow }
        let told = redecision.checks.filter { !$0.isShadow }
        var old: [String: DecisionRecord.Match] = [:]
        var new: [String: DecisionRecord.Match] = [:]
        var wasDropped: [String: DecisionRecord.Drop] = [:]
        var isDropped: [String: DecisionRecord.Drop] = [:]
        for match in recorded.flatMap(\.matched) { old[match.id] = match }
        for match in told.flatMap(\.matched) { new[match.id] = match }
        for drop in recorded.flatMap(\.dropped) { wasDropped[drop.id] = drop }
        for drop in told.flatMap(\.dropped) { isDropped[drop.id] = drop }
        let gained = Set(new.keys).subtracting(old.keys).sorted().map { id in
            Rule(
                id: id, isGained: true, oldScore: wasDropped[id]?.score, newScore: new[id]?.score,
                oldThreshold: wasDropped[id]?.threshold, newThreshold: new[id]?.threshold)
        }
        let lost = Set(old.keys).subtracting(new.keys).sorted().map { id in
            Rule(
                id: id, isGained: false, oldScore: old[id]?.score, newScore: isDropped[id]?.score,
                oldThreshold: old[id]?.threshold, newThreshold: isDropped[id]?.threshold)
        }
        return gained + lost
    }
}
