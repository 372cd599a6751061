import Fingerpost
import GuidelineStore
import Platform

/// Decides again from recorded scores alone.
final class RecordedEvidence: Sendable {
    private let checks: [String: GuardedCheck]
    private let guidelines: [String: Guideline]
    private let calibration: Calibration?
    private let encoder: String
    private let scoring: String?
    private let recorder: GuidelineLibrary
    /// What rules said in their versions; nil where the recorder does not know.
    private let history = Locked<[RuleVersion: Guideline?]>([:])

    private struct RuleVersion: Hashable {
        var id: String
        var version: Int
    }

    init(candidate: GuidelineLibrary, rails: Rails, recorder: GuidelineLibrary) throws {
        checks = Dictionary(rails.checks.map { ($0.check.id, $0) }) { first, _ in first }
        var guidelines: [String: Guideline] = [:]
        try candidate.forEachGuideline { guidelines[$0.id] = $0 }
        self.guidelines = guidelines
        calibration = try candidate.calibration
        encoder = candidate.encoder.identity.logName
        scoring = try candidate.scoring
        self.recorder = recorder
    }

    func title(of rule: String) -> String? { guidelines[rule]?.title }

    /// Active rules of the candidate of which recorded scores say nothing: those that the recorder's library does not have,
    /// or words otherwise.
    func unseenRules() throws -> Int {
        var seen: [String: Guideline] = [:]
        try recorder.forEachGuideline { if $0.status == .active { seen[$0.id] = $0 } }
        return guidelines.values.count { rule in
            rule.status == .active && !(seen[rule.id].map { rule.isWorded(as: $0) } ?? false)
        }
    }

    // MARK: A decision

    func redecide(_ decision: [DecisionRecord]) throws -> Redecision {
        var result = Redecision(basis: .evidence)
        var obstacle: ReplayReport.Obstacle?
        // The strictest that checks of which nothing can be told could say.
        var open = Verdict.allow
        for record in decision {
            guard let guarded = checks[record.check.id], guarded.rails.contains(record.rail) else {
                result.keep(record)
                continue
            }
            do {
                result.checks.append(try redecide(record, guarded))
            } catch let error as Untold {
                // A check in shadow does not count, whatever it would say.
                guard !guarded.isShadow else { continue }
                obstacle = obstacle ?? error.obstacle
                open = max(open, guarded.strictestVerdict)
            }
        }
        if let obstacle, open > result.verdict { result.obstacle = obstacle }
        return result
    }

    /// Nothing can be told of a check.
    private struct Untold: Error { var obstacle: ReplayReport.Obstacle }

    private func redecide(_ record: DecisionRecord, _ guarded: GuardedCheck) throws -> Redecision.Check {
        guard record.status == .ok else { throw Untold(obstacle: .failure) }
        guard guarded.check.kind == record.check.kind, guarded.check.version == record.check.version else {
            throw Untold(obstacle: .check)
        }
        guard let semantic = guarded.check as? Semantic else {
            // The same check of the same text finds the same.
            let verdict = record.isHit ? guarded.action(for: CheckOutcome(record)).verdict : .allow
            return Redecision.Check(record, verdict: verdict, isShadow: guarded.isShadow)
        }
        guard record.encoder == encoder else { throw Untold(obstacle: .encoder) }
        guard record.scoring == scoring else { throw Untold(obstacle: .scoring) }
        var told = RetoldMatches()
        for match in record.matched { try retell(match, semantic, &told) }
        for drop in record.dropped { try retell(drop, semantic, &told) }
        // What gave way to another rule may come back where that one is gone.
        if told.hasChanged, !told.gaveWay.isEmpty { throw Untold(obstacle: .relations) }
        var outcome = CheckOutcome(isHit: !told.matched.isEmpty)
        for rule in told.rules {
            for code in rule.risk where !outcome.risk.contains(code) { outcome.risk.append(code) }
            if outcome.severity.map({ $0.order < rule.severity.order }) ?? true { outcome.severity = rule.severity }
        }
        return Redecision.Check(
            id: record.check.id, verdict: outcome.isHit ? guarded.action(for: outcome).verdict : .allow,
            isShadow: guarded.isShadow, matched: told.matched, dropped: told.dropped + told.gaveWay, risk: outcome.risk)
    }

