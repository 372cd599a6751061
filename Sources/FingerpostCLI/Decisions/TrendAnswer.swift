import Fingerpost
import GuidelineStore
import Guardrails

/// A trend, to be printed.
struct TrendAnswer {
    var library: String
    var trend: Trend
    var releases: [LibraryRelease]

    private var comparisons: [TrendComparison] {
        [trend.latestComparison, trend.wholeComparison].compactMap(\.self)
    }

    // MARK: JSON

    var json: JSON {
        [
            "library": .string(library), "period": .string(trend.options.period.rawValue),
            "by": .optional(trend.options.dimension?.rawValue), "total": .observed(trend.total),
            "periods": .array(
                trend.periods.map { period in
                    [
                        "beginning": .string(String(period.beginning.description.prefix(10))),
                        "checked": .integer(period.counts.total),
                        "interventions": .integer(period.counts.interventions),
                        "rate": .optional(period.interventions.rate),
                        "low": .number(period.interventions.interval.lowerBound),
                        "high": .number(period.interventions.interval.upperBound),
                        "verdicts": .object(
                            Verdict.allCases.map { ($0.rawValue, .integer(period.counts[$0])) }),
                        "failures": .integer(period.counts.failures),
                    ]
                }),
            "series": .array(
                trend.series.map { series in
                    [
                        "name": .string(series.name), "total": .observed(series.total),
                        "rates": .array(series.rates.map(JSON.observed)), "shadow": .integer(series.shadow),
                    ]
                }),
            "omittedSeries": .integer(trend.omittedSeriesCount), "marks": .array(trend.marks.map(mark)),
            "comparisons": .array(comparisons.map(comparison)),
            "releases": .array(
                releases.map { release in
                    [
                        "libraryVersion": .integer(release.libraryVersion), "time": .string(release.time),
                        "name": .optional(release.name), "figures": release.figures.map(JSON.value) ?? .null,
                    ]
                }),
        ]
    }

    private func mark(_ mark: TrendMark) -> JSON {
        [
            "day": .string(String(mark.day.description.prefix(10))), "kind": .string(mark.kind.rawValue),
            "count": .integer(mark.count), "raised": .integer(mark.raised), "lowered": .integer(mark.lowered),
            "examples": .array(
                mark.examples.map { change in
                    [
                        "subject": .optional(change.subject), "before": .string(change.before),
                        "after": .string(change.after),
                    ]
                }),
            "release": .optional(mark.release?.libraryVersion),
        ]
    }

    private func comparison(_ comparison: TrendComparison) -> JSON {
        [
            "from": .string(String(comparison.from.beginning.description.prefix(10))),
            "to": .string(String(comparison.to.beginning.description.prefix(10))),
            "difference": .number(comparison.difference.value),
            "low": .number(comparison.difference.interval.lowerBound),
            "high": .number(comparison.difference.interval.upperBound),
            "causes": .strings(comparison.causes.map(\.rawValue)), "reading": .string(comparison.reading.rawValue),
        ]
    }

    // MARK: Text

    func text(_ terminal: Terminal) -> String {
        guard !trend.periods.isEmpty else { return "no decisions in that time" }
        let period = trend.options.period
        var table = Table(alignments: [.left, .right, .right, .right, .left, .left])
        table.rows.append([period.rawValue, "checked", "interventions", "per 1,000", "", ""])
        let highest = trend.periods.compactMap(\.interventions.rate).max() ?? 0
        for one in trend.periods {
            let rate = one.interventions
            let changes = trend.marks.count { period.contains($0.day, from: one.beginning) }
            table.rows.append([
                period.name(of: one.beginning), Format.count(rate.total), Format.count(rate.count),
                rate.rate.map { Format.decimal(1_000 * $0, 1) } ?? "-", rate.total > 0 ? interval(rate) : "",
                bar(rate.rate, highest) + (changes > 0 ? " *" : ""),
            ])
        }
        var lines = table.lines
        if !trend.series.isEmpty { lines += [""] + seriesLines }
        if !trend.marks.isEmpty {
            lines += ["", "* What else changed"]
            lines += trend.marks.suffix(20).map { mark in
                PlainText.cut(
                    "  \(mark.day.description.prefix(10))  \(PlainText.line(mark.text))", width: max(terminal.width, 60)
                )
            }
        }
        for comparison in comparisons {
            let sentence = PlainText.wrapped(comparison.sentence(period), width: terminal.width)
            lines += [""] + sentence.map { comparison.reading == .checks ? terminal.yellow($0) : $0 }
        }
        return lines.joined(separator: "\n")
    }

    private var seriesLines: [String] {
        var table = Table(alignments: [.left, .right, .right, .right])
        table.rows.append([trend.options.dimension?.rawValue ?? "", "checked", "interventions", "per 1,000"])
        for series in trend.series {
            table.rows.append([
                PlainText.line(series.name), Format.count(series.total.total), Format.count(series.total.count),
                series.total.rate.map { Format.decimal(1_000 * $0, 1) } ?? "-",
            ])
        }
        let more = trend.omittedSeriesCount
        return table.lines + (more > 0 ? ["and \(Format.count(more)) more"] : [])
    }

    private func interval(_ rate: ObservedRate) -> String {
        "(\(Format.decimal(1_000 * rate.interval.lowerBound, 1)) to \(Format.decimal(1_000 * rate.interval.upperBound, 1)))"
    }

    private func bar(_ rate: Double?, _ highest: Double) -> String {
        guard let rate, highest > 0 else { return "" }
        return String(repeating: "#", count: Int((30 * rate / highest).rounded()))
    }
}

extension JSON {
    /// `{"count","total","rate","low","high"}`.
    static func observed(_ rate: ObservedRate) -> JSON {
        [
            "count": .integer(rate.count), "total": .integer(rate.total), "rate": .optional(rate.rate),
            "low": .number(rate.interval.lowerBound), "high": .number(rate.interval.upperBound),
        ]
    }
}
