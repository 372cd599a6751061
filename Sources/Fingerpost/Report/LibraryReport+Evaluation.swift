extension LibraryReport.Curves {
    /// What the page says about the queries.
    var html: HTML {
        let labelled = queries - benignQueries
        let charts = recallChart + thresholdChart + scoreChart
        return """
            <p>\(Figure.count(labelled)) queries with known answers and \(Figure.count(benignQueries)) to which nothing \
            applies, answered as <code>evaluate</code> answers them. Nothing is returned for \(share(abstained, labelled)) of \
            the former and \(share(abstainedBenign, benignQueries)) of the latter.\(missing)</p>
            <div class="grid2">\(charts)</div>
            <h3>Queries with nothing right among the first six</h3>
            \(missTable)
            """
    }

    private func share(_ count: Int, _ total: Int) -> String {
        total > 0 ? "\(Figure.count(count)) (\(Figure.percent(Double(count) / Double(total))))" : "none"
    }

    private var missing: HTML {
        guard !missingPositives.isEmpty else { return "" }
        return """
             \(Figure.count(missingPositives.count)) positives that the library does not have were left out, and \
            \(Figure.count(skippedQueries)) queries that have no others.
            """
    }

    private var recallChart: HTML {
        guard queries > benignQueries else { return "" }
        let six = recalls.map { "\($0.method.rawValue) \(Figure.optionalPercent($0.recall.dropFirst(5).first))" }
        return LineChart(
            title: "Recall at k", summary: "At six: \(six.joined(separator: ", ")).", xTitle: "k",
            x: (1...ReportAnswers.depth).map(Double.init), ticks: [1, 5, 10, 15, 20],
            series: recalls.map { .init(name: $0.method.rawValue, values: $0.recall) }
        ).html
    }

    private var thresholdChart: HTML {
        var series: [LineChart.Series] = []
        if queries > benignQueries {
            series.append(.init(name: "precision", values: thresholds.map(\.precision)))
            series.append(.init(name: "recall", values: thresholds.map(\.recall)))
        }
        if benignQueries > 0 { series.append(.init(name: "false alarms", values: thresholds.map(\.falseAlarm))) }
        return LineChart(
            title: "The first six of a search with a minimum score", summary: "The numbers are in the table below.",
            xTitle: "minimum score", x: thresholds.map(\.minimumScore), ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
            series: series, xPlaces: 2
        ).html
    }

    private var scoreChart: HTML {
        var series: [LineChart.Series] = []
        if queries > benignQueries {
            series.append(.init(name: "right", values: scores.map { Double($0.right) }))
            series.append(.init(name: "wrong", values: scores.map { Double($0.wrong) }))
        }
        if benignQueries > 0 {
            series.append(.init(name: "best where nothing applies", values: scores.map { Double($0.benign) }))
        }
        return LineChart(
            title: "Similarities of the first six, without thresholds", summary: "The numbers are in the table below.",
            xTitle: "similarity, from", x: scores.map(\.score), ticks: [-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1],
            series: series, xPlaces: 2, isShare: false, isStepped: true
        ).html
    }

    private var missTable: HTML {
        guard !misses.isEmpty else { return "<p>None.</p>" }
        let shown = misses.prefix(50)
        return DataTable(
            caption: "\(Figure.count(shown.count)) of \(Figure.count(misses.count)) queries",
            columns: [
                .init(title: "Query"), .init(title: "Text", isLong: true), .init(title: "Looked for"),
                .init(title: "Found first"),
            ],
            rows: shown.map { miss in
                [
                    .init(miss.id), .init(Figure.shortened(miss.query, to: 160)),
                    .init(Figure.shortened(miss.positives.joined(separator: ", "), to: 120)),
                    .init(miss.first ?? "nothing"),
                ]
            }
        ).html
    }
}
