import GuidelineStore

extension LibraryReport {
    /// The report as a page of its own, that needs no network and no other file. The same report gives the same bytes.
    public var html: String {
        var sections = [
            HTMLPage.Section(id: "themes", title: "Themes", content: themeMap),
            HTMLPage.Section(id: "coverage", title: "Coverage", content: coverage),
        ]
        if let evaluation {
            sections.append(.init(id: "evaluation", title: "Evaluation", content: evaluation.html))
        }
        sections += [
            .init(id: "composition", title: "Composition", content: composition),
            .init(id: "thresholds", title: "Thresholds", content: thresholdSection),
            .init(id: "rules", title: "Rules", content: ruleTable),
        ]
        return HTMLPage(title: "Guideline library: \(library)", introduction: introduction, sections: sections).text
    }

    private var introduction: HTML {
        var facts = [
            ("Guidelines", Figure.count(guidelineCount)), ("Examples", Figure.count(exampleCount)),
            ("Passages", Figure.count(passageCount)), ("Library version", Figure.count(libraryVersion)),
        ]
        if let evaluation {
            facts.append(("Queries", Figure.count(evaluation.queries)))
            if let recall = evaluation.recalls.first(where: { $0.method == .hybrid })?.recall.dropFirst(5).first {
                facts.append(("Recall@6", Figure.percent(recall)))
            }
        }
        let list = facts.html { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        let day = lastChange.replacing("T", with: " ").replacing("Z", with: " UTC")
        return """
            <p>Encoder <bdi>\(encoder)</bdi>. Guidelines last changed <time datetime="\(lastChange)">\(day)</time>.</p>
            <dl class="facts">\(list)</dl>

            """
    }

    // MARK: Themes

    private var themeMap: HTML {
        guard !themes.isEmpty else { return "<p>There is no guideline to map.</p>" }
        let groups = Dictionary(grouping: map, by: \.theme)
        let centers = themes.map { theme -> (x: Double, y: Double)? in
            guard let points = groups[theme.number], let first = points.first else { return nil }
            let size = Double(points.count)
            return points.count == 1
                ? (first.x, first.y) : (points.reduce(0) { $0 + $1.x } / size, points.reduce(0) { $0 + $1.y } / size)
        }
        let plot = ScatterPlot(
            summary:
                "Map of \(Figure.count(map.count)) guidelines in \(themes.count) themes. The list of themes follows.",
            points: map.map { .init(x: $0.x, y: $0.y, group: $0.theme - 1, title: "\($0.title) (\($0.id))") },
            centers: centers)
        let sample: HTML =
            map.count < guidelineCount - withoutTheme
            ? " Shown are \(Figure.count(map.count)) of \(Figure.count(guidelineCount - withoutTheme)), evenly taken."
            : ""
        let unknown: HTML =
            withoutTheme > 0
            ? " \(Figure.count(withoutTheme)) without any word that the encoder knows are in no theme." : ""
        let legend = themes.html { theme in
            "<li>\(ScatterPlot.mark(theme.number - 1)) \(theme.number). <bdi>\(theme.name)</bdi> (\(Figure.count(theme.count)))</li>"
        }
        return """
            <p class="note">Each mark is a guideline; those that mean alike lie near each other, as far as a plane can show. \
            A theme is named by the words that set it apart.\(sample)\(unknown)</p>
            <figure>\(plot.html)<ul class="legend">\(legend)</ul></figure>

            """
    }

    private var coverage: HTML {
        guard !themes.isEmpty else { return "<p>There are no themes.</p>" }
        let hasQueries = evaluation != nil
        let titles =
            ["Theme", "Rules", "Examples", "Counterexamples", "Threshold", "Risk code"]
            + (hasQueries ? ["Queries", "Recall@6", "Abstained"] : [])
        let table = DataTable(
            caption: hasQueries ? "What the queries find, by theme" : "Rules of each theme that have what",
            columns: titles.enumerated().map { .init(title: $0.element, isNumber: $0.offset > 0) },
            rows: themes.map { theme in
                var cells: [DataTable.Cell] = [
                    .init("\(theme.number). \(theme.name)", key: String(theme.number)), .init(theme.count),
                    .init(theme.withExamples), .init(theme.withCounterexamples), .init(theme.withThreshold),
                    .init(theme.withRisk),
                ]
                if hasQueries {
                    cells += [
                        .init(theme.coverage?.queries ?? 0), .init(share: theme.coverage?.recallAt6),
                        .init(share: theme.coverage?.abstained),
                    ]
                }
                return cells
            }, isSortable: true)
        func bars(_ title: String, none: String, _ share: (Theme) -> Double?) -> HTML {
            guard themes.contains(where: { share($0) ?? 0 > 0 }) else {
                return BarChart.empty(title, note: none)
            }
            return BarChart(
                title,
                bars: themes.map { theme in
                    let share = share(theme)
                    return .init(
                        label: "\(theme.number). \(theme.name)", value: share ?? 0, text: Figure.optionalPercent(share))
                }, maximum: 1
            ).html
        }
        let charts =
            hasQueries
            ? bars("Recall among the first six", none: "None is found.") { $0.coverage?.recallAt6 }
                + bars("Queries for which nothing is returned", none: "Something is returned for every query.") {
                    $0.coverage?.abstained
                }
            : bars("Rules with examples", none: "None has any.") { Double($0.withExamples) / Double(max(1, $0.count)) }
                + bars("Rules with a threshold of their own", none: "None has one.") {
                    Double($0.withThreshold) / Double(max(1, $0.count))
                }
        return "<div class=\"grid2\">\(charts)</div>\(table.html)"
    }

    // MARK: Composition

    private var composition: HTML {
        let kinds = kinds.map(\.name)
        let statuses = statuses.map(\.name)
        let table = DataTable(
            caption: "Rules by severity, kind and status",
            columns: [.init(title: "Severity"), .init(title: "Rules", isNumber: true)]
                + (kinds + statuses).map { .init(title: $0, isNumber: true) },
            rows: severities.map { row in
                [.init(row.severity.rawValue), .init(row.count)] + (row.byKind + row.byStatus).map { .init($0.count) }
            })
        func bars(_ title: String, _ counts: [Count]) -> HTML {
            let shown = counts.count > 15 ? Array(counts.prefix(14)) : counts
            let rest = counts.dropFirst(shown.count)
            var chart = BarChart(title, counts: shown.map { ($0.name, $0.count) }, total: guidelineCount)
            if let next = rest.first {
                chart.note = "And \(Figure.count(rest.count)) more, of at most \(Figure.count(next.count)) each."
            }
            return chart.html
        }
        return """
            \(table.html)<div class="grid2">\(bars("Severity", severities.map { .init(name: $0.severity.rawValue, count: $0.count) }))\
            \(bars("Authority", authorities))\(bars("Risk codes", risks))\(bars("Tags", tags))\(bars("Languages", languages))</div>
            """
    }

    private var thresholdSection: HTML {
        let with = guidelineCount - withoutThreshold
        let other = calibration == nil ? "the minimum score of a search" : "the calibration, or a minimum score,"
        var html: HTML =
            with == 0
            ? "<p>No rule has a threshold of its own; \(other) decides.</p>"
            : """
            <p>\(Figure.count(with)) of \(Figure.count(guidelineCount)) rules have a threshold of their own; for the other \
            \(Figure.count(withoutThreshold)) \(other) decides.</p>
            """
        if !thresholds.isEmpty {
            html +=
                BarChart(
                    "Thresholds, by tenths", counts: thresholds.map { ("from \($0.name)", $0.count) }, total: with
                ).html
        }
        if let calibration { html += calibration.html(version: libraryVersion) }
        return html
    }

    // MARK: Rules

    private var ruleTable: HTML {
        let cut: HTML =
            rules.count < guidelineCount
            ? "<p class=\"note\">The first \(Figure.count(rules.count)) of \(Figure.count(guidelineCount)) rules are shown.</p>"
            : ""
        let hasQueries = evaluation != nil
        var columns: [DataTable.Column] = [
            .init(title: "Id"), .init(title: "Title", isLong: true), .init(title: "Theme", isNumber: true),
            .init(title: "Severity"),
            .init(title: "Status"), .init(title: "Examples", isNumber: true), .init(title: "Threshold", isNumber: true),
        ]
        if hasQueries {
            columns += [
                .init(title: "In first six", isNumber: true), .init(title: "Wrongly", isNumber: true),
                .init(title: "Found instead"),
            ]
        }
        let table = DataTable(
            caption: "Rules, the most severe first", columns: columns,
            rows: rules.map { rule in
                var cells: [DataTable.Cell] = [
                    .init(rule.id), .init(rule.title), .init(rule.theme ?? 0),
                    .init(rule.severity.rawValue, key: String(rule.severity.weight)), .init(rule.status.rawValue),
                    .init(rule.examples), .init(rule.threshold),
                ]
                if hasQueries {
                    cells += [.init(rule.retrieved ?? 0), .init(rule.wronglyRetrieved ?? 0), .init(rule.rival ?? "–")]
                }
                return cells
            }, isSortable: true)
        return cut + table.html
    }
}
