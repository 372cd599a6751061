/// The attributes at the end of a heading, as Pandoc and the OpenAI Model Spec write them:
/// `## Title {#id .tag key=value key="two words"}`.
struct MarkdownAttributes {
    /// Names and values in their order; `#x` is `id`, each `.x` is one of `tags`.
    var cells: [(name: String, text: String)] = []

    /// Splits a heading into its title and its attributes. Braces that hold no attributes belong to the title.
    ///
    /// - Throws: What is wrong, in words, where braces are meant as attributes and are malformed.
    static func split(_ heading: String) throws(MarkdownProblem) -> (title: String, attributes: MarkdownAttributes) {
        guard heading.hasSuffix("}"), let open = heading.lastIndex(of: "{") else { return (heading, .init()) }
        let inside = heading[heading.index(after: open)..<heading.index(before: heading.endIndex)]
        let words = try words(of: inside.trimmingWhiteSpace())
        let looksLikeAttributes = words.contains { $0.hasPrefix("#") || $0.hasPrefix(".") || $0.contains("=") }
        guard looksLikeAttributes else { return (heading, .init()) }
        var attributes = MarkdownAttributes()
        var tags: [String] = []
        for word in words {
            if word.hasPrefix("#") {
                attributes.cells.append(("id", String(word.dropFirst())))
            } else if word.hasPrefix(".") {
                tags.append(String(word.dropFirst()))
            } else if let equals = word.firstIndex(of: "="), equals > word.startIndex {
                let value = String(word[word.index(after: equals)...])
                let name = String(word[..<equals])
                if name == "tags" {
                    tags += value.split(separator: ",").map(String.init)
                } else {
                    attributes.cells.append((name, value))
                }
            } else {
                throw MarkdownProblem(
                    text: "the attribute \"\(word)\" is none of #id, .tag and key=value")
            }
        }
        if !tags.isEmpty { attributes.cells.append(("tags", tags.joined(separator: ","))) }
        for (index, cell) in attributes.cells.enumerated()
        where attributes.cells[..<index].contains(where: { $0.name == cell.name }) {
            throw MarkdownProblem(text: "the attribute \"\(cell.name)\" is given twice")
        }
        return (heading[..<open].trimmingWhiteSpace(), attributes)
    }

    /// Splits at white space outside quotes; the quotes around a value are removed.
    private static func words(of text: String) throws(MarkdownProblem) -> [String] {
        var words: [String] = []
        var word = ""
        var isInQuotes = false
        for character in text {
            if character == "\"" {
                isInQuotes.toggle()
            } else if character.isWhitespace, !isInQuotes {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        // A quote that stays open is a fault only where the braces hold attributes at all.
        if isInQuotes, text.contains("=") {
            throw MarkdownProblem(text: "a quote in the attributes is not closed")
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}

struct MarkdownProblem: Error {
    var text: String
}
