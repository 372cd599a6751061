/// A text as a query of FTS5: its distinct words, each in quotes, joined by OR.
///
/// English function words are left out where there are others: nearly every guideline has them, so they cost most of
/// the time and tell nothing.
struct FullTextQuery {
    /// More words than that make a query slow and no better.
    static let maximumWordCount = 128

    /// Nil where the text has no words.
    var expression: String?

    init(_ text: String) {
        var words: [String] = []
        var functionWords: [String] = []
        var seen: Set<String> = []
        for part in text.unicodeScalars.split(whereSeparator: { !Self.isWordScalar($0) }) {
            let word = String(part).lowercased()
            guard seen.insert(word).inserted else { continue }
            if Self.functionWords.contains(word) { functionWords.append(word) } else { words.append(word) }
            if words.count == Self.maximumWordCount { break }
        }
        if words.isEmpty { words = functionWords }
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

    /// Articles, pronouns, prepositions, conjunctions and auxiliary verbs, and what an apostrophe leaves of them.
    private static let functionWords: Set<String> = Set(
        """
        a about after again all also am an and any are as at be because been before being between both but by can could
        d did do does doing down during each few for from further had has have having he her here hers herself him
        himself his how i if in into is it its itself ll m me more most my myself of off on once only or other our ours
        ourselves out over own re s same she should so some such t than that the their theirs them themselves then there
        these they this those through to too under until up ve very was we were what when where which while who whom why
        will with would you your yours yourself yourselves
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
