import Fingerpost
import GuidelineStore

extension DecisionReport {
    /// The report as a page of its own, that needs no network and no other file.
    public var html: String {
        var sections = [
            HTMLPage.Section(id: "trend", title: "Trend", content: trendSection),
            HTMLPage.Section(id: "rules", title: "Rules", content: ruleTable),
        ]
        if let gaps { sections.append(.init(id: "gaps", title: "Gaps", content: gapSection(gaps))) }
        if let flips { sections.append(.init(id: "flips", title: "Flips", content: flipSection(flips))) }
        if !releases.isEmpty { sections.append(.init(id: "releases", title: "Releases", content: releaseTable)) }
        return HTMLPage(title: "Decisions: \(name)", introduction: introduction, sections: sections).text
    }

    private var introduction: HTML {
        let total = trend.total
        var facts = [
            ("Checked", Figure.count(total.total)), ("Interventions", Figure.count(total.count)),
            ("Per 1,000", total.perThousand),
        ]
        if let report = gaps?.report { facts.append(("Gaps", Figure.count(report.gaps.count))) }
        if let flips { facts.append(("Flips", Figure.count(flips.count))) }
        let list = facts.html { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        guard let first = trend.periods.first, let last = trend.periods.last else {
            return "<p>Nothing has been decided yet.</p>"
        }
        let names = [first, last].map { trend.options.period.name(of: $0.beginning) }
        return "<p>Decisions from \(names[0]) to \(names[1]).</p><dl class=\"facts\">\(list)</dl>\n"
    }

    // MARK: Trend

    private var trendSection: HTML {
        guard !trend.periods.isEmpty else { return "<p>There is nothing in the log.</p>" }
        let names = trend.periods.map { trend.options.period.name(of: $0.beginning) }
        var lines = [TrendChart.Line(name: "all", rates: trend.periods.map(\.interventions))]
        lines += trend.series.prefix(4).map { TrendChart.Line(name: $0.name, rates: $0.rates) }
        let marks = trend.marks.compactMap { mark in
            trend.periods.lastIndex { $0.beginning <= mark.day }.map { (period: $0, text: mark.text) }
        }
        let chart = TrendChart(
            title: "Texts that did not go through as they were", periods: names, lines: lines, marks: marks)
        let readings = [trend.latestComparison, trend.wholeComparison].compactMap(\.self).html { comparison in
            let kind: HTML = comparison.reading == .checks ? " class=\"warning\"" : ""
            return "<p\(kind)>\(comparison.sentence(trend.options.period))</p>\n"
        }
        let table = DataTable(
            caption: "Interventions by period",
            columns: [.init(title: "Period")]
                + ["Checked", "Interventions", "Per 1,000", "Low", "High", "Warned", "Failed checks"].map {
                    .init(title: $0, isNumber: true)
                },
            rows: zip(names, trend.periods).map { name, period in
                let rate = period.interventions
                return [
                    .init(name), .init(rate.total), .init(rate.count), .init(rate.rate.map { 1_000 * $0 }, places: 1),
                    .init(rate.total > 0 ? 1_000 * rate.interval.lowerBound : nil, places: 1),
                    .init(rate.total > 0 ? 1_000 * rate.interval.upperBound : nil, places: 1),
                    .init(period.counts[.warn]), .init(period.counts.failures),
                ]
            })
        let changes = DataTable(
            caption: "What else changed", columns: [.init(title: "Day"), .init(title: "Change", isLong: true)],
            rows: trend.marks.map { [.init(TrendOptions.Period.day.name(of: $0.day)), .init($0.text)] })
        return chart.html + readings + table.html
            + (trend.marks.isEmpty
                ? "<p class=\"note\">Library, thresholds, checks, encoder and model were the same all the time.</p>"
                : changes.html)
    }

    // MARK: Rules

    private var ruleTable: HTML {
        guard !rules.isEmpty else { return "<p>No rule has matched.</p>" }
        return shown(rules, "rules") { rules in
            DataTable(
                caption: "Rules that matched, those that intervened most first",
                columns: [.init(title: "Id"), .init(title: "Title", isLong: true)]
                    + ["Matches", "Interventions", "In shadow", "Threshold", "Reviewed", "Right"].map {
                        .init(title: $0, isNumber: true)
                    },
                rows: rules.map { rule in
                    let thresholds = rule.thresholds.map { range in
                        range.lowerBound == range.upperBound
                            ? Figure.decimal(range.lowerBound, 3)
                            : "\(Figure.decimal(range.lowerBound, 3)) to \(Figure.decimal(range.upperBound, 3))"
                    }
                    return [
                        .init(rule.id), .init(rule.title ?? "(no longer in the library)"), .init(rule.matches),
                        .init(rule.interventions), .init(rule.shadow),
                        .init(thresholds ?? "–", key: rule.thresholds.map { Figure.decimal($0.upperBound, 6) } ?? "-1"),
                        .init(rule.reviewed.total), .init(share: rule.reviewed.rate),
                    ]
                }, isSortable: true)
        }
    }

    /// Rows beyond so many are not read by anybody, and make a page slow.
    private static let rowLimit = 1_000

    /// A table of the first elements, with a word on how many there are.
    func shown<Element>(_ elements: [Element], _ name: String, table: (ArraySlice<Element>) -> DataTable) -> HTML {
        let first = elements.prefix(Self.rowLimit)
        let cut: HTML =
            first.count < elements.count
            ? "<p class=\"note\">The first \(Figure.count(first.count)) of \(Figure.count(elements.count)) \(name) are shown.</p>"
            : ""
        return cut + table(first).html
    }

    // MARK: Releases

    private var releaseTable: HTML {
        DataTable(
            caption: "Releases, and what the canary inputs got",
            columns: [.init(title: "Version"), .init(title: "Time"), .init(title: "Name")]
                + ["Caught before", "after", "False alarms before", "after"].map { .init(title: $0, isNumber: true) }
                + [.init(title: "Note", isLong: true)],
            rows: releases.map { release in
                let figures = ReleaseFigures(release)
                return [
                    .init("\(release.libraryVersion)", key: String(release.libraryVersion)),
                    .init(release.time.replacing("T", with: " ").replacing("Z", with: "")), .init(release.name ?? "–"),
                    .init(share: figures?.before.caught.rate), .init(share: figures?.after.caught.rate),
                    .init(share: figures?.before.falseAlarms.rate), .init(share: figures?.after.falseAlarms.rate),
                    .init(release.note ?? ""),
                ]
            }
        ).html
    }
}
