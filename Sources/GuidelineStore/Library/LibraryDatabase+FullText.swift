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
