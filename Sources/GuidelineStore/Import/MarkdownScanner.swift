import Foundation

/// Tells headings from text in Markdown, line by line: ATX headings (`## Title`) and underlined ones, outside fenced
/// code and HTML comments. Follows CommonMark 0.31 as far as headings go.
struct MarkdownScanner {
    enum Event {
        case heading(level: Int, text: String)
        /// The line before this one was a heading of the level.
        case underline(level: Int)
        case text(String)
        case none
    }

    private struct Fence {
        var character: Character
        var length: Int
        var line: Int
    }

    private var fence: Fence?
    private var commentLine: Int?
    private var paragraphLength = 0

    /// Whether the next line is outside code and comments.
    var isInProse: Bool { fence == nil && commentLine == nil }

    /// What the line is. `number` is for the errors of ``finish()``.
    mutating func scan(_ line: String, number: Int) -> Event {
        let indentation = line.prefix { $0 == " " }.count
        let content = line.dropFirst(indentation)
        if let fence {
            paragraphLength = 0
            let run = content.prefix { $0 == fence.character }.count
            if indentation <= 3, run >= fence.length, content.dropFirst(run).allSatisfy(\.isWhitespace) {
                self.fence = nil
            }
            return .text(line)
        }
        if commentLine != nil {
            if content.contains("-->") { commentLine = nil }
            return .none
        }
        guard indentation <= 3 else { return paragraph(line) }
        if content.hasPrefix("<!--") {
            paragraphLength = 0
            if !content.dropFirst(4).contains("-->") { commentLine = number }
            return .none
        }
        if let opening = Self.fence(content, number) {
            paragraphLength = 0
            fence = opening
            return .text(line)
        }
        if let heading = Self.heading(content) {
            paragraphLength = 0
            return heading
        }
        if paragraphLength == 1, let level = Self.underlineLevel(content) {
            paragraphLength = 0
            return .underline(level: level)
        }
        return paragraph(line)
    }

    /// What was opened and never closed, and where: it would have hidden all that follows.
    func unclosed() -> (what: String, line: Int)? {
        if let fence { return ("a code fence opened here is never closed", fence.line) }
        if let commentLine { return ("a comment opened here is never closed", commentLine) }
        return nil
    }

    /// Counts the lines of a paragraph; only one of a single line, which is no list item, quote or table, can be a heading.
    private mutating func paragraph(_ line: String) -> Event {
        let content = line.trimmingWhiteSpace()
        if content.isEmpty {
            paragraphLength = 0
        } else if paragraphLength == 0, let first = content.first,
            "-*+>|<0123456789".contains(first) || line.hasPrefix("    ")
        {
            paragraphLength = 2
        } else {
            paragraphLength += 1
        }
        return .text(line)
    }

    private static func heading(_ content: Substring) -> Event? {
        let level = content.prefix { $0 == "#" }.count
        guard (1...6).contains(level) else { return nil }
        let rest = content.dropFirst(level)
        guard rest.first.map({ $0 == " " || $0 == "\t" }) ?? true else { return nil }
        var text = rest.trimmingWhiteSpace()
        // A comment behind the heading says nothing about it.
        if text.hasSuffix("-->"), let comment = text.range(of: "<!--", options: .backwards),
            !text[comment.upperBound...].dropLast(3).contains("-->")
        {
            text = text[..<comment.lowerBound].trimmingWhiteSpace()
        }
        // A closing run of # is decoration where white space stands before it.
        let closing = text.reversed().prefix { $0 == "#" }.count
        if closing > 0 {
            let body = text.dropLast(closing)
            if body.isEmpty || body.last?.isWhitespace == true { text = body.trimmingWhiteSpace() }
        }
        return .heading(level: level, text: text)
    }

    private static func fence(_ content: Substring, _ number: Int) -> Fence? {
        guard let character = content.first, character == "`" || character == "~" else { return nil }
        let length = content.prefix { $0 == character }.count
        guard length >= 3 else { return nil }
        if character == "`", content.dropFirst(length).contains("`") { return nil }
        return Fence(character: character, length: length, line: number)
    }

    private static func underlineLevel(_ content: Substring) -> Int? {
        let mark = content.trimmingWhiteSpace()
        guard mark.count >= 2, let first = mark.first, mark.allSatisfy({ $0 == first }) else { return nil }
        return first == "=" ? 1 : first == "-" ? 2 : nil
    }
}
