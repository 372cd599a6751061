import Fingerpost
import GuidelineStore
import Guardrails

/// What was decided of a text, to be printed.
struct CheckAnswer {
    var id: String?
    var decision: Decision

    /// Nil where the text may not go on.
    private var text: String? { decision.verdict < .ask ? decision.text : nil }

    var json: JSON {
        var members: [(String, JSON)] = []
        if let id { members.append(("id", .string(id))) }
        members += [
            ("decision", .string(decision.id)), ("verdict", .string(decision.verdict.rawValue)),
            ("text", .optional(text)),
            ("checks", .array(decision.outcomes.map(check))),
            ("microseconds", .integer(Int(decision.totalTime / .microseconds(1)))),
        ]
        return .object(members)
    }

    private func check(_ outcome: CheckOutcome) -> JSON {
        let findings = outcome.findings
        return [
            "id": .string(outcome.id), "kind": .string(outcome.kind), "verdict": .string(outcome.verdict.rawValue),
            "shadow": .bool(outcome.isShadow), "status": .string(outcome.status.rawValue),
            "problem": .optional(outcome.problem),
            "findings": .array(
                findings.detections.map { detection in
                    [
                        "kind": .string(detection.kind), "start": .integer(detection.range.lowerBound),
                        "end": .integer(detection.range.upperBound),
                    ]
                }),
            "matched": .array(
                findings.matched.map { match in
                    [
                        "id": .string(match.id), "version": .integer(match.version), "score": .optional(match.score),
                        "threshold": .optional(match.threshold), "rank": .integer(match.rank),
                        "via": .optional(match.via),
                    ]
                }),
            "dropped": .array(
                findings.dropped.map { drop in
                    [
                        "id": .string(drop.id), "reason": .string(drop.reason), "score": .optional(drop.score),
                        "threshold": .optional(drop.threshold),
                    ]
                }),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let verdict = decision.verdict.rawValue
        var lines = [
            decision.verdict >= .ask
                ? terminal.red(verdict) : decision.verdict > .allow ? terminal.yellow(verdict) : terminal.green(verdict)
        ]
        if decision.verdict == .modify { lines.append("  " + PlainText.line(decision.text)) }
        for outcome in decision.outcomes where outcome.verdict > .allow || outcome.status != .ok {
            let shadow = outcome.isShadow ? " (in shadow)" : ""
            lines.append(
                "  " + PlainText.line("\(outcome.id)\(shadow): \(outcome.verdict.rawValue): \(causes(of: outcome))"))
        }
        return lines.joined(separator: "\n")
    }

    private func causes(of outcome: CheckOutcome) -> String {
        let counts = Dictionary(grouping: outcome.findings.detections, by: \.kind).mapValues(\.count)
        var parts = counts.sorted { $0.key < $1.key }.map { $1 > 1 ? "\($0) (\($1))" : $0 }
        parts += outcome.findings.matched.map { match in
            match.id + (match.score.map { " \(Format.score($0))" } ?? "")
                + (match.threshold.map { " of \(Format.score($0))" } ?? "") + (match.via.map { " via \($0)" } ?? "")
        }
        if let problem = outcome.problem { parts.append("failed: \(problem)") }
        return parts.joined(separator: ", ")
    }
}
