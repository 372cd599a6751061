import GRDB

/// A guideline that shares words with a text.
public struct TextMatch: Sendable, Hashable {
    public var guidelineID: String
    public var guidelineRow: Int64
    /// BM25; larger is better. Comparable within one search only.
    public var score: Double
}

extension LibraryDatabase {
    /// Guidelines that share words with the text, best first by BM25 over title, text and examples; ties by age.
    ///
    /// Any text is a valid query: its words are looked for literally, stemmed as English, and none of them is required.
    /// A text without letters or digits finds nothing.
    public func searchText(_ text: String, limit: Int) throws -> [TextMatch] {
        guard limit > 0, let query = FullTextQuery(text).expression else { return [] }
        return try read { database in
            var matches: [TextMatch] = []
            let sql = """
                SELECT guideline.id, found.row, found.score FROM (
                    SELECT rowid AS row, bm25(guideline_text) AS score FROM guideline_text
                    WHERE guideline_text MATCH ? ORDER BY score, rowid LIMIT ?
                ) AS found JOIN guideline ON guideline.row = found.row ORDER BY found.score, found.row
                """
            try database.forEachRow(sql, [query, limit]) { row in
                let score: Double = try row.value(2)
                try matches.append(TextMatch(guidelineID: row.value(0), guidelineRow: row.value(1), score: -score))
            }
            return matches
        }
    }
}

/// A text as a query of FTS5: its distinct words, each in quotes, joined by OR.
struct FullTextQuery {
    /// More words than that make a query slow and no better.
    static let maximumWordCount = 128

    /// Nil where the text has no words.
    var expression: String?

    init(_ text: String) {
        var words: [Substring] = []
        var seen: Set<String> = []
        for word in text.unicodeScalars.split(whereSeparator: { !Self.isWordScalar($0) }) {
            guard seen.insert(String(word).lowercased()).inserted else { continue }
            words.append(Substring(word))
            if words.count == Self.maximumWordCount { break }
        }
        // Words hold letters, marks and digits only, so no quote can end early.
        if !words.isEmpty { expression = words.map { "\"\($0)\"" }.joined(separator: " OR ") }
    }

    /// As FTS5's unicode61 tokenizer: letters, numbers and private use; marks belong to the letter before them.
    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .privateUse, .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }
}
