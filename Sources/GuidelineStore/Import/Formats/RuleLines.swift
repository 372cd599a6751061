/// Takes apart the lists that language models write: a rule a line, numbered, lettered or bulleted, or none of these.
///
/// Known marks are `1.` `1)` `(1)` `[1]` `1:` `#1` `a.` `(a)` `i.` `-` `*` `+` `•` and other bullets, dashes, and words
/// with a number (`Rule 1:`). Letters and Roman numbers count only in their order and if there are two, because "A." and
/// "I." also begin sentences. Where some lines are marked, an unmarked one goes on with the rule before it, unless it is itself
/// `Title: text`; an unmarked line ahead of others that ends in a colon ("Guidelines:") is an introduction.
enum RuleLines {
    static func rules(in text: String) -> [String] {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            .filter { line in line.contains { !$0.isWhitespace } }
        var sequence = Sequence(hasLetters: hasLetters(lines))
        var rules: [String] = []
        var hasMarks = false
        var margin: Int?
        for (index, line) in lines.enumerated() {
            let indentation = line.prefix { $0 == " " || $0 == "\t" }.count
            let content = line.trimmingWhiteSpace()
            if let rest = sequence.withoutMark(content) {
                let isNested = margin.map { indentation > $0 + 1 } ?? false
                if isNested, let last = rules.indices.last {
                    rules[last] += " " + rest
                    continue
                }
                margin = margin ?? indentation
                hasMarks = true
                if !rest.isEmpty { rules.append(rest) }
            } else if hasMarks, let last = rules.indices.last,
                indentation > (margin ?? 0) || TitledText.split(content).title == nil
            {
                rules[last] += " " + content
            } else if index == 0, lines.count > 1, content.hasSuffix(":") {
                continue
            } else {
                rules.append(content)
            }
        }
        return rules.map(withoutEmphasis).filter { !$0.isEmpty }
    }

    /// Whether the first two letters or Roman numbers of a list are there.
    private static func hasLetters(_ lines: [String]) -> Bool {
        let heads = lines.map { line in
            line.drop { !$0.isLetter && !$0.isNumber }.prefix { $0.isASCII && $0.isLetter }.lowercased()
        }
        return (heads.contains("a") && heads.contains("b")) || (heads.contains("i") && heads.contains("ii"))
    }

    /// `**Title**: text` and `**Title:** text` without their asterisks or underscores.
    private static func withoutEmphasis(_ rule: String) -> String {
        for mark in ["**", "__"] where rule.hasPrefix(mark) {
            let rest = rule.dropFirst(2)
            guard let end = rest.firstRange(of: mark) else { continue }
            return (rest[..<end.lowerBound] + rest[end.upperBound...]).trimmingWhiteSpace()
        }
        return rule
    }

    /// The marks of lines, and which letter or Roman number would come next.
    private struct Sequence {
        private let hasLetters: Bool
        private var next = 1
        private static let bullets = Set("-*+•·‣◦▪●○■□➢➤–—")
        private static let closers: Set<Character> = [".", ")", ":", "]", "、", "．", "）", "："]
        private static let words = ["guideline", "rule", "principle", "item", "point"]
        private static let roman = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]

        init(hasLetters: Bool) { self.hasLetters = hasLetters }

        /// The line behind its mark; nil where it has none.
        mutating func withoutMark(_ line: String) -> String? {
            guard let first = line.first else { return nil }
            // "**Title**" is emphasis, "-1" a number; a bullet has a space behind it, or is no ASCII at all.
            if Self.bullets.contains(first), !line.hasPrefix("**") {
                let rest = line.dropFirst()
                guard !first.isASCII || rest.first.map(\.isWhitespace) ?? true else { return nil }
                return numbered(rest.trimmingWhiteSpace()) ?? rest.trimmingWhiteSpace()
            }
            return numbered(line)
        }

        private mutating func numbered(_ line: String) -> String? {
            var rest = Substring(line)
            for mark in ["**", "__", "###", "##"] where rest.hasPrefix(mark) {
                // Emphasis around a number ("**1. Title**: text") and headings in front of one.
                var copy = self
                guard let inner = copy.numbered(String(rest.dropFirst(mark.count)).trimmingWhiteSpace()) else {
                    return nil
                }
                self = copy
                return mark.hasPrefix("#") ? inner : mark + inner
            }
            for word in Self.words where rest.lowercased().hasPrefix(word + " ") {
                let tail = rest.dropFirst(word.count + 1)
                guard let behind = Self.number(tail), let closer = behind.first, Self.closers.contains(closer) else {
                    return nil
                }
                return accepted(behind.dropFirst())
            }
            var isOpened = false
            if let first = rest.first, first == "(" || first == "[" || first == "#" {
                isOpened = first != "#"
                rest = rest.dropFirst()
                if first == "#" {
                    guard let behind = Self.number(rest) else { return nil }
                    return accepted(behind.drop { Self.closers.contains($0) })
                }
            }
            guard let behind = Self.number(rest) ?? letters(rest), let closer = behind.first,
                Self.closers.contains(closer)
            else { return nil }
            let tail = behind.dropFirst()
            // "3.5 litres" and "10:30" are no marks.
            if let after = tail.first, after.isNumber || (closer == ":" && !after.isWhitespace) { return nil }
            if isOpened, closer != ")" && closer != "]" { return nil }
            return accepted(tail)
        }

        private mutating func accepted(_ rest: Substring) -> String {
            next += 1
            return rest.trimmingWhiteSpace()
        }

        /// What is behind a number of up to three digits.
        private static func number(_ text: Substring) -> Substring? {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            return (1...3).contains(digits.count) ? text.dropFirst(digits.count) : nil
        }

        /// What is behind the letter or the Roman number whose turn it is.
        private func letters(_ text: Substring) -> Substring? {
            let word = text.prefix { $0.isASCII && $0.isLetter }.lowercased()
            guard hasLetters, !word.isEmpty, text.dropFirst(word.count + 1).first.map(\.isWhitespace) ?? true else {
                return nil
            }
            let letter = (1...26).contains(next) ? String(UnicodeScalar(UInt8(96 + next))) : ""
            let roman = Self.roman.indices.contains(next - 1) ? Self.roman[next - 1] : ""
            return word == letter || word == roman ? text.dropFirst(word.count) : nil
        }
    }
}
