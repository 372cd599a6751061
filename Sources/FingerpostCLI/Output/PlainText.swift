/// Text from outside, made fit for a terminal.
enum PlainText {
    /// Whether a terminal could take the character for a command, or show the rest of the line in another order.
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F: true
        // Line separators; marks, embeddings, overrides and isolates of bidirectional text.
        case 0x2028...0x202E, 0x200E, 0x200F, 0x061C, 0x2066...0x2069: true
        default: false
        }
    }

    /// The text with harmful characters written as `\u{1B}`. Line breaks are kept where asked for.
    static func escaped(_ text: String, keepingLineBreaks: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isHarmful(scalar), !(keepingLineBreaks && scalar == "\n") {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// One line: white space of any kind becomes single spaces, the rest is escaped.
    static func line(_ text: String) -> String {
        words(text).joined(separator: " ")
    }

    /// Breaks a text into lines of at most `width` columns, between words where it can.
    static func wrapped(_ text: String, width: Int) -> [String] {
        let width = max(1, width)
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in words(text) {
            for piece in pieces(of: word, width: width) {
                let length = columns(piece)
                if used > 0, used + 1 + length > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                if used > 0 {
                    line += " "
                    used += 1
                }
                line += piece
                used += length
            }
        }
        if used > 0 || lines.isEmpty { lines.append(line) }
        return lines
    }

    /// The text on one line, cut to at most `width` columns.
    static func truncated(_ text: String, width: Int) -> String {
        cut(line(text), width: width)
    }

    /// A line cut to at most `width` columns, with an ellipsis where something is missing.
    static func cut(_ text: String, width: Int) -> String {
        guard columns(text) > width else { return text }
        var result = ""
        var used = 0
        for character in text {
            let length = columns(String(character))
            if used + length > max(0, width - 3) { break }
            result.append(character)
            used += length
        }
        return result + "..."
    }

    /// Columns that a text takes on a terminal (as wcwidth: none for combining marks, two for wide characters).
    static func columns(_ text: String) -> Int {
        text.reduce(0) { $0 + columns($1) }
    }

    private static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        let isEmoji = first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}")
        return isEmoji || isWide(first.value) ? 2 : 1
    }

    /// East Asian Wide and Fullwidth, by block (UAX #11).
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { escaped(String($0)) }
    }

    private static func pieces(of word: String, width: Int) -> [String] {
        guard columns(word) > width else { return [word] }
        var pieces: [String] = []
        var piece = ""
        var used = 0
        for character in word {
            let length = columns(character)
            if used > 0, used + length > width {
                pieces.append(piece)
                (piece, used) = ("", 0)
            }
            piece.append(character)
            used += length
        }
        pieces.append(piece)
        return pieces
    }
}
