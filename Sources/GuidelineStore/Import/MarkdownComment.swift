/// Fields of a guideline in a comment of a Markdown file: `<!-- fingerpost {"id":"g1"} -->`, on a line of its own.
///
/// It carries what attributes cannot (quotes, line breaks, lists of lists), and a text that Markdown would read as
/// something else, so that a file written from a library is read back as it was.
enum MarkdownComment {
    private static let opening = "<!-- fingerpost {"
    private static let closing = "} -->"

    /// The fields, or nil where the line is no such comment.
    static func fields(in line: String) -> [String: JSONValue]? {
        guard line.utf8.starts(with: opening.utf8), line.hasSuffix(closing),
            case .object(let fields)? = try? JSONValue(
                parsing: String(line.dropFirst(opening.count - 1).dropLast(closing.count - 1)))
        else { return nil }
        return fields
    }

    /// The line that holds the fields. Nothing in it can end the comment: `>` is written as an escape.
    static func line(_ json: String) -> String {
        "<!-- fingerpost \(json.replacing(">", with: "\\u003e")) -->"
    }
}
