/// Text of a page that needs no more escaping. What a literal says is markup; what is put into it with `\(…)` is escaped,
/// unless it is ``HTML`` itself. So text of users cannot become markup by being forgotten.
///
/// Pages are well-formed XML too: elements are closed and attributes quoted.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    package var text: String

    package init(stringLiteral value: String) { text = value }
    package init(stringInterpolation: Interpolation) { text = stringInterpolation.text }
    /// Escapes a text.
    package init(escaping value: some StringProtocol) { text = Self.escaped(value) }

    package static func += (left: inout HTML, right: HTML) { left.text += right.text }
    package static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum += right
        return sum
    }

    package struct Interpolation: StringInterpolationProtocol {
        package var text: String

        package init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ html: HTML) { text += html.text }
        package mutating func appendInterpolation(_ value: some StringProtocol) { text += HTML.escaped(value) }
        package mutating func appendInterpolation(_ value: Int) { text += String(value) }
    }

    /// The text with what has a meaning in markup or in a quoted attribute replaced, and with U+FFFD for what must not or
    /// should not stand on a page: control characters, and those that turn the direction of the text around them.
    package static func escaped(_ value: some StringProtocol) -> String {
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
    package func joined() -> HTML {
        HTML(
            stringInterpolation: reduce(into: .init(literalCapacity: 0, interpolationCount: 0)) {
                $0.appendInterpolation($1)
            })
    }
}

extension Sequence {
    /// The markup of each element, one after the other.
    package func html(_ body: (Element) -> HTML) -> HTML { map(body).joined() }
}
