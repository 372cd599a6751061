import Fingerpost
import GuidelineStore
import Platform

/// Decides again, from texts or from what was recorded. Any number of threads may use one.
final class Redecider: Sendable {
    let rails: Rails
    let evidence: RecordedEvidence
    /// What was told of texts, by rail and hash: the same text comes again and again.
    private let known = Locked<[TextKey: [Redecision.Check]]>([:])
    private static let capacity = 65_536

    private struct TextKey: Hashable {
        var rail: DecisionRecord.Rail
        var hash: String
    }

    init(candidate: GuidelineLibrary, rails: Rails, recorder: GuidelineLibrary) throws {
        self.rails = rails
        try rails.prepare()
        evidence = try RecordedEvidence(candidate: candidate, rails: rails, recorder: recorder)
    }

    func redecide(_ decision: [DecisionRecord]) throws -> Redecision {
        guard let text = decision.lazy.compactMap(\.text).first else { return try evidence.redecide(decision) }
        return redecide(decision, text: text)
    }

    private func redecide(_ decision: [DecisionRecord], text: String) -> Redecision {
        var result = Redecision(basis: .text)
        let rail = decision.first?.rail ?? .input
        let key = TextKey(rail: rail, hash: decision.first?.inputHash ?? text)
        if let checks = known.withLock({ $0[key] }) {
            result.checks = checks
        } else {
            let made: Decision = rails.check(text, rail: rail)
            // A check that fails says nothing of what the candidate would do.
            guard made.checks.allSatisfy({ $0.status == .ok }) else {
                result.obstacle = .failure
                return result
            }
            result.checks = made.checks.map { check in
                Redecision.Check(
                    id: check.id, verdict: check.verdict, isShadow: check.isShadow, matched: check.outcome.matched,
                    dropped: check.outcome.dropped, risk: check.outcome.risk)
            }
            known.withLock { [checks = result.checks] known in
                if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
                known[key] = checks
            }
        }
        for record in decision where !rails.checks.contains(where: { $0.check.id == record.check.id }) {
            result.keep(record)
        }
        return result
    }
}

extension Redecision {
    /// Lets stand what was recorded of a check that the candidate's rails do not have.
    mutating func keep(_ record: DecisionRecord) {
        keptChecks.append(record.check.id)
        checks.append(Check(record, verdict: record.verdict))
    }
}

extension Redecision.Check {
    /// A recorded check, as it stands.
    init(_ record: DecisionRecord, verdict: Verdict, isShadow: Bool? = nil) {
        self.init(
            id: record.check.id, verdict: verdict, isShadow: isShadow ?? record.isShadow, matched: record.matched,
            dropped: record.dropped, risk: record.risk)
    }
}
