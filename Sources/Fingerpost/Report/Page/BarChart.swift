/// Horizontal bars with their names and values in writing.
package struct BarChart {
    package struct Bar {
        package var label: String
        package var value: Double
        /// The value in words.
        package var text: String
    }

    package var title: String
    package var bars: [Bar]
    /// The value of a full bar; nil for the largest one.
    package var maximum: Double?
    /// What stands under the bars, such as what is left out.
    package var note: String?

    package init(_ title: String, counts: [(label: String, count: Int)], total: Int) {
        self.title = title
        bars = counts.map { label, count in
            let share = total > 0 ? " (\(Figure.percent(Double(count) / Double(total))))" : ""
            return Bar(label: label, value: Double(count), text: Figure.count(count) + share)
        }
    }

    package init(_ title: String, bars: [Bar], maximum: Double? = nil) {
        (self.title, self.bars, self.maximum) = (title, bars, maximum)
    }

    /// The names and values are text of the page, which can be read, searched and made larger; the bars are decoration.
    package var html: HTML {
        guard !bars.isEmpty else { return Self.empty(title, note: "None.") }
        let full = max(maximum ?? bars.map(\.value).max() ?? 0, .leastNormalMagnitude)
        let rows = bars.html { bar in
            let width = Figure.decimal(100 * min(1, max(0, bar.value / full)), 1)
            return """
                <tr><th scope="row"><bdi>\(Figure.shortened(bar.label, to: 48))</bdi></th><td class="bar" aria-hidden="true">\
                <svg width="100%" height="12" focusable="false"><rect class="track" width="100%" height="12" rx="2"/>\
                <rect class="fill" width="\(width)%" height="12" rx="2"/></svg></td><td class="n">\(bar.text)</td></tr>

                """
        }
        let note: HTML = note.map { "<p class=\"note\">\($0)</p>" } ?? ""
        return """
            <figure><table class="bars"><caption>\(title)</caption><tbody>\(rows)</tbody></table>\(note)</figure>

            """
    }

    /// What stands in place of a chart without any bar.
    package static func empty(_ title: String, note: String) -> HTML {
        "<figure><figcaption>\(title)</figcaption><p class=\"note\">\(note)</p></figure>\n"
    }
}
