import Fingerpost
import GuidelineStore

/// Gaps as circles in a plane: the larger, the more inputs; the heavier their edge, the more severe; and joined by a line to
/// the gap that is most like them. All that it says stands in the legend and in the table of gaps too.
struct GapChart {
    var report: GapReport

    private static let (width, height) = (900.0, 520.0)
    /// Of the largest circle, and of the smallest, in which a number of two digits can be read.
    private static let (largest, smallest) = (58.0, 24.0)
    /// What is left around circles for their edges.
    private static let edge = 5.0
    /// Gaps that are drawn; more of them could not be told apart.
    private static let limit = 30

    var html: HTML {
        let gaps = report.gaps.prefix(Self.limit)
        let circles = circles(gaps)
        let cut: HTML = gaps.count < report.gaps.count ? " The first \(Self.limit) are drawn." : ""
        let loss: HTML =
            gaps.count < 4
            ? ""
            : " The plane keeps \(Figure.decimal(100 * report.mapShare, 0))% of the squared distances between them."
        let lines: HTML = gaps.count < 2 ? "" : ", and a line joins each to the one it is most like"
        let legend = gaps.enumerated().html { place, gap in
            """
            <li>\(Self.mark(gap.severity)) \(place + 1). <bdi>\(Figure.shortened(gap.name, to: 48))</bdi> \
            (\(Figure.count(gap.volume)), \(gap.severity.rawValue))</li>
            """
        }
        return """
            <figure><figcaption>Where the gaps lie to each other</figcaption>
            <svg class="chart map" viewBox="0 0 900 520" role="img" aria-labelledby="gap-map-title">\
            <title id="gap-map-title">Map of \(Figure.count(gaps.count)) gaps by the meaning of their inputs. The table \
            below has what it shows.</title>
            \(joints(gaps, circles))\(marks(gaps, circles))</svg>
            <ul class="legend">\(legend)</ul><p class="note">Circles are gaps: the larger, the more inputs; the darker and \
            the heavier their edge, the more severe. Gaps that mean alike lie near each other\(lines).\(loss)\(cut)</p></figure>

            """
    }

    private func circles(_ gaps: ArraySlice<GapReport.Gap>) -> [PlaneLayout.Circle] {
        let (xs, ys) = (gaps.map(\.position.x), gaps.map(\.position.y))
        let (minX, maxX, minY, maxY) = (xs.min() ?? 0, xs.max() ?? 0, ys.min() ?? 0, ys.max() ?? 0)
        let margin = Self.largest + Self.edge
        // One scale for both axes, so that distances can be compared.
        let scale = min(
            (Self.width - 2 * margin) / max(maxX - minX, 1e-9), (Self.height - 2 * margin) / max(maxY - minY, 1e-9))
        let volume = Double(max(1, gaps.map(\.volume).max() ?? 1))
        var layout = PlaneLayout(
            circles: gaps.map { gap in
                let radius = max(Self.smallest, Self.largest * (Double(gap.volume) / volume).squareRoot())
                return PlaneLayout.Circle(
                    x: Self.width / 2 + (gap.position.x - (minX + maxX) / 2) * scale,
                    y: Self.height / 2 - (gap.position.y - (minY + maxY) / 2) * scale, radius: radius + Self.edge)
            }, width: Self.width, height: Self.height)
        layout.spread()
        return layout.circles
    }

    /// Lines between gaps and the ones they are most like.
    private func joints(_ gaps: ArraySlice<GapReport.Gap>, _ circles: [PlaneLayout.Circle]) -> HTML {
        var places: [String: Int] = [:]
        for (place, gap) in gaps.enumerated() { places[gap.id] = place }
        var drawn: Set<[Int]> = []
        return zip(gaps, circles).enumerated().html { place, pair in
            guard let close = pair.0.closest, close.similarity > 0, let other = places[close.id],
                drawn.insert([min(place, other), max(place, other)]).inserted
            else { return "" }
            let (from, to) = (pair.1, circles[other])
            return """
                <path class="joint" d="M\(Figure.decimal(from.x, 1)) \(Figure.decimal(from.y, 1))L\
                \(Figure.decimal(to.x, 1)) \(Figure.decimal(to.y, 1))"/>

                """
        }
    }

    private func marks(_ gaps: ArraySlice<GapReport.Gap>, _ circles: [PlaneLayout.Circle]) -> HTML {
        zip(gaps, circles).enumerated().html { place, pair in
            let (gap, circle) = pair
            let (x, y) = (Figure.decimal(circle.x, 1), Figure.decimal(circle.y, 1))
            return """
                <g><title>\(place + 1). \(gap.name): \(Figure.count(gap.volume)) inputs, \(gap.severity.rawValue)</title>\
                <circle class="ground" cx="\(x)" cy="\(y)" r="\(Figure.decimal(circle.radius - Self.edge, 1))"/>\
                <circle class="gap \(Self.style(gap.severity))" cx="\(x)" cy="\(y)" \
                r="\(Figure.decimal(circle.radius - Self.edge, 1))"/>\
                <text class="gap-number" x="\(x)" y="\(y)" dy="0.35em" text-anchor="middle">\(place + 1)</text></g>

                """
        }
    }

    /// The mark of a severity on its own, for the legend.
    private static func mark(_ severity: Guideline.Severity) -> HTML {
        """
        <svg width="18" height="18" aria-hidden="true" focusable="false"><circle class="gap \(style(severity))" cx="9" \
        cy="9" r="6"/></svg>
        """
    }

    private static func style(_ severity: Guideline.Severity) -> HTML {
        switch severity {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }
}
