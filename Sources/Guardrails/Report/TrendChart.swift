import Fingerpost

/// Rates per thousand by period, with their intervals as a band and other changes as lines across, in a picture that says
/// nothing which the table below it does not say too.
struct TrendChart {
    struct Line {
        var name: String
        var rates: [ObservedRate]
    }

    var title: String
    var periods: [String]
    /// The first one has a band.
    var lines: [Line]
    /// Periods in which something other than the texts changed, with what.
    var marks: [(period: Int, text: String)]

    private static let (width, height) = (720.0, 340.0)
    private static let (left, right, top, bottom) = (76.0, 48.0, 40.0, 44.0)

    var html: HTML {
        guard periods.count > 1 else {
            return "<p class=\"note\">One period is no trend: there is nothing to draw yet.</p>"
        }
        let legend = lines.enumerated().html { number, line in
            """
            <li><svg width="28" height="10" aria-hidden="true" focusable="false"><path class="line s\(number % 8)" \
            d="M0 5H28"/></svg> <bdi>\(line.name)</bdi></li>
            """
        }
        let marked: HTML =
            marks.isEmpty
            ? ""
            : """
            <li><svg width="14" height="14" aria-hidden="true" focusable="false"><path class="change" \
            d="M7 0V14"/></svg> something else changed</li>
            """
        return """
            <figure><figcaption>\(title)</figcaption><ul class="legend">\(legend)\(marked)</ul>
            <svg class="chart" viewBox="0 0 720 340" role="img" aria-labelledby="trend-chart-title">\
            <title id="trend-chart-title">\(title). The table below has the numbers.</title>
            \(grid)\(axis)\(band)\(changes)\(curves)</svg></figure>

            """
    }

    /// The value at the top of the chart: one, two or five times a power of ten.
    private var largest: Double {
        let highest =
            lines.enumerated().flatMap { number, line in
                line.rates.map { number == 0 && $0.total > 0 ? min($0.interval.upperBound, 1) : $0.rate ?? 0 }
            }.max() ?? 0
        var unit = 0.001
        while unit < 1, unit * 10 < highest { unit *= 10 }
        return [1, 2, 5, 10].lazy.map { $0 * unit }.first { $0 >= highest } ?? 1
    }

    private func x(_ place: Int) -> Double {
        Self.left + Double(place) / Double(max(1, periods.count - 1)) * (Self.width - Self.left - Self.right)
    }
    private func y(_ rate: Double) -> Double {
        Self.height - Self.bottom - min(1, rate / largest) * (Self.height - Self.top - Self.bottom)
    }
    private func point(_ place: Int, _ rate: Double) -> String {
        "\(Figure.decimal(x(place), 1)) \(Figure.decimal(y(rate), 1))"
    }

    private var grid: HTML {
        (0...4).html { tick in
            let value = largest * Double(tick) / 4
            let level = Figure.decimal(y(value), 1)
            let places = largest * 1_000 < 4 ? 2 : largest * 1_000 < 40 ? 1 : 0
            return """
                <line class="grid" x1="\(Figure.decimal(Self.left, 0))" x2="\(Figure.decimal(Self.width - Self.right, 0))" y1="\(level)" y2="\(level)"/>\
                <text x="\(Figure.decimal(Self.left - 8, 0))" y="\(level)" dy="0.35em" text-anchor="end">\(Figure.decimal(1_000 * value, places))</text>

                """
        }
    }

    private var axis: HTML {
        let step = max(1, (periods.count + 7) / 8)
        // On a narrow page, where letters are larger, every other name is left out.
        let names = stride(from: 0, to: periods.count, by: step).html { place in
            let kind: HTML = (place / step).isMultiple(of: 2) ? "" : " class=\"wide\""
            return """
                <text\(kind) x="\(Figure.decimal(x(place), 1))" y="\(Figure.decimal(Self.height - Self.bottom + 28, 0))" \
                text-anchor="middle">\(periods[place])</text>

                """
        }
        return names + "<text x=\"6\" y=\"22\">interventions per 1,000 checked</text>\n"
    }

    /// Runs of periods in which something was checked.
    private func runs(_ rates: [ObservedRate]) -> [[Int]] {
        rates.indices.reduce(into: [[Int]]()) { runs, place in
            guard rates[place].total > 0 else { return }
            if let last = runs.last?.last, last == place - 1 {
                runs[runs.count - 1].append(place)
            } else {
                runs.append([place])
            }
        }
    }

    private var band: HTML {
        guard let rates = lines.first?.rates else { return "" }
        return runs(rates).html { run in
            let upper = run.map { point($0, rates[$0].interval.upperBound) }
            let lower = run.reversed().map { point($0, rates[$0].interval.lowerBound) }
            return """
                <path class="band s0" d="M\((upper + lower).joined(separator: "L"))z"/>

                """
        }
    }

    private var curves: HTML {
        lines.enumerated().html { number, line in
            runs(line.rates).html { run in
                let points = run.map { point($0, line.rates[$0].rate ?? 0) }
                let dots: HTML = run.count > 1 ? "" : "h.1"
                return "<path class=\"line s\(number % 8)\" d=\"M\(points.joined(separator: "L"))\(dots)\"/>\n"
            }
        }
    }

    /// A line for each period in which anything changed, however much it was.
    private var changes: HTML {
        Dictionary(grouping: marks, by: \.period).sorted { $0.key < $1.key }.html { period, marks in
            let place = Figure.decimal(x(period), 1)
            return """
                <line class="change" x1="\(place)" x2="\(place)" y1="\(Figure.decimal(Self.top, 0))" \
                y2="\(Figure.decimal(Self.height - Self.bottom, 0))"><title>\(periods[period]): \
                \(marks.map(\.text).joined(separator: "; "))</title></line>

                """
        }
    }
}
