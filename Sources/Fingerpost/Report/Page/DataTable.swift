/// A table of figures with a caption and headings.
package struct DataTable {
    package struct Column {
        package var title: String
        package var isNumber = false
        /// Its cells hold sentences.
        package var isLong = false

        package init(title: String, isNumber: Bool = false, isLong: Bool = false) {
            (self.title, self.isNumber, self.isLong) = (title, isNumber, isLong)
        }
    }
    /// A cell, and the key it is sorted by where that is not its text.
    package struct Cell: ExpressibleByStringInterpolation {
        package var content: HTML
        package var key: String?

        package init(_ content: HTML, key: String? = nil) { (self.content, self.key) = (content, key) }
        package init(_ text: String, key: String? = nil) { (content, self.key) = ("<bdi>\(text)</bdi>", key) }
        package init(stringLiteral value: String) { self.init(value) }
        package init(_ count: Int) { (content, key) = ("\(Figure.count(count))", String(count)) }
        package init(_ number: Double?, places: Int = 2) {
            (content, key) = ("\(Figure.optional(number, places))", number.map { Figure.decimal($0, 6) } ?? "-1")
        }
        package init(share: Double?) {
            (content, key) = ("\(Figure.optionalPercent(share))", share.map { Figure.decimal($0, 6) } ?? "-1")
        }
    }

    package var caption: String
    package var columns: [Column]
    /// The first cell of a row is its heading.
    package var rows: [[Cell]]
    /// Whether its columns can be sorted where scripts run.
    package var isSortable = false

    package init(caption: String, columns: [Column], rows: [[Cell]], isSortable: Bool = false) {
        (self.caption, self.columns, self.rows, self.isSortable) = (caption, columns, rows, isSortable)
    }

    /// Rows from which a table scrolls by itself, under its headings.
    private static let tall = 24

    package var html: HTML {
        let tall: HTML = rows.count > Self.tall ? " tall" : ""
        let head = columns.html { column in
            let numeric: HTML = column.isNumber ? " class=\"n\"" : ""
            let label: HTML =
                isSortable ? "<button type=\"button\" class=\"sort\">\(column.title)</button>" : "\(column.title)"
            return "<th scope=\"col\"\(numeric)>\(label)</th>"
        }
        let body = rows.html { row in "<tr>\(cells(row))</tr>\n" }
        let sortable: HTML = isSortable ? " class=\"sortable\"" : ""
        return """
            <div class="scroll\(tall)" role="region" tabindex="0" aria-label="\(caption)"><table\(sortable)>\
            <caption>\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>
            \(body)</tbody></table></div>

            """
    }

    private func cells(_ row: [Cell]) -> HTML {
        zip(columns, row).enumerated().html { place, pair in
            let (column, cell) = pair
            let key: HTML = isSortable ? cell.key.map { " data-key=\"\($0)\"" } ?? "" : ""
            let kind: HTML = column.isNumber ? "n" : column.isLong ? "long" : "name"
            return place == 0
                ? "<th scope=\"row\" class=\"name\"\(key)>\(cell.content)</th>"
                : "<td class=\"\(kind)\"\(key)>\(cell.content)</td>"
        }
    }

    /// Folded away, as the numbers behind a chart.
    package var folded: HTML { "<details><summary>The numbers: \(caption)</summary>\(html)</details>\n" }
}
