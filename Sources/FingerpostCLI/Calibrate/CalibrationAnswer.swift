import Fingerpost
import GuidelineStore

/// What a calibration found, laid out for people and for programs.
struct CalibrationAnswer {
    var report: CalibrationReport
    var isKept: Bool

    /// Wrong cases of a kind that people are shown.
    private static let shownCases = 5

    func text(_ terminal: Terminal) -> String {
        let calibration = report.calibration
        var rows = [
            ("threshold", "\(Format.decimal(Double(calibration.threshold), 4)), \(evidence)"),
            ("guidelines", "\(Format.count(report.guidelineCount))\(calibration.scope.map { " where \($0)" } ?? "")"),
            ("false alarms", Self.text(calibration.falseAlarms, of: "to which nothing applies")),
            ("detected", Self.text(calibration.detections, of: "to which something applies")),
            ("recall", Self.text(report.recall, of: "guidelines that apply")),
            ("precision", Self.text(report.precision, of: "guidelines returned for those")),
        ]
        if report.leftOutCount > 0 {
            rows.append(("left out", "\(Format.count(report.leftOutCount)) inputs to which something else applies"))
        }
        var lines = Table.pairs(rows)
        if calibration.isUncertain { lines.append(terminal.yellow(uncertainty)) }
        lines += [""] + curve(terminal) + [""] + alternatives(terminal)
        if report.risks.count > 1 { lines += [""] + risks(terminal) }
        lines += cases(report.falseAlarms, "false alarms", terminal) + cases(report.misses, "missed", terminal)
        lines.append("")
        lines.append(
            isKept
                ? "Kept in the library: search, prompt and evaluate use it unless --min-score or --no-calibration is given."
                : "Nothing was kept (--dry-run).")
        return lines.joined(separator: "\n")
    }

    private var evidence: String {
        let own = report.calibration.guidelineThresholds.isEmpty ? "for all" : "on average, each guideline its own"
        return report.calibration.weight > 0
            ? "\(own), on the similarity and \(Format.decimal(Double(report.calibration.weight), 1)) times the margin of precedents"
            : "\(own), on the similarity"
    }

    private var uncertainty: String {
        "Too few inputs to which nothing applies: with \(Format.count(report.calibration.falseAlarms.total)) of them, "
            + "\(Format.decimal(100 * report.calibration.falseAlarmRate, 1))% cannot be promised with a confidence of "
            + "\(Format.decimal(report.calibration.confidence, 2)). Give more of them with --benign."
    }

