/// Rates with their intervals on a common axis from 0 to 100%, and their values in writing.
struct IntervalChart {
    struct Row {
        var label: String
        var rate: LibraryReport.CalibrationFigures.Rate
        /// A rate that it is held to.
        var limit: Double?
    }

    var title: String
    var rows: [Row]

    var html: HTML {
        let body = rows.html { row in
            func place(_ share: Double) -> String { Figure.decimal(100 * min(1, max(0, share)), 2) + "%" }
            let width = place(row.rate.high - row.rate.low)
            let middle: HTML =
                row.rate.rate.map { "<circle class=\"dot\" cx=\"\(place($0))\" cy=\"9\" r=\"4.5\"/>" } ?? ""
            let limit: HTML =
                row.limit.map { limit in
                    "<line class=\"limit\" x1=\"\(place(limit))\" x2=\"\(place(limit))\" y1=\"0\" y2=\"18\"/>"
                } ?? ""
            let counts = "\(Figure.count(row.rate.count)) of \(Figure.count(row.rate.total))"
            return """
                <tr><th scope="row">\(row.label)</th><td class="bar" aria-hidden="true">\
                <svg class="interval" width="100%" height="18" focusable="false">\
                <rect class="track" y="8" width="100%" height="2"/><rect class="range" x="\(place(row.rate.low))" y="6" \
                width="\(width)" height="6" rx="3"/>\(limit)\(middle)</svg></td><td class="n">\
                \(Figure.optionalPercent(row.rate.rate)) (\(Figure.percent(row.rate.low)) to \(Figure.percent(row.rate.high))), \
                \(counts)</td></tr>

                """
        }
        return """
            <figure><table class="bars intervals"><caption>\(title)</caption><tbody>\(body)</tbody></table></figure>

            """
    }
}
