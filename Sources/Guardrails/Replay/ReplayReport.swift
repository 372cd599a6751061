import Fingerpost
import GuidelineStore

/// Which past decisions a candidate would make otherwise.
public struct ReplayReport: Sendable {
    /// Why nothing can be told of a decision without its text.
    public enum Obstacle: String, Sendable, Hashable, Codable, CaseIterable {
        /// The candidate has another encoder.
        case encoder
        /// The candidate's retriever was fitted otherwise, or its calibration weighs inputs otherwise.
        case scoring
        /// A check looks for something else now.
        case check
        /// A rule that was near says something else now, or the log does not say which version of it was.
        case rule
        /// A rule gave way to another one, which does not match any more.
        case relations
        /// A check came to no end, then or now.
        case failure
    }

    /// Flips that a rule, a check or a risk has a part in.
    public struct Part: Sendable, Hashable {
        public var id: String
        /// A rule's.
        public var title: String?
        public var stopped = 0
        public var passed = 0
    }

    public var candidateVersion: Int
    public var decisionCount = 0
    /// Decided again from their texts.
    public var byTextCount = 0
    /// Decided again from recorded scores.
    public var byEvidenceCount = 0
    /// Decisions of which nothing can be told.
    public var untold: [Obstacle: Int] = [:]
    /// Active rules of the candidate of which recorded scores say nothing: they are new, or worded otherwise.
    public var unseenRuleCount = 0
    /// Records of checks that the candidate's rails do not have, which stand as they are.
    public var keptChecks: [String: Int] = [:]
    /// Decisions by verdict, then and by the candidate; of all that can be told.
    public var verdicts: [Verdict: [Verdict: Int]] = [:]
    public var regressionCount = 0
    public var repairCount = 0
    /// Decisions that a reviewer has judged, of all that can be told.
    public var reviewedCount = 0
    /// With the most flips first.
    public var rules: [Part] = []
    public var checks: [Part] = []
    public var risks: [Part] = []
    /// The most telling ones of each direction: what reviewers have judged first, then those with the widest change.
    public var examples: [Flip.Direction: [Flip]] = [:]
    public var first: LogTime?
    public var last: LogTime?

    private var tallies = Tallies()

    private struct Tallies: Sendable {
        var rules: [String: Part] = [:]
        var checks: [String: Part] = [:]
        var risks: [String: Part] = [:]
    }

    init(candidateVersion: Int) { self.candidateVersion = candidateVersion }

    /// Decisions of which something can be told.
    public var toldCount: Int { byTextCount + byEvidenceCount }

    /// Number of flips in a direction.
    public func count(_ direction: Flip.Direction) -> Int {
        var count = 0
        for (old, row) in verdicts {
            for (new, number) in row where old != new {
                let found: Flip.Direction =
                    old.isIntervention == new.isIntervention ? .other : new.isIntervention ? .stopped : .passed
                if found == direction { count += number }
            }
        }
        return count
    }

    /// How often texts did not go through as they were, by the log.
    public var interventionsBefore: ObservedRate {
        ObservedRate(count: interventions { old, _ in old }, total: toldCount)
    }

    /// How often they would not by the candidate.
    public var interventionsAfter: ObservedRate {
        ObservedRate(count: interventions { _, new in new }, total: toldCount)
    }

    private func interventions(_ verdict: (Verdict, Verdict) -> Verdict) -> Int {
        verdicts.reduce(0) { sum, row in
            row.value.reduce(sum) { verdict(row.key, $1.key).isIntervention ? $0 + $1.value : $0 }
        }
    }

    // MARK: Making

    /// Takes in a decision, and returns its flip.
    mutating func add(
        _ decision: [DecisionRecord], _ redecision: Redecision, _ review: DecisionNote.Review?, exampleCount: Int
    ) -> Flip? {
        guard let record = decision.first else { return nil }
        decisionCount += 1
        first = min(first ?? record.time, record.time)
        last = max(last ?? record.time, record.time)
        if let obstacle = redecision.obstacle {
            untold[obstacle, default: 0] += 1
            return nil
        }
        for check in redecision.keptChecks { keptChecks[check, default: 0] += 1 }
        if redecision.basis == .text { byTextCount += 1 } else { byEvidenceCount += 1 }
        if review != nil { reviewedCount += 1 }
        verdicts[record.decision.verdict, default: [:]][redecision.verdict, default: 0] += 1
        guard let flip = Flip(decision, redecision, review) else { return nil }
        count(flip)
        insert(flip, limit: exampleCount)
        return flip
    }

    private mutating func count(_ flip: Flip) {
        switch flip.judgement {
        case .regression: regressionCount += 1
        case .repair: repairCount += 1
        case nil: break
        }
        guard flip.direction != .other else { return }
        let isStopped = flip.direction == .stopped
        func count(_ id: String, _ parts: inout [String: Part]) {
            var part = parts[id] ?? Part(id: id)
            if isStopped { part.stopped += 1 } else { part.passed += 1 }
            parts[id] = part
        }
        for rule in flip.rules where rule.isGained == isStopped { count(rule.id, &tallies.rules) }
        for check in flip.checks { count(check.id, &tallies.checks) }
        for risk in flip.risk { count(risk, &tallies.risks) }
    }

    private mutating func insert(_ flip: Flip, limit: Int) {
        guard limit > 0 else { return }
        var list = examples[flip.direction] ?? []
        let place = list.firstIndex { flip.tells(more: $0) } ?? list.count
        guard place < limit else { return }
        list.insert(flip, at: place)
        if list.count > limit { list.removeLast() }
        examples[flip.direction] = list
    }

    /// Puts together what was counted.
    mutating func finish(_ redecider: Redecider) throws {
        func sorted(_ parts: [String: Part]) -> [Part] {
            parts.values.sorted { one, other in
                let (ones, others) = (one.stopped + one.passed, other.stopped + other.passed)
                return ones == others ? one.id < other.id : ones > others
            }
        }
        (checks, risks) = (sorted(tallies.checks), sorted(tallies.risks))
        rules = sorted(tallies.rules).map { part in
            var part = part
            part.title = redecider.evidence.title(of: part.id)
            return part
        }
        unseenRuleCount = try redecider.evidence.unseenRules()
        tallies = Tallies()
    }
}

extension Flip {
    /// Whether it comes before another one in a list of examples.
    fileprivate func tells(more other: Flip) -> Bool {
        if weight != other.weight { return weight > other.weight }
        if margin != other.margin { return margin > other.margin }
        return (time, decision) < (other.time, other.decision)
    }

    private var weight: Int {
        switch judgement {
        case .regression: 2
        case .repair: 1
        case nil: 0
        }
    }

    /// How far beyond its threshold the rule lies that makes the difference.
    private var margin: Double {
        rules.map { rule in
            let (score, threshold) =
                rule.isGained ? (rule.newScore, rule.newThreshold) : (rule.oldScore, rule.oldThreshold)
            guard let score, let threshold else { return 0 }
            return abs(score - threshold)
        }.max() ?? 0
    }
}
