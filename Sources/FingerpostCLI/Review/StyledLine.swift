/// A line of a screen: pieces of text, each with its look.
struct StyledLine: ExpressibleByStringLiteral {
    enum Style { case plain, bold, dim, red, green, yellow }

    var pieces: [(text: String, style: Style)] = []

    init(stringLiteral text: String) { self.init(text) }

    init(_ text: String, _ style: Style = .plain) {
        if !text.isEmpty { pieces = [(text, style)] }
    }

    mutating func append(_ text: String, _ style: Style = .plain) { pieces.append((text, style)) }

    var text: String { pieces.map(\.text).joined() }
    var columns: Int { pieces.reduce(0) { $0 + PlainText.columns($1.text) } }

    /// As it is sent to a terminal, with at most so many columns.
    func rendered(_ terminal: Terminal, width: Int) -> String {
        var left = width
        var result = ""
        for (text, style) in pieces where left > 0 {
            let text = Self.clipped(text, left)
            left -= PlainText.columns(text)
            switch style {
            case .plain: result += text
            case .bold: result += terminal.bold(text)
            case .dim: result += terminal.dim(text)
            case .red: result += terminal.red(text)
            case .green: result += terminal.green(text)
            case .yellow: result += terminal.yellow(text)
            }
        }
        return result
    }

    private static func clipped(_ text: String, _ width: Int) -> String {
        guard PlainText.columns(text) > width else { return text }
        var result = ""
        var used = 0
        for character in text {
            used += PlainText.columns(String(character))
            if used > width { break }
            result.append(character)
        }
        return result
    }
}
