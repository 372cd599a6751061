/// Points of several groups in a plane. Groups are told apart by colour, shape and the number at their middle.
package struct ScatterPlot {
    package struct Point {
        package var x: Double
        package var y: Double
        package var group: Int
        package var title: String

        package init(x: Double, y: Double, group: Int, title: String) {
            (self.x, self.y, self.group, self.title) = (x, y, group, title)
        }
    }

    package var summary: String
    package var points: [Point]
    /// The number shown for each group is its place from 1.
    package var centers: [(x: Double, y: Double)?]

    package init(summary: String, points: [Point], centers: [(x: Double, y: Double)?]) {
        (self.summary, self.points, self.centers) = (summary, points, centers)
    }

    private static let (width, height, margin) = (900.0, 560.0, 18.0)
    /// Of a badge on a narrow page, and a little ground around it.
    private static let badgeRadius = 24.0

    package var html: HTML {
        let xs = points.map(\.x)
        let ys = points.map(\.y)
        let (minX, maxX) = (xs.min() ?? 0, xs.max() ?? 0)
        let (minY, maxY) = (ys.min() ?? 0, ys.max() ?? 0)
        func scaled(_ value: Double, _ low: Double, _ high: Double, _ length: Double) -> Double {
            high > low ? Self.margin + (value - low) / (high - low) * (length - 2 * Self.margin) : length / 2
        }
        let radius = points.count > 800 ? 2.6 : 4.2
        let marks = points.html { point in
            let x = scaled(point.x, minX, maxX, Self.width)
            let y = Self.height - scaled(point.y, minY, maxY, Self.height)
            return """
                <path class="p s\(point.group % 8)" d="\(Self.shape(point.group % 3, x, y, radius))">\
                <title>\(point.title)</title></path>

                """
        }
        let named = centers.indices.filter { centers[$0] != nil }
        var badges = PlaneLayout(
            circles: centers.compactMap { center in
                center.map { x, y in
                    PlaneLayout.Circle(
                        x: scaled(x, minX, maxX, Self.width),
                        y: Self.height - scaled(y, minY, maxY, Self.height), radius: Self.badgeRadius)
                }
            }, width: Self.width, height: Self.height)
        badges.spread()
        let labels = zip(named, badges.circles).html { number, place in
            let (x, y) = (Figure.decimal(place.x, 1), Figure.decimal(place.y, 1))
            return """
                <circle class="badge" cx="\(x)" cy="\(y)" r="13"/><text class="badge-text" x="\(x)" y="\(y)" dy="0.35em" \
                text-anchor="middle">\(number + 1)</text>

                """
        }
        return """
            <svg class="chart map" viewBox="0 0 900 560" role="img" aria-label="\(summary)">
            \(marks)\(labels)</svg>

            """
    }

    /// The mark of a group on its own, for a legend.
    package static func mark(_ group: Int) -> HTML {
        """
        <svg width="14" height="14" aria-hidden="true" focusable="false"><path class="p s\(group % 8)" \
        d="\(shape(group % 3, 7, 7, 5))"/></svg>
        """
    }

    private static func shape(_ kind: Int, _ x: Double, _ y: Double, _ radius: Double) -> String {
        func f(_ value: Double) -> String { Figure.decimal(value, 1) }
        let (r, d) = (f(radius), f(2 * radius))
        return switch kind {
        case 0: "M\(f(x - radius)) \(f(y))a\(r) \(r) 0 1 0 \(d) 0a\(r) \(r) 0 1 0 -\(d) 0z"
        case 1: "M\(f(x - radius)) \(f(y - radius))h\(d)v\(d)h-\(d)z"
        default: "M\(f(x)) \(f(y - radius * 1.2))l\(f(radius * 1.2)) \(f(radius * 2))h-\(f(radius * 2.4))z"
        }
    }
}
