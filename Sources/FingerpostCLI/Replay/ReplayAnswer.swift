import Fingerpost
import Guardrails
import GuidelineStore

/// A replay, to be printed.
struct ReplayAnswer {
    var log: String
    var candidate: String
    var report: ReplayReport

    // MARK: JSON

    var json: JSON {
        [
            "log": .string(log), "candidate": .string(candidate), "candidateVersion": .integer(report.candidateVersion),
            "decisions": .integer(report.decisionCount), "byText": .integer(report.byTextCount),
            "byEvidence": .integer(report.byEvidenceCount),
            "untold": .object(obstacles.map { ($0.rawValue, .integer(report.untold[$0] ?? 0)) }),
            "unseenRules": .integer(report.unseenRuleCount), "keptChecks": .counts(report.keptChecks),
            "before": .observed(report.interventionsBefore), "after": .observed(report.interventionsAfter),
            "stopped": .integer(report.count(.stopped)), "passed": .integer(report.count(.passed)),
            "other": .integer(report.count(.other)),
            "verdicts": .object(
                Verdict.allCases.compactMap { old in
                    report.verdicts[old].map { row in
                        let counts = Verdict.allCases.compactMap { new in
                            row[new].map { (new.rawValue, JSON.integer($0)) }
                        }
                        return (old.rawValue, .object(counts))
                    }
                }),
            "reviewed": .integer(report.reviewedCount), "regressions": .integer(report.regressionCount),
            "repairs": .integer(report.repairCount), "rules": parts(report.rules), "checks": parts(report.checks),
            "risks": parts(report.risks), "examples": .array(examples.map(\.json)),
        ]
    }

    private var obstacles: [ReplayReport.Obstacle] {
        ReplayReport.Obstacle.allCases.filter { report.untold[$0, default: 0] > 0 }
    }

    private var examples: [Flip] { Flip.Direction.allCases.flatMap { report.examples[$0] ?? [] } }

    private func parts(_ parts: [ReplayReport.Part]) -> JSON {
        .array(
            parts.map { part in
                [
                    "id": .string(part.id), "title": .optional(part.title), "stopped": .integer(part.stopped),
                    "passed": .integer(part.passed),
                ]
            })
    }

    // MARK: Text

    func text(_ terminal: Terminal) -> String {
        var pairs = [
            ("decisions", Format.count(report.decisionCount)),
            ("from texts", Format.count(report.byTextCount)),
            ("from recorded scores", Format.count(report.byEvidenceCount)),
        ]
        let untold = report.untold.values.reduce(0, +)
        if untold > 0 {
            let reasons = obstacles.map { "\($0.words) \(Format.count(report.untold[$0] ?? 0))" }
            pairs.append(("not to be told", "\(Format.count(untold)) (\(reasons.joined(separator: ", ")))"))
        }
        var lines = Table.pairs(pairs)
        guard report.toldCount > 0 else { return lines.joined(separator: "\n") }
        lines.append("")
        var rates = Table(alignments: [.left, .right, .right])
        rates.rows.append(["", "by the log", PlainText.line("by \(candidate)")])
        rates.rows.append([
            "interventions per 1,000", rate(report.interventionsBefore), rate(report.interventionsAfter),
        ])
        lines += rates.lines + [""]
        var flips = Table(alignments: [.left, .right])
        flips.rows = [
            ["would be stopped, and was not", Format.count(report.count(.stopped))],
            ["would pass, and did not", Format.count(report.count(.passed))],
            ["another verdict, as strict", Format.count(report.count(.other))],
        ]
        if report.reviewedCount > 0 {
            flips.rows += [
                [
                    "of \(Format.count(report.reviewedCount)) reviewed: made wrong",
                    Format.count(report.regressionCount),
                ],
                ["of \(Format.count(report.reviewedCount)) reviewed: made right", Format.count(report.repairCount)],
            ]
        }
        lines += flips.lines
        for (name, parts) in [("rule", report.rules), ("check", report.checks), ("risk", report.risks)]
        where !parts.isEmpty {
            lines += [""] + table(name, parts, terminal)
        }
        for flip in examples { lines += self.lines(flip, terminal) }
        for remark in remarks { lines += [""] + PlainText.wrapped(remark, width: terminal.width) }
        return lines.joined(separator: "\n")
    }

