/// A part of a filter expression, and where it stands in its scalars.
struct FilterToken {
    enum Kind: Equatable {
        /// Characters without quotes.
        case word(String)
        /// What is between quotes, escapes resolved.
        case quoted(String)
        case open, close, comma
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contains
        case and, or, not
        case end
    }

    var kind: Kind
    var range: Range<Int>
}

/// Why an expression is no filter: the scalar at which that shows, and what was expected there.
struct FilterSyntaxError: Error {
    var offset: Int
    var expected: String
}

/// Cuts an expression into tokens. O(n).
struct FilterLexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var tokens: [FilterToken] = []

    /// Always ends with ``FilterToken/Kind/end``.
    static func tokens(of scalars: [Unicode.Scalar]) throws(FilterSyntaxError) -> [FilterToken] {
        var lexer = FilterLexer(scalars)
        try lexer.run()
        return lexer.tokens
    }

    private init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func run() throws(FilterSyntaxError) {
        while position < scalars.count {
            let scalar = scalars[position]
            switch scalar {
            case _ where scalar.properties.isWhitespace: position += 1
            case "(": add(.open, 1)
            case ")": add(.close, 1)
            case ",": add(.comma, 1)
            case "~": add(.contains, 1)
            case "=": add(.equal, next == "=" ? 2 : 1)
            case "!": next == "=" ? add(.notEqual, 2) : add(.not, 1)
            case "<": next == "=" ? add(.lessOrEqual, 2) : next == ">" ? add(.notEqual, 2) : add(.less, 1)
            case ">": next == "=" ? add(.greaterOrEqual, 2) : add(.greater, 1)
            case "&":
                guard next == "&" else { throw error("\"&&\" or \"and\"") }
                add(.and, 2)
            case "|":
                guard next == "|" else { throw error("\"||\" or \"or\"") }
                add(.or, 2)
            case "\"", "'": try addQuoted(closing: scalar)
            default: try addWord()
            }
        }
        tokens.append(FilterToken(kind: .end, range: position..<position))
    }

    private var next: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    private mutating func add(_ kind: FilterToken.Kind, _ length: Int) {
        tokens.append(FilterToken(kind: kind, range: position..<(position + length)))
        position += length
    }

    /// Whether a scalar can be part of a word.
    static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "(", ")", ",", "=", "!", "<", ">", "~", "&", "|", "\\": false
        default: !scalar.properties.isWhitespace && scalar.value >= 0x20 && scalar.value != 0x7F
        }
    }

    private mutating func addWord() throws(FilterSyntaxError) {
        let start = position
        while position < scalars.count, Self.isWordScalar(scalars[position]) { position += 1 }
        guard position > start else { throw error("a name, a value or an operator; put odd characters in quotes") }
        let text = Self.string(scalars[start..<position])
        tokens.append(FilterToken(kind: .word(text), range: start..<position))
    }

    private mutating func addQuoted(closing: Unicode.Scalar) throws(FilterSyntaxError) {
        let start = position
        var text: [Unicode.Scalar] = []
        position += 1
        while position < scalars.count {
            let scalar = scalars[position]
            position += 1
            if scalar == closing {
                tokens.append(FilterToken(kind: .quoted(Self.string(text[...])), range: start..<position))
                return
            }
            text.append(scalar == "\\" ? try escape() : scalar)
        }
        throw FilterSyntaxError(offset: scalars.count, expected: "a closing \(closing) for the quote that was opened")
    }

    /// The scalar of an escape whose backslash has been read.
    private mutating func escape() throws(FilterSyntaxError) -> Unicode.Scalar {
        let known = "one of the escapes \\\", \\', \\\\, \\n, \\r, \\t and \\u{...}"
        guard position < scalars.count else { throw error(known) }
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "\"", "'", "\\": return scalar
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let start = position
            guard position < scalars.count, scalars[position] == "{",
                let end = scalars[position...].prefix(10).firstIndex(of: "}"),
                let value = UInt32(Self.string(scalars[(position + 1)..<end]), radix: 16),
                let result = Unicode.Scalar(value)
            else { throw FilterSyntaxError(offset: start, expected: "a Unicode scalar in hexadecimal, as in \\u{E9}") }
            position = end + 1
            return result
        default:
            position -= 1
            throw error(known)
        }
    }

    private func error(_ expected: String) -> FilterSyntaxError {
        FilterSyntaxError(offset: position, expected: expected)
    }

    static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
