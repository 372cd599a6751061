import Foundation

/// A line of a list as a model writes it, without the marks around its words.
struct ListLine {
    /// The line without its mark, heading signs, quotes and emphasis around all of it.
    var words = ""
    /// Whether a number or a bullet stood before it.
    var isMarked = false
    /// Whether it was a Markdown heading, or emphasised as a whole.
    var isHeading = false
    var indentation = 0
    /// The length of what was emphasised at its start, in characters of ``words``: a title.
    var emphasis: Int?

    private static let bullets: Set<Character> = [
        "-", "*", "+", "•", "·", "‣", "◦", "▪", "●", "○", "■", "□", "➢", "➤", "–", "—",
    ]
    private static let closers: Set<Character> = [".", ")", ":", "]", "、", "．", "）", "："]
    private static let labels = ["guideline", "rule", "principle", "item", "point", "step"]
    private static let quotes: [Character: Character] = ["\"": "\"", "“": "”", "'": "'", "‘": "’", "«": "»", "「": "」"]

    init(_ line: Substring) {
        indentation = line.prefix { $0 == " " || $0 == "\t" }.count
        var rest = Self.trimmed(line)
        // Marks come in any order and more than once: "> 1. **2) Title**".
        for _ in 0..<6 {
            let before = rest.count
            if rest.first == ">" { rest = Self.trimmed(rest.dropFirst()) }
            let signs = rest.prefix { $0 == "#" }.count
            if (1...6).contains(signs), rest.dropFirst(signs).first.map({ $0 == " " }) ?? false {
                rest = Self.trimmed(rest.dropFirst(signs))
                isHeading = true
            }
            if let behind = Self.behindMark(rest) {
                rest = Self.trimmed(behind)
                isMarked = true
            }
            if rest.count == before { break }
        }
        if let first = rest.first, let closing = Self.quotes[first], rest.count > 2 {
            var body = rest.dropFirst()
            while let last = body.last, last == "," { body = body.dropLast() }
            if body.last == closing, !body.dropLast().contains(closing) { rest = Self.trimmed(body.dropLast()) }
        }
        takeEmphasis(&rest)
        words = String(rest)
        // "**1. Title**: text".
        guard isHeading || emphasis != nil, let behind = Self.behindMark(rest) else { return }
        isMarked = true
        let length = words.count
        words = String(Self.trimmed(behind))
        emphasis = emphasis.map { $0 - (length - words.count) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Takes `**` or `__` away from around the beginning, or all, of the line.
    private mutating func takeEmphasis(_ rest: inout Substring) {
        for mark in ["***", "**", "__", "*", "_"] where rest.hasPrefix(mark) {
            let inside = rest.dropFirst(mark.count)
            guard let end = inside.range(of: mark), end.lowerBound > inside.startIndex else { continue }
            let title = Self.trimmed(inside[..<end.lowerBound])
            let tail = inside[end.upperBound...]
            if tail.allSatisfy({ $0.isWhitespace || $0 == ":" }) {
                isHeading = true
                rest = Substring(title + tail.filter { $0 == ":" })
            } else {
                emphasis = title.count
                rest = Substring(title + tail)
            }
            return
        }
    }

    /// What stands behind a bullet, a number or a word with a number; nil where there is no mark.
    private static func behindMark(_ line: Substring) -> Substring? {
        guard let first = line.first else { return nil }
        if bullets.contains(first), !line.hasPrefix("**") {
            let rest = line.dropFirst()
            return !first.isASCII || (rest.first?.isWhitespace ?? true) ? rest : nil
        }
        let lower = line.prefix(12).lowercased()
        for label in labels where lower.hasPrefix(label + " ") {
            let tail = line.dropFirst(label.count + 1)
            let digits = tail.prefix { $0.isASCII && $0.isNumber }
            guard (1...3).contains(digits.count), let closer = tail.dropFirst(digits.count).first,
                closers.contains(closer)
            else { return nil }
            return tail.dropFirst(digits.count + 1)
        }
        var tail = line
        let opener = first == "(" || first == "[" ? first : nil
        if opener != nil || first == "#" { tail = tail.dropFirst() }
        let digits = tail.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.count) else { return nil }
        tail = tail.dropFirst(digits.count)
        guard let closer = tail.first, closers.contains(closer) else {
            return first == "#" ? tail : nil
        }
        if opener == "(", closer != ")" { return nil }
        if opener == "[", closer != "]" { return nil }
        // "3.5 litres" and "10:30" are no marks.
        let behind = tail.dropFirst()
        return behind.first?.isNumber == true ? nil : behind
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }

    /// The title and what stands behind it, split at the first colon with a space behind it, at a full-width colon,
    /// where emphasis ends, or, of a marked line, at the first dash between spaces; nil where there is no title.
    ///
    /// The text is empty where the line ends with the colon.
    var parts: (title: String, text: String)? {
        if let emphasis {
            let title = words.prefix(emphasis)
            let text = words.dropFirst(emphasis).drop { $0.isWhitespace || ":：-–—.".contains($0) }
            let ownColon = title.last == ":" || title.last == "："
            return (String(ownColon ? title.dropLast() : title), String(text))
        }
        var index = words.startIndex
        while let place = words[index...].firstIndex(where: { $0 == ":" || $0 == "：" }) {
            let next = words.index(after: place)
            if words[place] == "：" || next == words.endIndex || words[next].isWhitespace {
                return (
                    String(Self.trimmed(words[..<place])), String(Self.trimmed(words[next...]))
                )
            }
            index = next
        }
        guard isMarked || isHeading else { return nil }
        for dash in [" – ", " — ", " - "] {
            guard let range = words.range(of: dash) else { continue }
            let title = Self.trimmed(words[..<range.lowerBound])
            // A dash within a sentence is not one behind a title.
            guard title.split(separator: " ").count <= 8 else { continue }
            return (String(title), String(Self.trimmed(words[range.upperBound...])))
        }
        return nil
    }
}
