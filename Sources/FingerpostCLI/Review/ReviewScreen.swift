/// One screen of a review: a heading, a body that is scrolled, a line that says what happened or asks something, and the
/// keys.
struct ReviewScreen {
    var heading: (left: String, right: String)
    var body: [StyledLine]
    /// The first line of the body that is shown.
    var scroll = 0
    var message: StyledLine?
    var keys: [(key: String, word: String)] = []

    /// What fits into a window, line by line.
    struct Layout {
        var lines: [StyledLine]
        /// Lines of the body that are shown.
        var bodyHeight: Int
        /// Where the message is.
        var messageRow: Int
        /// The scroll position, moved to where it shows something.
        var scroll: Int
    }

    func layout(columns: Int, rows: Int) -> Layout {
        let width = max(1, columns)
        var footer = footerLines(width)
        // The body has at least half of a small window.
        if footer.count > max(1, rows / 2 - 2) { footer = Array(footer.prefix(max(0, rows / 2 - 2))) }
        let height = max(1, rows - footer.count - 2)
        let scroll = max(0, min(self.scroll, body.count - height))
        var lines = [headingLine(width)]
        let shown = body.dropFirst(scroll).prefix(height)
        lines += shown
        lines += [StyledLine](repeating: "", count: height - shown.count)
        let messageRow = lines.count
        if let message {
            lines.append(message)
        } else if body.count > height {
            let last = min(scroll + height, body.count)
            let rest = last < body.count ? "space: more, " : "up: back, "
            lines.append(StyledLine("-- \(rest)lines \(scroll + 1)-\(last) of \(body.count) --", .dim))
        } else {
            lines.append("")
        }
        lines += footer
        return Layout(lines: Array(lines.prefix(rows)), bodyHeight: height, messageRow: messageRow, scroll: scroll)
    }

    private func headingLine(_ width: Int) -> StyledLine {
        let right = PlainText.cut(heading.right, width: width)
        let room = width - PlainText.columns(right) - 2
        var line = StyledLine()
        if room >= 8 {
            let left = PlainText.truncated(heading.left, width: room)
            line.append(left, .dim)
            line.append(String(repeating: " ", count: width - PlainText.columns(left) - PlainText.columns(right)))
        }
        line.append(right, .bold)
        return line
    }

    /// The keys, none of them broken over two lines.
    private func footerLines(_ width: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        var line = StyledLine()
        for (key, word) in keys {
            let length = PlainText.columns(key) + 1 + PlainText.columns(word)
            if !line.pieces.isEmpty {
                if line.columns + 2 + length > width {
                    lines.append(line)
                    line = StyledLine()
                } else {
                    line.append("  ")
                }
            }
            line.append(key, .bold)
            line.append(" \(word)", .dim)
        }
        return line.pieces.isEmpty ? lines : lines + [line]
    }
}

extension StyledLine {
    init() { self.init("") }

    /// Paragraphs in lines of at most so many columns, escaped.
    static func paragraphs(_ text: String, _ style: Style = .plain, width: Int) -> [StyledLine] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { PlainText.wrapped(String($0), width: width) }
            .map { StyledLine($0, style) }
    }

    /// A name and lines of text beside it, or below it where there is little room.
    static func field(_ name: String, _ values: [(text: String, style: Style)], width: Int) -> [StyledLine] {
        let label = 10
        var lines: [StyledLine] = []
        let isNarrow = width < 50
        let indent = isNarrow ? 2 : label
        if isNarrow { lines.append(StyledLine(name, .dim)) }
        for (text, style) in values {
            for (number, part) in PlainText.wrapped(text, width: width - indent - 2).enumerated() {
                var line = StyledLine()
                if !isNarrow, lines.isEmpty {
                    line.append(name + String(repeating: " ", count: max(1, label - name.count)), .dim)
                } else {
                    line.append(String(repeating: " ", count: indent))
                }
                // What belongs together is indented under its first line.
                line.append((number > 0 ? "  " : "") + part, style)
                lines.append(line)
            }
        }
        return lines
    }
}
