/// Markdown with attributes: a heading with the title, the id and the shorter fields, then the text.
///
/// What attributes cannot say stands in a comment (``MarkdownComment``). So does the text where Markdown would read it as
/// something else, with headings or fences in it; it is then shown as a quotation, for people only. What would be read
/// is decided by reading it.
struct MarkdownWriter: RecordWriter {
    private var isFirst = true

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        let attributes = Self.attributes(of: guideline)
        let names = Set(attributes.map(\.field.rawValue))
        let suffix =
            attributes.isEmpty ? "" : " {" + attributes.map(\.text).joined(separator: " ") + "}"
        let isFaithful =
            Self.isHeading(guideline.title ?? "", suffix, attributes) && Self.isBody(guideline.text)
        let filled = Set(guideline.filledFields)
        let hidden = guideline.members { name in
            filled.contains(name) && !names.contains(name) && !(isFaithful && (name == "title" || name == "text"))
        }
        if !isFirst { bytes.append(0x0A) }
        isFirst = false
        bytes += "## \(Self.heading(guideline, isFaithful, suffix, attributes))\n".utf8
        if !hidden.isEmpty {
            var json: [UInt8] = []
            JSONValue.appendObject(hidden, to: &json)
            bytes += "\n\(MarkdownComment.line(String(decoding: json, as: UTF8.self)))\n".utf8
        }
        bytes.append(0x0A)
        if isFaithful {
            bytes += guideline.text.utf8
            bytes.append(0x0A)
        } else {
            for line in Self.lines(guideline.text) { bytes += "> \(line)\n".utf8 }
        }
        return true
    }

    private static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String($0) ?? "" }
    }

    // MARK: Headings

    private typealias Attribute = (field: GuidelineField, text: String)

    /// The fields that attributes can say without quotes.
    private static func attributes(of guideline: Guideline) -> [Attribute] {
        var attributes: [Attribute] = []
        func isWord(_ text: String) -> Bool {
            !text.isEmpty
                && text.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || byte == 0x5F || byte == 0x2D || byte == 0x2E || byte == 0x3A
                }
        }
        func add(_ field: GuidelineField, _ value: String, if isFilled: Bool) {
            if isFilled, isWord(value) { attributes.append((field, "\(field.rawValue)=\(value)")) }
        }
        if isWord(guideline.id) { attributes.append((.id, "#\(guideline.id)")) }
        add(.kind, guideline.kind.rawValue, if: guideline.kind != .safety)
        add(.status, guideline.status.rawValue, if: guideline.status != .active)
        add(.authority, guideline.authority.rawValue, if: guideline.authority != .guideline)
        add(.priority, String(guideline.priority), if: guideline.priority != 0)
        add(.severity, guideline.severity.rawValue, if: guideline.severity != .medium)
        for (field, words) in [(GuidelineField.risk, guideline.risk), (.tags, guideline.tags)]
        where !words.isEmpty && words.allSatisfy(isWord) {
            attributes.append((field, "\(field.rawValue)=\(words.joined(separator: ","))"))
        }
        add(.language, guideline.language, if: guideline.language != "en")
        add(.version, String(guideline.version), if: guideline.version != 1)
        return attributes
    }

    /// Whether a heading is read as the title with the attributes.
    private static func isHeading(_ title: String, _ suffix: String, _ attributes: [Attribute]) -> Bool {
        var scanner = MarkdownScanner()
        let line = "## " + (title.isEmpty ? String(suffix.dropFirst()) : title + suffix)
        guard !line.utf8.contains(0x0A), !line.utf8.contains(0x0D),
            case .heading(level: 2, let text) = scanner.scan(line, number: 1),
            let (found, cells) = try? MarkdownAttributes.split(text), found.utf8.elementsEqual(title.utf8)
        else { return false }
        return cells.cells.count == attributes.count
            && Set(cells.cells.map(\.name)) == Set(attributes.map(\.field.rawValue))
    }

    /// Whether lines below a heading are read as the text.
    private static func isBody(_ text: String) -> Bool {
        guard !text.utf8.contains(0x0D) else { return false }
        var scanner = MarkdownScanner()
        _ = scanner.scan("", number: 1)
        for line in lines(text) {
            guard case .text(let read) = scanner.scan(line, number: 1), read.utf8.elementsEqual(line.utf8) else {
                return false
            }
        }
        return scanner.unclosed() == nil
    }

    private static func heading(
        _ guideline: Guideline, _ isFaithful: Bool, _ suffix: String, _ attributes: [Attribute]
    ) -> String {
        if isFaithful { return guideline.title.map { $0 + suffix } ?? String(suffix.dropFirst()) }
        // Only for people: the comment has the title.
        let words = (guideline.title ?? "Guideline").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return (isHeading(words, suffix, attributes) ? words : "Guideline") + suffix
    }
}