    private func rate(_ rate: ObservedRate) -> String {
        let interval = rate.interval
        return rate.rate.map {
            Format.decimal(1_000 * $0, 1)
                + " (\(Format.decimal(1_000 * interval.lowerBound, 1)) to \(Format.decimal(1_000 * interval.upperBound, 1)))"
        } ?? "-"
    }

    private func table(_ name: String, _ parts: [ReplayReport.Part], _ terminal: Terminal) -> [String] {
        let most = 12
        var table = Table(alignments: [.left, .right, .right, .left])
        table.rows.append([name, "stopped", "passed", ""])
        for part in parts.prefix(most) {
            table.rows.append([
                PlainText.line(part.id), Format.count(part.stopped), Format.count(part.passed),
                PlainText.line(part.title ?? ""),
            ])
        }
        var lines = table.lines.map { PlainText.cut($0, width: max(terminal.width, 60)) }
        if parts.count > most { lines.append("and \(Format.count(parts.count - most)) more") }
        return lines
    }

    private func lines(_ flip: Flip, _ terminal: Terminal) -> [String] {
        let judgement = flip.judgement.map { "  \($0.rawValue)" } ?? ""
        let time = flip.time.description.prefix(16).replacing("T", with: " ")
        let head = "\(PlainText.line(flip.decision))  \(time)  \(flip.old.rawValue) -> \(flip.new.rawValue)\(judgement)"
        var lines = ["", flip.judgement == .regression ? terminal.yellow(head) : terminal.bold(head)]
        for rule in flip.rules {
            func side(_ score: Double?, _ threshold: Double?) -> String {
                guard let score else { return "unknown" }
                return Format.score(score) + (threshold.map { " of \(Format.score($0))" } ?? "")
            }
            lines.append(
                PlainText.cut(
                    "  \(rule.isGained ? "+" : "-") \(PlainText.line(rule.id))  "
                        + "\(side(rule.oldScore, rule.oldThreshold)) -> \(side(rule.newScore, rule.newThreshold))",
                    width: max(terminal.width, 60)))
        }
        for check in flip.checks where flip.rules.isEmpty {
            lines.append(
                "  \(PlainText.line(check.id)): \(check.old?.rawValue ?? "not run") -> \(check.new?.rawValue ?? "not run")"
            )
        }
        return lines
    }

    /// What a reader has to know to read the numbers.
    private var remarks: [String] {
        var remarks: [String] = []
        if report.unseenRuleCount > 0, report.byEvidenceCount > 0 {
            remarks.append(
                "\(Format.count(report.unseenRuleCount, "rule")) of the candidate \(report.unseenRuleCount == 1 ? "is" : "are") "
                    + "new or worded otherwise: of these the decisions told from recorded scores say nothing.")
        }
        if !report.keptChecks.isEmpty {
            let names = report.keptChecks.keys.sorted().map(PlainText.line).joined(separator: ", ")
            remarks.append("What the log has of checks that were not run again stands: \(names).")
        }
        return remarks
    }
}

extension ReplayReport.Obstacle {
    fileprivate var words: String {
        switch self {
        case .encoder: "another encoder"
        case .scoring: "retriever or calibration made anew"
        case .check: "another check"
        case .rule: "rule worded otherwise"
        case .relations: "depends on other rules"
        case .failure: "check failed"
        }
    }
}

extension Flip {
    var json: JSON {
        [
            "decision": .string(decision), "time": .string(time.description), "rail": .string(rail.rawValue),
            "direction": .string(direction.rawValue), "old": .string(old.rawValue), "new": .string(new.rawValue),
            "by": isByText ? "text" : "evidence",
            "checks": .array(
                checks.map { check in
                    [
                        "id": .string(check.id), "old": .optional(check.old?.rawValue),
                        "new": .optional(check.new?.rawValue),
                    ]
                }),
            "rules": .array(
                rules.map { rule in
                    [
                        "id": .string(rule.id), "gained": .bool(rule.isGained), "oldScore": .optional(rule.oldScore),
                        "newScore": .optional(rule.newScore), "oldThreshold": .optional(rule.oldThreshold),
                        "newThreshold": .optional(rule.newThreshold),
                    ]
                }),
            "risk": .strings(risk), "review": .optional(review?.rawValue), "judgement": .optional(judgement?.rawValue),
        ]
    }
}
