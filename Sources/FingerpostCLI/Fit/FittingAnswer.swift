import Fingerpost
import GuideAlign
import GuidelineStore

/// What fitting has come to, laid out for people and for programs.
struct FittingAnswer {
    var report: FittingReport
    var isDryRun: Bool
    var isCalibrationStale: Bool
    var duration: Duration

    private var isApplied: Bool { report.adapter != nil && !isDryRun }

    func text(_ terminal: Terminal) -> String {
        var rows = [
            (
                "inputs",
                "\(Format.count(report.trainingCount)) learned from, \(Format.count(report.validationCount)) chose, "
                    + "\(Format.count(report.testCount)) checked"
            ),
            (
                "guidelines",
                "\(Format.count(report.guidelineCount)), \(Format.count(report.namedGuidelineCount)) named by inputs"
            ),
            (
                "learned",
                "\(Format.decimal(100 * Double(report.share), 0))% of the map (from \(report.start), epoch "
                    + "\(report.bestEpoch)), \(Format.decimal(100 * Double(report.prominenceWeight), 0))% of prominence off"
            ),
            ("time", Format.duration(duration)),
        ]
        if report.duplicateCount > 0 { rows.append(("repeated", Format.count(report.duplicateCount, "input"))) }
        if !report.unknownGuidelines.isEmpty {
            let shown = report.unknownGuidelines.prefix(5).map(PlainText.line).joined(separator: ", ")
            rows.append(
                (
                    "unknown",
                    "\(Format.count(report.unknownGuidelines.count, "guideline")) (\(shown)"
                        + (report.unknownGuidelines.count > 5 ? ", …" : "") + "); "
                        + "\(Format.count(report.leftOutCount, "input")) left out"
                ))
        }
        var lines = Table.pairs(rows)
        lines += [""] + picture(terminal) + [""] + parts(terminal) + [""]
        lines += PlainText.wrapped(verdict, width: terminal.width).map {
            report.adapter == nil ? terminal.yellow($0) : terminal.green($0)
        }
        if isCalibrationStale, isApplied {
            lines.append(
                terminal.yellow(
                    "The calibration was made for other similarities and is refused now: run calibrate again."))
        }
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        if let refusal = report.refusal {
            return "Not switched on: \(refusal). The library is as it was."
        }
        return isDryRun
            ? "A clear gain. Nothing was changed (--dry-run)."
            : "Switched on: searches use it from now on. unfit goes back."
    }

    /// A line for each epoch, with bars.
    private func picture(_ terminal: Terminal) -> [String] {
        let room = max(6, min(20, (terminal.width - 40) / 2))
        let losses = report.epochs.compactMap(\.loss)
        let gains = report.epochs.map(\.gain)
        func bar(_ value: Double, _ all: [Double]) -> String {
            guard let least = all.min(), let most = all.max(), most > least else { return "" }
            let filled = 1 + Int((value - least) / (most - least) * Double(room - 1))
            return String(repeating: terminal.isUnicode ? "\u{2588}" : "#", count: filled)
        }
        var table = Table(alignments: [.right, .right, .left, .right, .left, .right])
        table.rows.append(["epoch", "loss", "", "nDCG@10", "", "recall@6"])
        for (number, epoch) in report.epochs.enumerated() {
            table.rows.append([
                String(number), epoch.loss.map { Format.decimal($0, 4) } ?? "start",
                epoch.loss.map { bar($0, losses) } ?? "",
                Format.decimal(epoch.gain, 4), bar(epoch.gain, gains), Format.decimal(epoch.recall, 4),
            ])
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }

    private func parts(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .right, .right, .right, .left])
        table.rows.append(["held-out inputs", "count", "nDCG@10 before", "after", "gain", "95% interval"])
        for part in report.parts {
            let relative =
                part.gainBefore > 0
                ? " (\(Self.signed(100 * part.difference.mean / part.gainBefore, 1))%)" : ""
            table.rows.append([
                Self.name(part.kind), Format.count(part.difference.count), Format.decimal(part.gainBefore, 4),
                Format.decimal(part.gainAfter, 4), Self.signed(part.difference.mean, 4) + relative,
                part.difference.low.isFinite
                    ? "\(Self.signed(part.difference.low, 4)) to \(Self.signed(part.difference.high, 4))" : "unknown",
            ])
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }

    private static func name(_ kind: FittingReport.Part.Kind) -> String {
        switch kind {
        case .newGuidelines: "of new guidelines"
        case .knownGuidelines: "of known guidelines"
        case .all: "all"
        }
    }

    private static func signed(_ value: Double, _ places: Int) -> String {
        (value < 0 ? "" : "+") + Format.decimal(value, places)
    }

    var json: JSON {
        [
            "applied": .bool(isApplied), "refusal": .optional(report.refusal?.rawValue),
            "adapter": [
                "share": .float(report.share), "prominenceWeight": .float(report.prominenceWeight),
                "offset": report.adapter.map { .float($0.offset) } ?? .null,
                "scale": report.adapter.map { .float($0.scale) } ?? .null, "start": .string(report.start),
            ],
            "inputs": [
                "training": .integer(report.trainingCount), "validation": .integer(report.validationCount),
                "test": .integer(report.testCount), "duplicates": .integer(report.duplicateCount),
                "leftOut": .integer(report.leftOutCount),
            ],
            "guidelines": [
                "all": .integer(report.guidelineCount), "named": .integer(report.namedGuidelineCount),
                "unknown": .strings(report.unknownGuidelines),
            ],
            "parts": .array(report.parts.map(Self.json)),
            "epochs": .array(
                report.epochs.map {
                    [
                        "loss": $0.loss.map { .rounded($0, places: 6) } ?? .null,
                        "ndcg@10": .rounded($0.gain, places: 6), "recall@6": .rounded($0.recall, places: 6),
                    ]
                }),
            "bestEpoch": .integer(report.bestEpoch), "staleCalibration": .bool(isCalibrationStale),
            "seconds": .rounded(duration / .seconds(1), places: 3),
        ]
    }

    private static func json(_ part: FittingReport.Part) -> JSON {
        let difference = part.difference
        return [
            "part": .string(part.kind.rawValue), "count": .integer(difference.count),
            "guidelines": .integer(difference.groupCount),
            "ndcg@10": [
                "before": .rounded(part.gainBefore, places: 6), "after": .rounded(part.gainAfter, places: 6),
                "gain": .rounded(difference.mean, places: 6), "low": .rounded(difference.low, places: 6),
                "high": .rounded(difference.high, places: 6),
                "standardError": .rounded(difference.standardError, places: 6),
            ],
            "recall@6": [
                "before": .rounded(part.recallBefore, places: 6), "after": .rounded(part.recallAfter, places: 6),
            ],
        ]
    }
}
