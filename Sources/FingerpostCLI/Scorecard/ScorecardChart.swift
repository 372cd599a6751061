import Fingerpost

/// A picture of a scorecard: a bar with its interval for each set and system, on light and dark pages.
struct ScorecardChart {
    private let answer: ScorecardAnswer

    init(_ answer: ScorecardAnswer) { self.answer = answer }

    // Measures in pixels.
    private static let width = 860.0
    private static let axis = 250.0
    private static let axisLength = 520.0
    private static let barHeight = 14.0
    private static let barStep = 18.0
    private static let setGap = 14.0
    /// Colours there are; systems beyond them begin anew.
    private static let colorCount = 6

    /// A whole SVG document, with its style inside.
    var svg: String {
        var elements: [String] = []
        var y = 34.0
        elements.append(Self.text("Scorecard", x: 24, y: y, style: "title"))
        y += 6
        for (system, item) in answer.report.systems.enumerated() {
            y += 22
            let marker = Self.rectangle(x: 24, y: y - 11, width: 14, height: 12, style: Self.color(system))
            elements += [marker, Self.text(item.name, x: 46, y: y)]
        }
        for section in answer.sections { append(section, to: &elements, at: &y) }
        y += 30
        elements.append(
            Self.text("A line holds \(answer.confidence) of the queries.", x: 24, y: y, style: "small"))
        return document(elements, height: y + 22)
    }

    private func append(_ section: ScorecardSection, to elements: inout [String], at y: inout Double) {
        y += 40
        elements.append(Self.text(section.metric.explanation, x: 24, y: y, style: "head"))
        y += 22
        for tick in 0...5 {
            let label = tick == 0 ? "0" : tick == 5 ? "1" : "0.\(tick * 2)"
            elements.append(
                Self.text(label, x: Self.place(Double(tick) / 5), y: y, style: "small", anchor: "middle"))
        }
        y += 8
        let top = y
        var marks: [String] = []
        for row in section.rows {
            if row.isMean { marks.append(Self.line(24, y, Self.axis + Self.axisLength, y, style: "rule")) }
            y += Self.setGap / 2
            let bars = row.scores.enumerated().filter { $0.element != nil }
            let height = Double(bars.count) * Self.barStep
            marks.append(label(row, y: y + height / 2 + 5))
            for (system, score) in bars {
                guard let score else { continue }
                marks.append(bar(system, score, row, y: y + 2))
                y += Self.barStep
            }
            y += Self.setGap / 2
        }
        // Under the bars.
        elements += (0...5).map { tick in
            let x = Self.place(Double(tick) / 5)
            return Self.line(x, top, x, y, style: tick == 0 ? "base" : "grid")
        }
        elements += marks
    }

    private func label(_ row: ScorecardSection.Row, y: Double) -> String {
        let name = PlainText.truncated(row.name, width: 30)
        return """
            <g><title>\(Self.escaped(row.name)), \(Self.escaped(row.count))</title>\
            \(Self.text(name, x: Self.axis - 12, y: y, style: row.isMean ? "mean" : nil, anchor: "end"))</g>
            """
    }

    private func bar(_ system: Int, _ score: Estimate, _ row: ScorecardSection.Row, y: Double) -> String {
        let (value, low, high) = (Self.place(score.value), Self.place(score.low), Self.place(score.high))
        let middle = y + Self.barHeight / 2
        let name = answer.report.systems[system].name
        let bar = Self.rectangle(
            x: Self.axis, y: y, width: value - Self.axis, height: Self.barHeight, style: Self.color(system))
        let whisker =
            "<path class=\"whisker\" d=\"M\(Self.number(low)) \(Self.number(middle))H\(Self.number(high))"
            + [low, high].map { "M\(Self.number($0)) \(Self.number(middle - 3.5))v7" }.joined() + "\"/>"
        let figure = Self.text(
            Format.score(score.value, signed: false), x: max(value, high) + 8, y: middle + 4,
            style: row.isBest(system) ? "best" : "figure")
        return
            "<g><title>\(Self.escaped("\(name), \(row.name): \(Format.estimate(score))"))</title>\(bar)\(whisker)\(figure)</g>"
    }

    private func document(_ elements: [String], height: Double) -> String {
        let page = Self.rectangle(x: 0.5, y: 0.5, width: Self.width - 1, height: height - 1, style: "page")
        let (width, height) = (Self.number(Self.width), Self.number(height))
        let names = answer.report.systems.map(\.name).joined(separator: ", ")
        let figures = answer.sections.flatMap { section in
            section.rows.map { row in
                "\(section.metric.title) on \(row.name): "
                    + row.scores.map { $0.map { Format.score($0.value, signed: false) } ?? "none" }.joined(
                        separator: ", ")
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            role="img" aria-labelledby="title desc">
            <title id="title">Scorecard of \(Self.escaped(names))</title>
            <desc id="desc">\(Self.escaped(figures.joined(separator: "; "))).</desc>
            <style>
            \(Self.style)
            </style>
            \(page)
            \(elements.joined(separator: "\n"))
            </svg>

            """
    }
}

// MARK: Elements

extension ScorecardChart {
    private static let style = """
        text { font: 13px -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
        .title { font-size: 17px; font-weight: 600; }
        .head, .mean, .best { font-weight: 600; }
        .small, .figure, .best { font-size: 12px; }
        .small, .figure { fill: #57606a; }
        .page { fill: #ffffff; stroke: #d0d7de; }
        .grid { stroke: #d8dee4; }
        .base, .rule { stroke: #8c959f; }
        .whisker { fill: none; stroke: #1f2328; stroke-width: 1.4; }
        .c0 { fill: #5b9bd5; } .c1 { fill: #e0a458; } .c2 { fill: #6fbf83; }
        .c3 { fill: #b79ae0; } .c4 { fill: #e08a83; } .c5 { fill: #a8b1ba; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .small, .figure { fill: #9198a1; }
          .page { fill: #0d1117; stroke: #30363d; }
          .grid { stroke: #262c34; }
          .base, .rule { stroke: #6e7681; }
          .whisker { stroke: #e6edf3; }
          .c0 { fill: #2f6fb0; } .c1 { fill: #a8741a; } .c2 { fill: #2f8144; }
          .c3 { fill: #7d55c7; } .c4 { fill: #b4483f; } .c5 { fill: #5d656e; }
        }
        """

    private static func color(_ system: Int) -> String { "c\(system % colorCount)" }

    /// Where on the axis a value stands; what is beyond an end stands at the end.
    private static func place(_ value: Double) -> Double { axis + axisLength * min(1, max(0, value)) }

    private static func text(
        _ text: String, x: Double, y: Double, style: String? = nil, anchor: String? = nil
    ) -> String {
        let attributes = [style.map { " class=\"\($0)\"" }, anchor.map { " text-anchor=\"\($0)\"" }]
        return
            "<text x=\"\(number(x))\" y=\"\(number(y))\"\(attributes.compactMap(\.self).joined())>\(escaped(text))</text>"
    }

    private static func rectangle(x: Double, y: Double, width: Double, height: Double, style: String) -> String {
        "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
            + "height=\"\(number(height))\" rx=\"2\"/>"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> String {
        "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>"
    }

    /// Tenths of a pixel.
    private static func number(_ value: Double) -> String {
        let text = Format.decimal(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in PlainText.line(text) {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
