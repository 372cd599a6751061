import Fingerpost
import GuidelineStore

/// What `lint` has found, for people and for scripts.
struct LintAnswer {
    /// The library or the files.
    var subject: String
    var report: LintReport
    var level: FailureLevel
    /// Where guidelines of files were read.
    var locations: [String: InputLocation] = [:]

    /// Findings of a rule that people are shown, and ids of a finding.
    private static let shown = 5
    private static let shownIDs = 6

    var json: JSON {
        let retrieval = report.retrieval
        return [
            "subject": .string(subject), "guidelines": .integer(report.guidelineCount),
            "rules": .strings(report.rules.map(\.rawValue)),
            "counts": .object(LintSeverity.allCases.map { ($0.rawValue, .integer(report.count($0))) }),
            "failOn": .string(level.defaultValueDescription), "failed": .bool(level.isReached(by: report)),
            "retrieval": [
                "k": .integer(retrieval.limit), "examples": .integer(retrieval.examples),
                "examplesRetrieved": .integer(retrieval.examplesRetrieved),
                "counterexamples": .integer(retrieval.counterexamples),
                "counterexamplesRetrieved": .integer(retrieval.counterexamplesRetrieved),
                "queries": .integer(retrieval.queries),
            ],
            "findings": .array(report.findings.map(json)),
        ]
    }

    private func json(_ finding: LintFinding) -> JSON {
        let place = finding.ids.count == 1 ? finding.ids.first.flatMap { locations[$0] } : nil
        return [
            "rule": .string(finding.rule.rawValue), "severity": .string(finding.severity.rawValue),
            "ids": .strings(finding.ids), "field": .optional(finding.field), "message": .string(finding.message),
            "evidence": .strings(finding.evidence),
            "score": finding.score.map { .rounded($0, places: 4) } ?? .null, "advice": .string(finding.advice),
            "file": .optional(place?.file), "line": .optional(place?.line),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var lines: [String] = []
        for severity in LintSeverity.allCases {
            for rule in LintRule.allCases {
                let findings = report.findings.filter { $0.severity == severity && $0.rule == rule }
                guard !findings.isEmpty else { continue }
                lines.append(heading(severity, rule, findings.count, terminal))
                for finding in findings.prefix(Self.shown) { lines += self.lines(finding, terminal) }
                let advices = Set(findings.map(\.advice))
                if advices.count == 1, let advice = advices.first {
                    lines += PlainText.wrapped("-> \(advice)", width: terminal.width - 2).map {
                        "  \(terminal.dim($0))"
                    }
                }
                if findings.count > Self.shown {
                    lines.append("  and \(Format.count(findings.count - Self.shown)) more (use --json)")
                }
                lines.append("")
            }
        }
        let retrieval = report.retrieval
        if retrieval.examples > 0 {
            lines.append(
                "\(Format.count(retrieval.examplesRetrieved)) of \(Format.count(retrieval.examples, "example")) "
                    + "find their guideline among the first \(retrieval.limit), each left out of the library meanwhile."
            )
        }
        lines.append(summary(terminal))
        return lines.joined(separator: "\n")
    }

    private func heading(_ severity: LintSeverity, _ rule: LintRule, _ count: Int, _ terminal: Terminal) -> String {
        let word =
            switch severity {
            case .error: terminal.red("error")
            case .warning: terminal.yellow("warning")
            case .note: "note"
            }
        return "\(word) \(terminal.bold(rule.rawValue)) (\(Format.count(count)))"
    }

    private func lines(_ finding: LintFinding, _ terminal: Terminal) -> [String] {
        var ids = finding.ids.prefix(Self.shownIDs).map(PlainText.line).joined(separator: ", ")
        if finding.ids.count > Self.shownIDs { ids += " and \(Format.count(finding.ids.count - Self.shownIDs)) more" }
        var head = ids
        if finding.ids.count == 1, let place = finding.ids.first.flatMap({ locations[$0] }) {
            head += " (\(PlainText.line("\(place)")))"
        }
        // The number of a summary is in its words.
        let score = finding.rule.measuresSimilarity ? finding.score.map { "  \(Format.score($0))" } ?? "" : ""
        head += ": \(finding.field.map { "\($0): " } ?? "")\(PlainText.line(finding.message))\(score)"
        var lines = PlainText.wrapped(head, width: terminal.width - 4).enumerated().map {
            ($0 == 0 ? "  " : "    ") + $1
        }
        for words in finding.evidence {
            lines.append("      " + PlainText.truncated(words, width: terminal.width - 6))
        }
        return lines
    }

    private func summary(_ terminal: Terminal) -> String {
        let counts = LintSeverity.allCases.map { ($0, report.count($0)) }.filter { $0.1 > 0 }
            .map { Format.count($1, $0.rawValue) }
        let text =
            "\(PlainText.line(subject)): \(Format.count(report.guidelineCount, "guideline")), "
            + (counts.isEmpty ? "nothing found" : counts.joined(separator: ", "))
        return level.isReached(by: report) ? terminal.red(text) : terminal.green(text)
    }
}

extension LintRule {
    /// Whether a finding's score is a similarity.
    fileprivate var measuresSimilarity: Bool { self == .nearDuplicate || self == .contradiction }
}
