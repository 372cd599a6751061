/// Text that begins with its own title, as language models write guidelines: `Title: text`.
enum TitledText {
    /// Longest title, in bytes. What is longer before its colon is a sentence.
    private static let maximumTitleLength = 160

    /// Splits at the first colon with a space behind it. Without one, or where what precedes it is no title (more than a
    /// line, or too long for one), all of it is text.
    static func split(_ text: String) -> (title: String?, text: String) {
        let bytes = text.utf8
        var index = bytes.startIndex
        while let colon = bytes[index...].firstIndex(of: UInt8(ascii: ":")) {
            let next = bytes.index(after: colon)
            guard next < bytes.endIndex else { break }
            if bytes[next] == 0x20 {
                let title = String(text[..<colon]).trimmingWhiteSpace()
                let rest = String(text[next...]).trimmingWhiteSpace()
                let isTitle =
                    !title.isEmpty && !rest.isEmpty && title.utf8.count <= maximumTitleLength
                    && !title.contains(where: \.isNewline)
                return isTitle ? (title, rest) : (nil, text)
            }
            index = next
        }
        return (nil, text)
    }
}