    private func curve(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.right, .right, .left, .right])
        table.rows.append(["threshold", "false alarms", "detected", "by similarity alone"])
        for point in report.curve {
            table.rows.append([
                Format.decimal(Double(point.threshold), 4), Self.percent(point.falseAlarms.rate),
                "\(Self.percent(point.detections.rate))  \(Self.interval(point.detections))",
                Self.percent(point.plainDetections.rate),
            ])
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }

    private func alternatives(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .right, .left])
        table.rows.append(["thresholds", "weight of precedents", "detected", ""])
        for alternative in report.alternatives {
            table.rows.append([
                alternative.setsGuidelineThresholds ? "per rule" : "global",
                Format.decimal(Double(alternative.weight), 1), Self.percent(alternative.detections.rate),
                alternative.isChosen ? "chosen" : "",
            ])
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }

    private func risks(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .right])
        table.rows.append(["risk", "inputs", "detected"])
        for (risk, rate) in report.risks.sorted(by: { ($1.value.total, $0.key) < ($0.value.total, $1.key) }) {
            table.rows.append([PlainText.line(risk), Format.count(rate.total), Self.percent(rate.rate)])
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }

    private func cases(_ cases: [CalibrationReport.Case], _ name: String, _ terminal: Terminal) -> [String] {
        guard !cases.isEmpty else { return [] }
        var lines = ["", terminal.bold("\(name): \(Format.count(cases.count))")]
        for wrong in cases.prefix(Self.shownCases) {
            let head =
                "  \(Format.score(Double(wrong.evidence))) for \(Format.score(Double(wrong.threshold)))  "
                + "[\(PlainText.line(wrong.guideline))]  "
            lines.append(
                head + PlainText.truncated(wrong.text, width: max(20, terminal.width - PlainText.columns(head))))
        }
        let more = cases.count - Self.shownCases
        if more > 0 { lines.append("  and \(Format.count(more)) more: --wrong FILE writes all of them") }
        return lines
    }

    private static func text(_ rate: ObservedRate, of name: String) -> String {
        "\(percent(rate.rate)) (\(Format.count(rate.count)) of \(Format.count(rate.total)) \(name)), \(interval(rate))"
    }

    private static func interval(_ rate: ObservedRate) -> String {
        "\(Format.decimal(100 * rate.interval.lowerBound, 1)) to \(Format.decimal(100 * rate.interval.upperBound, 1))%"
    }

    private static func percent(_ rate: Double?) -> String {
        rate.map { "\(Format.decimal(100 * $0, 1))%" } ?? "none"
    }

    var json: JSON {
        let calibration = report.calibration
        return [
            "threshold": .float(calibration.threshold), "weight": .float(calibration.weight),
            "guidelineThresholds": .object(
                calibration.guidelineThresholds.sorted { $0.key < $1.key }.map { ($0.key, .float($0.value)) }),
            "guidelines": .integer(report.guidelineCount), "scope": .optional(calibration.scope.map { "\($0)" }),
            "targetRate": .number(calibration.falseAlarmRate), "confidence": .number(calibration.confidence),
            "falseAlarms": .rate(calibration.falseAlarms), "detections": .rate(calibration.detections),
            "precision": .rate(report.precision), "recall": .rate(report.recall),
            "isUncertain": .bool(calibration.isUncertain),
            "alternatives": .array(
                report.alternatives.map {
                    [
                        "perRule": .bool($0.setsGuidelineThresholds), "weight": .float($0.weight),
                        "threshold": .float($0.threshold), "detections": .rate($0.detections),
                        "isChosen": .bool($0.isChosen),
                    ]
                }),
            "curve": .array(
                report.curve.map {
                    [
                        "threshold": .float($0.threshold), "falseAlarms": .rate($0.falseAlarms),
                        "detections": .rate($0.detections), "plainDetections": .rate($0.plainDetections),
                    ]
                }),
            "risks": .object(report.risks.sorted { $0.key < $1.key }.map { ($0.key, .rate($0.value)) }),
            "wrong": [
                "falseAlarms": .array(report.falseAlarms.map { $0.json(verdict: nil) }),
                "misses": .array(report.misses.map { $0.json(verdict: nil) }),
            ],
            "leftOut": .integer(report.leftOutCount), "missingPositives": .strings(report.missingPositives),
            "isKept": .bool(isKept),
        ]
    }
}

extension JSON {
    /// `{"count","total","rate","low","high"}`; the rate is null where nothing was observed.
    static func rate(_ rate: ObservedRate) -> JSON {
        [
            "count": .integer(rate.count), "total": .integer(rate.total),
            "rate": rate.rate.map { .rounded($0, places: 6) } ?? .null,
            "low": .rounded(rate.interval.lowerBound, places: 6),
            "high": .rounded(rate.interval.upperBound, places: 6),
        ]
    }
}

extension CalibrationReport.Case {
    /// - Parameter verdict: what is wrong, where lines of both kinds stand in one file.
    func json(verdict: String?) -> JSON {
        var members: [(String, JSON)] = []
        if let verdict { members.append(("verdict", .string(verdict))) }
        members += [
            ("id", .optional(id)), ("query", .string(text)), ("guideline", .string(guideline)),
            ("similarity", .float(similarity)), ("evidence", .float(evidence)), ("threshold", .float(threshold)),
            ("file", .optional(location?.file)), ("line", .optional(location?.line)),
        ]
        return .object(members)
    }
}
