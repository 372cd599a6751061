import Fingerpost
import GuidelineStore
import Guardrails

/// What was decided of a text, to be printed.
struct CheckAnswer {
    var id: String?
    /// As it came.
    var checked: String
    var decision: Decision
    /// Bytes of a stream that were shown before it was found that they should not be; nil where it is none.
    var leakedByteCount: Int?

    /// Nil where the text may not go on.
    private var text: String? {
        guard decision.verdict < .ask else { return nil }
        return decision.verdict == .modify ? decision.modifiedText : checked
    }

    var json: JSON {
        var members: [(String, JSON)] = []
        if let id { members.append(("id", .string(id))) }
        members += [
            ("decision", .string(decision.id)), ("verdict", .string(decision.verdict.rawValue)),
            ("text", .optional(text)),
            ("checks", .array(decision.checks.map(check))),
            ("microseconds", .integer(Int(decision.latency.total / .microseconds(1)))),
        ]
        if let leakedByteCount { members.append(("leakedBytes", .integer(leakedByteCount))) }
        return .object(members)
    }

    private func check(_ result: CheckResult) -> JSON {
        let outcome = result.outcome
        return [
            "id": .string(result.id), "kind": .string(result.kind), "verdict": .string(result.verdict.rawValue),
            "shadow": .bool(result.isShadow), "status": .string(result.status.rawValue),
            "problem": .optional(result.problem),
            "findings": .array(
                outcome.findings.map { detection in
                    [
                        "kind": .string(detection.kind), "start": .integer(detection.range.lowerBound),
                        "end": .integer(detection.range.upperBound),
                    ]
                }),
            "matched": .array(
                outcome.matched.map { match in
                    [
                        "id": .string(match.id), "version": .integer(match.version), "score": .optional(match.score),
                        "threshold": .optional(match.threshold), "rank": .integer(match.rank),
                        "via": .optional(match.via),
                    ]
                }),
            "dropped": .array(
                outcome.dropped.map { drop in
                    [
                        "id": .string(drop.id), "version": .optional(drop.version), "reason": .string(drop.reason),
                        "score": .optional(drop.score), "threshold": .optional(drop.threshold),
                    ]
                }),
        ]
    }

    /// - Parameter showsText: whether a text that was changed is shown as it may go on.
    func text(_ terminal: Terminal, showsText: Bool = true) -> String {
        let verdict = decision.verdict.rawValue
        var lines = [
            decision.verdict >= .ask
                ? terminal.red(verdict) : decision.verdict > .allow ? terminal.yellow(verdict) : terminal.green(verdict)
        ]
        if showsText, decision.verdict == .modify, let text { lines.append("  " + PlainText.line(text)) }
        for result in decision.checks where result.verdict > .allow || result.status != .ok {
            let shadow = result.isShadow ? " (in shadow)" : ""
            lines.append(
                "  " + PlainText.line("\(result.id)\(shadow): \(result.verdict.rawValue): \(causes(of: result))"))
        }
        return lines.joined(separator: "\n")
    }

    private func causes(of result: CheckResult) -> String {
        let counts = Dictionary(grouping: result.outcome.findings, by: \.kind).mapValues(\.count)
        var parts = counts.sorted { $0.key < $1.key }.map { $1 > 1 ? "\($0) (\($1))" : $0 }
        parts += result.outcome.matched.map { match in
            match.id + (match.score.map { " \(Format.score($0))" } ?? "")
                + (match.threshold.map { " of \(Format.score($0))" } ?? "") + (match.via.map { " via \($0)" } ?? "")
        }
        if let problem = result.problem { parts.append("failed: \(problem)") }
        return parts.joined(separator: ", ")
    }
}
