import Fingerpost
import GuidelineStore
import Guardrails

/// Gaps, to be printed.
struct GapAnswer {
    var report: GapReport
    var reading: GapReading
    var drafts: String?
    var draftCount: Int?

    // MARK: JSON

    var json: JSON {
        [
            "gaps": .array(report.gaps.map(Self.json)), "inputs": .integer(report.inputCount),
            "distinct": .integer(report.distinctCount), "matched": .integer(report.matchedCount),
            "unreadable": .integer(report.unreadableCount), "withoutText": .integer(reading.withoutTextCount),
            "otherRails": .integer(reading.otherRailCount), "early": .integer(reading.earlyCount),
            "clusters": .integer(report.clusterCount), "reference": .string(report.reference.rawValue),
            "guidelines": .integer(report.guidelineCount), "libraryVersion": .integer(report.libraryVersion),
            "drafts": .optional(draftCount),
        ]
    }

    private static func json(_ gap: GapReport.Gap) -> JSON {
        [
            "id": .string(gap.id), "name": .string(gap.name), "words": .strings(gap.words),
            "score": .rounded(gap.score, places: 3), "volume": .integer(gap.volume),
            "distinct": .integer(gap.distinctCount), "share": .rounded(gap.share, places: 6),
            "severity": .string(gap.severity.rawValue), "severityWeight": .rounded(gap.severityWeight, places: 4),
            "lack": .rounded(gap.lack, places: 4), "lackLow": .rounded(gap.lackInterval.lowerBound, places: 4),
            "lackHigh": .rounded(gap.lackInterval.upperBound, places: 4),
            "need": gap.need.map { .rounded($0, places: 4) } ?? .null, "unmatched": .optional(gap.unmatchedCount),
            "first": .optional(gap.times?.first.description), "last": .optional(gap.times?.last.description),
            "trend": .optional(gap.times?.trend.rawValue), "examples": .array(gap.examples.map(Self.json)),
            "nearest": .array(gap.nearest.map(Self.json)),
        ]
    }

    private static func json(_ example: GapReport.Example) -> JSON {
        [
            "id": .optional(example.id), "text": .string(example.text), "count": .integer(example.count),
            "hash": .string(example.hash), "centrality": .rounded(example.centrality, places: 4),
        ]
    }

    private static func json(_ near: GapReport.NearGuideline) -> JSON {
        [
            "id": .string(near.id), "title": .optional(near.title), "volume": .integer(near.volume),
            "similarity": .rounded(near.similarity, places: 4),
            "threshold": near.threshold.map { .rounded($0, places: 4) } ?? .null,
            "matched": .integer(near.matchedCount), "reason": .string(near.reason.rawValue),
        ]
    }

    /// A line for each input of each gap.
    static func memberLines(_ report: GapReport) -> some Sequence<String> {
        report.gaps.lazy.flatMap { gap in
            gap.members.lazy.map { member in
                let line: JSON = [
                    "gap": .string(gap.id), "id": .optional(member.id), "text": .string(member.text),
                    "count": .integer(member.count),
                ]
                return line.text
            }
        }
    }

    // MARK: Text

    func text(_ terminal: Terminal) -> String {
        let scope =
            "\(Format.count(report.inputCount, "input")) (\(Format.count(report.distinctCount)) different, in "
            + "\(Format.count(report.clusterCount, "cluster"))) beside \(Format.count(report.guidelineCount, "guideline")), "
            + "version \(report.libraryVersion)"
        var lines = [
            report.gaps.isEmpty
                ? "No gap: \(scope)" : "\(Format.count(report.gaps.count, "gap")) in \(scope)"
        ]
        lines += leftOut.map { terminal.dim($0) }
        if report.reference == .inputs {
            lines.append(terminal.yellow("No guideline has examples: inputs are compared with each other alone."))
        }
        for (number, gap) in report.gaps.enumerated() { lines += [""] + Self.lines(number + 1, gap, terminal) }
        if let drafts, let draftCount {
            lines += ["", "\(Format.count(draftCount, "draft")) to review in \(PlainText.line(drafts))"]
        }
        return lines.joined(separator: "\n")
    }

    /// What was not looked at.
    private var leftOut: [String] {
        var parts: [String] = []
        for (count, what) in [
            (report.matchedCount, "for which a guideline counts"), (report.unreadableCount, "without a known word"),
            (reading.withoutTextCount, "whose text the log has not kept"), (reading.otherRailCount, "on outputs"),
            (reading.earlyCount, "from before, or without a time"),
        ] where count > 0 {
            parts.append("\(Format.count(count)) \(what)")
        }
        return parts.isEmpty ? [] : ["Left out: " + parts.joined(separator: ", ")]
    }

    private static func lines(_ number: Int, _ gap: GapReport.Gap, _ terminal: Terminal) -> [String] {
        var facts = [
            "\(Format.count(gap.volume, "input")) (\(Format.decimal(gap.share * 100, 1))%)", gap.severity.rawValue,
            "lack \(Format.decimal(gap.lack, 2)) (\(Format.decimal(gap.lackInterval.lowerBound, 2)) to "
                + "\(Format.decimal(gap.lackInterval.upperBound, 2)))",
        ]
        if let need = gap.need { facts.append("need \(Format.decimal(need, 2))") }
        if let unmatched = gap.unmatchedCount { facts.append("\(Format.count(unmatched)) unmatched") }
        if let times = gap.times {
            let (first, last) = (times.first.description.prefix(10), times.last.description.prefix(10))
            facts.append("\(first == last ? "\(first)" : "\(first) to \(last)"), \(times.trend.rawValue)")
        }
        var lines = [
            "\(number). \(terminal.bold(PlainText.line(gap.name)))  score \(Format.decimal(gap.score, 1))  "
                + terminal.dim(gap.id),
            "   " + facts.joined(separator: ", "),
        ]
        for near in gap.nearest {
            var words = "\(near.id)" + (near.title.map { " \($0)" } ?? "")
            words = PlainText.truncated(words, width: max(20, terminal.width - 50))
            lines.append(
                terminal.dim("   near ") + words + terminal.dim(": \(Format.count(near.volume)) at ")
                    + Format.decimal(near.similarity, 2) + terminal.dim(", \(near.explanation)"))
        }
        for example in gap.examples {
            let times = example.count > 1 ? terminal.dim("  x \(Format.count(example.count))") : ""
            lines.append("   - " + PlainText.truncated(example.text, width: max(20, terminal.width - 14)) + times)
        }
        return lines
    }
}

extension GapReport.NearGuideline {
    /// Why it does not cover the gap, in words.
    var explanation: String {
        switch reason {
        case .belowThreshold:
            "below its threshold" + (threshold.map { " of \(Format.decimal($0, 2))" } ?? "")
        case .far: "far off"
        case .neighbour: "a neighbour"
        }
    }
}
