/// Text of a page that needs no more escaping. What a literal says is markup; what is put into it with `\(…)` is escaped,
/// unless it is ``HTML`` itself. So text of users cannot become markup by being forgotten.
///
/// Pages are well-formed XML too: elements are closed and attributes quoted.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    var text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }
    /// Escapes a text.
    init(escaping value: some StringProtocol) { text = Self.escaped(value) }

    static func += (left: inout HTML, right: HTML) { left.text += right.text }
    static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum += right
        return sum
    }

    struct Interpolation: StringInterpolationProtocol {
        var text: String

        init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.text }
        mutating func appendInterpolation(_ value: some StringProtocol) { text += HTML.escaped(value) }
        mutating func appendInterpolation(_ value: Int) { text += String(value) }
    }

    /// The text with what has a meaning in markup or in a quoted attribute replaced, and with U+FFFD for what must not or
    /// should not stand on a page: control characters, and those that turn the direction of the text around them.
    static func escaped(_ value: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(value.utf8.count)
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result += " "
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}", "\u{61C}", "\u{200E}", "\u{200F}",
                "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Sequence<HTML> {
    func joined() -> HTML {
        HTML(
            stringInterpolation: reduce(into: .init(literalCapacity: 0, interpolationCount: 0)) {
                $0.appendInterpolation($1)
            })
    }
}

extension Sequence {
    /// The markup of each element, one after the other.
    func html(_ body: (Element) -> HTML) -> HTML { map(body).joined() }
}
