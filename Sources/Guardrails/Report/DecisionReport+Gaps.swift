import Fingerpost
import GuidelineStore

extension DecisionReport {
    /// What was found when gaps were looked for.
    public struct GapFindings: Sendable, Hashable {
        /// What was looked at, and what was left out.
        public var reading: GapReading
        /// Nil where the log has kept no text of an input, so that nothing can be said.
        public var report: GapReport?

        public init(reading: GapReading, report: GapReport?) { (self.reading, self.report) = (reading, report) }
    }
}

extension DecisionReport {
    func gapSection(_ findings: GapFindings) -> HTML {
        guard let report = findings.report else {
            return """
                <p>Nothing can be said of gaps: the log has kept no text of an input. Gaps are found where texts are kept \
                (<code>check --log --keep-text</code>).</p>

                """
        }
        let scope: HTML = """
            <p class="note">\(Figure.count(report.inputCount)) inputs, \(Figure.count(report.distinctCount)) of them different, \
            in \(Figure.count(report.clusterCount)) clusters beside \(Figure.count(report.guidelineCount)) guidelines of \
            version \(report.libraryVersion).\(leftOut(report, findings.reading))</p>

            """
        guard !report.gaps.isEmpty else {
            return "<p>No group of inputs was found that the rules leave out.</p>\n" + scope
        }
        return scope + GapChart(report: report).html + gapTable(report)
    }

    private func leftOut(_ report: GapReport, _ reading: GapReading) -> String {
        let parts = [
            (report.matchedCount, "for which a guideline counts"), (report.unreadableCount, "without a known word"),
            (reading.withoutTextCount, "whose texts were not kept"), (reading.otherRailCount, "on outputs"),
            (reading.earlyCount, "from before"),
        ].filter { $0.0 > 0 }.map { "\(Figure.count($0.0)) \($0.1)" }
        return parts.isEmpty ? "" : " Left out: \(parts.joined(separator: ", "))."
    }

    private func gapTable(_ report: GapReport) -> HTML {
        var numbers: [String: Int] = [:]
        for (place, gap) in report.gaps.enumerated() { numbers[gap.id] = place + 1 }
        let severities = Guideline.Severity.allCases
        let hasExamples = report.gaps.contains { !$0.examples.isEmpty }
        let columns: [DataTable.Column] =
            [
                .init(title: "Gap"), .init(title: "Score", isNumber: true), .init(title: "Inputs", isNumber: true),
                .init(title: "Severity"), .init(title: "Lack", isNumber: true),
                .init(title: "Most like gap", isNumber: true), .init(title: "Nearest rule"), .init(title: "Came"),
            ] + (hasExamples ? [.init(title: "For instance", isLong: true)] : [])
        return DataTable(
            caption: "Groups of inputs that no rule covers, the most pressing first",
            columns: columns,
            rows: report.gaps.enumerated().map { place, gap in
                let severity = severities.firstIndex(of: gap.severity) ?? 0
                let close = gap.closest.flatMap { close in
                    numbers[close.id].map { "\($0) (\(Figure.decimal(close.similarity, 2)))" }
                }
                let near = gap.nearest.first
                let row: [DataTable.Cell] = [
                    .init("\(place + 1). \(gap.name)", key: String(place + 1)), .init(gap.score, places: 1),
                    .init(gap.volume), .init(gap.severity.rawValue, key: String(severity)), .init(gap.lack),
                    .init(close ?? "–", key: gap.closest.map { Figure.decimal($0.similarity, 6) } ?? "-2"),
                    .init(near.map { "\($0.id) (\($0.reason.words))" } ?? "–"),
                    .init(gap.times.map(Self.times) ?? "–", key: gap.times?.first.description ?? "–"),
                ]
                let examples = gap.examples.prefix(2).map { Figure.shortened($0.text, to: 160) }
                return row + (hasExamples ? [.init(examples.joined(separator: " · "))] : [])
            }, isSortable: true
        ).html
    }

    private static func times(_ times: GapReport.Times) -> HTML {
        let (first, last) = (times.first.description.prefix(10), times.last.description.prefix(10))
        let days: HTML =
            first == last ? "<time>\(first)</time>" : "<time>\(first)</time> to <time>\(last)</time>"
        return days + ", \(times.trend.rawValue)"
    }
}

extension GapReport.NearGuideline.Reason {
    fileprivate var words: String {
        switch self {
        case .belowThreshold: "below its threshold"
        case .far: "far off"
        case .neighbour: "a neighbour"
        }
    }
}
