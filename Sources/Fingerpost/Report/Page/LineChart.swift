/// Lines over a common axis, told apart by colour, dashes and a legend in writing, with their numbers in a table below.
struct LineChart {
    struct Series {
        var name: String
        /// By x; nil where there is no value.
        var values: [Double?]
    }

    var title: String
    /// What the chart shows, in a sentence, for those who do not see it.
    var summary: String
    var xTitle: String
    /// Ascending.
    var x: [Double]
    /// Where the axis has its numbers.
    var ticks: [Double]
    var series: [Series]
    var xPlaces = 0
    /// The values are shares, 0 to 1; counts otherwise.
    var isShare = true
    /// Draws steps as columns are seen in a histogram.
    var isStepped = false

    private static let (width, height) = (640.0, 324.0)
    private static let (left, right, top, bottom) = (80.0, 20.0, 14.0, 66.0)

    var html: HTML {
        guard let first = x.first, let last = x.last, x.count > 1 else { return "" }
        let largest = isShare ? 1 : Self.rounded(series.flatMap { $0.values.compactMap { $0 } }.max() ?? 1)
        func place(_ value: Double) -> Double {
            Self.left + (value - first) / (last - first) * (Self.width - Self.left - Self.right)
        }
        func level(_ value: Double) -> Double {
            Self.height - Self.bottom - value / largest * (Self.height - Self.top - Self.bottom)
        }
        let grid = (0...4).html { tick in
            let value = largest * Double(tick) / 4
            let y = Figure.decimal(level(value), 1)
            let label = isShare ? Figure.decimal(100 * value, 0) + "%" : Figure.count(Int(value.rounded()))
            return """
                <line class="grid" x1="\(Figure.decimal(Self.left, 0))" x2="\(Figure.decimal(Self.width - Self.right, 0))" \
                y1="\(y)" y2="\(y)"/><text x="\(Figure.decimal(Self.left - 8, 0))" y="\(y)" dy="0.35em" \
                text-anchor="end">\(label)</text>

                """
        }
        let tickPlaces = ticks.allSatisfy { $0 == $0.rounded() } ? 0 : 1
        let numbers = ticks.filter { (first...last).contains($0) }.html { tick in
            """
            <text x="\(Figure.decimal(place(tick), 1))" y="\(Figure.decimal(Self.height - Self.bottom + 29, 0))" \
            text-anchor="middle">\(Figure.decimal(tick, tickPlaces))</text>

            """
        }
        let lines = series.enumerated().html { number, series in
            "<path class=\"line s\(number % 8)\" d=\"\(path(series.values, place, level))\"/>\n"
        }
        let legend = series.enumerated().html { number, series in
            """
            <li><svg width="28" height="10" aria-hidden="true" focusable="false"><path class="line s\(number % 8)" \
            d="M0 5H28"/></svg> <bdi>\(series.name)</bdi></li>
            """
        }
        return """
            <figure><figcaption>\(title)</figcaption><ul class="legend">\(legend)</ul>
            <svg class="chart" viewBox="0 0 640 324" role="img" aria-label="\(title). \(summary)">
            \(grid)\(numbers)\(lines)<text class="axis" x="350" y="318" text-anchor="middle">\(xTitle)</text></svg>
            \(table.folded)</figure>

            """
    }

    /// The least count from `value` on whose quarters are whole and easy to read.
    private static func rounded(_ value: Double) -> Double {
        var unit = 4.0
        while unit * 10 < value { unit *= 10 }
        return [1, 2, 3, 5, 10].lazy.map { $0 * unit }.first { $0 >= value } ?? unit * 10
    }

    private var table: DataTable {
        DataTable(
            caption: title,
            columns: [.init(title: xTitle)] + series.map { .init(title: $0.name, isNumber: true) },
            rows: x.indices.map { index in
                [DataTable.Cell(Figure.decimal(x[index], xPlaces))]
                    + series.map { series in
                        let value = index < series.values.count ? series.values[index] : nil
                        return isShare ? .init(share: value) : .init(Int(value ?? 0))
                    }
            })
    }

    private func path(_ values: [Double?], _ place: (Double) -> Double, _ level: (Double) -> Double) -> String {
        var path = ""
        var isDrawing = false
        for (x, value) in zip(x, values) {
            guard let value else {
                isDrawing = false
                continue
            }
            let (px, py) = (Figure.decimal(place(x), 1), Figure.decimal(level(value), 1))
            path += !isDrawing ? "M\(px) \(py)" : isStepped ? "H\(px)V\(py)" : "L\(px) \(py)"
            isDrawing = true
        }
        return path
    }
}