    /// What comes of a record's rules.
    private struct RetoldMatches {
        var matched: [DecisionRecord.Match] = []
        var dropped: [DecisionRecord.Drop] = []
        /// Those that others take out.
        var gaveWay: [DecisionRecord.Drop] = []
        var rules: [Guideline] = []
        var hasChanged = false

        mutating func match(_ rule: Guideline, _ score: Double?, _ threshold: Double?, _ via: String?) {
            matched.append(
                DecisionRecord.Match(
                    id: rule.id, version: rule.version, score: score, threshold: threshold, rank: matched.count + 1,
                    via: via))
            rules.append(rule)
        }
    }

    private func retell(_ match: DecisionRecord.Match, _ semantic: Semantic, _ told: inout RetoldMatches) throws {
        guard let standing = try standing(match.id, match.version, semantic) else {
            told.hasChanged = true
            return told.dropped.append(DecisionRecord.Drop(id: match.id, reason: "status", score: match.score))
        }
        let threshold = standing.threshold
        // Another rule has entailed it, whatever its own score.
        let isEntailed = match.threshold == nil && (match.score.map { Float($0) < threshold } ?? true)
        guard let score = match.score, !isEntailed else {
            return told.match(standing.rule, match.score, match.threshold, match.via)
        }
        guard Float(score) >= threshold else {
            told.hasChanged = true
            return told.dropped.append(
                DecisionRecord.Drop(
                    id: match.id, version: standing.rule.version, reason: "below_threshold", score: score,
                    threshold: threshold.exact))
        }
        told.match(standing.rule, score, threshold.exact, match.via)
    }

    private func retell(_ drop: DecisionRecord.Drop, _ semantic: Semantic, _ told: inout RetoldMatches) throws {
        switch drop.reason {
        case DroppedGuideline.Reason.belowThreshold.rawValue, DroppedGuideline.Reason.status.rawValue:
            guard let standing = try standing(drop.id, drop.version, semantic), let score = drop.score,
                Float(score) >= standing.threshold
            else { return told.dropped.append(drop) }
            told.hasChanged = true
            told.match(standing.rule, score, standing.threshold.exact, nil)
        case Semantic.counterexampleReason:
            // It stays out where it says what it said.
            _ = try standing(drop.id, drop.version, semantic)
            told.dropped.append(drop)
        default:
            told.gaveWay.append(drop)
        }
    }

    // MARK: A rule

    /// A rule of the candidate whose recorded score stands, and what that is to be held against; nil where the rule is not
    /// there any more, is not active, or is none that the check is about.
    private func standing(
        _ id: String, _ version: Int?, _ semantic: Semantic
    ) throws -> (rule: Guideline, threshold: Float)? {
        guard let rule = guidelines[id], rule.status == .active, semantic.covers(rule),
            semantic.options.filter?.matches(rule) ?? true
        else { return nil }
        guard let version, let old = try recorded(id, version), rule.isWorded(as: old) else {
            throw Untold(obstacle: .rule)
        }
        let (before, now) = (semantic.line(for: old, calibration), semantic.line(for: rule, calibration))
        // A threshold of a rule's own is held against the similarity, a learned one against the evidence.
        guard scoring == nil || before.isLearned == now.isLearned else { throw Untold(obstacle: .rule) }
        return (rule, now.threshold)
    }

    private func recorded(_ id: String, _ version: Int) throws -> Guideline? {
        let key = RuleVersion(id: id, version: version)
        if let known = history.withLock({ $0[key] }) { return known }
        let read = try recorder.guideline(id: id, version: version)
        _ = history.withLock { $0.updateValue(read, forKey: key) }
        return read
    }
}

extension Guideline {
    /// Whether all is the same that a search goes by, but for thresholds.
    fileprivate func isWorded(as other: Guideline) -> Bool {
        title == other.title && text == other.text && condition == other.condition && examples == other.examples
            && counterexamples == other.counterexamples && relations == other.relations
    }
}

extension GuardedCheck {
    /// The strictest that it can say.
    fileprivate var strictestVerdict: Verdict {
        ([action] + severityActions.values).map(\.verdict).max() ?? .allow
    }
}

extension DecisionRecord {
    /// Whether the check found what it looks for.
    fileprivate var isHit: Bool { verdict != .allow || !matched.isEmpty || !findings.isEmpty }
}

extension CheckOutcome {
    /// What a record says of a check that compares nothing with rules.
    fileprivate init(_ record: DecisionRecord) {
        self.init(isHit: true)
        (risk, severity) = (record.risk, record.severity)
    }
}
