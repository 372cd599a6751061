/// One thing that a text asks for: how it stands to it, to what, and when.
struct StatementClause: Sendable, Hashable {
    enum Stance: Sendable, Hashable {
        case asks, forbids, permits
        /// "You need not", "it is okay not to".
        case waives
        /// It says how things are.
        case describes
    }

    var text: String
    var stance: Stance
    /// Stems of the words that mean something, one for all of a group of synonyms. What is negated inside of it has a `!`
    /// before it.
    var matter: Set<String>
    /// The same in the order in which they first stand.
    var order: [String]
    /// Whether what it is about may stand in another order than usual: "passwords must not be shared".
    var isPassive: Bool
    /// Stems of the words that say when it applies.
    var condition: Set<String>
    /// Whether it says that it has no exception.
    var isUniversal: Bool
    /// Whether it strictly asks: "must", "always".
    var isStrict: Bool
    /// Whether it forbids, and says that it has no exception.
    var isBan: Bool { isUniversal && stance == .forbids }
    /// Whether its condition is an exception: "unless", "except", "only".
    var isException: Bool

    /// The clauses of a text, those without any matter left out. O(length).
    static func clauses(of text: String) -> [StatementClause] {
        sentences(of: text).flatMap { sentence in parts(of: sentence).compactMap(StatementClause.init) }
    }

    /// Words in lower case without apostrophes.
    static func words(of text: String) -> [Substring] {
        TextNormalization.normalized(text).split(separator: " ")
    }

    private static func sentences(of text: String) -> [Substring] {
        text.split { ".;!?\n:".contains($0) }.filter { $0.contains(where: \.isLetter) }
    }

    /// A sentence in its pieces: what is behind "but", or a ", not" that begins something of its own.
    private static func parts(of sentence: Substring) -> [Piece] {
        var pieces: [Piece] = [Piece()]
        for chunk in sentence.split(separator: ",", omittingEmptySubsequences: true) {
            let words = words(of: String(chunk))
            guard let first = words.first else { continue }
            let second = words.count > 1 ? words[1] : ""
            let opens =
                StatementWords.openers.contains(first)
                || (first == "and" && (StatementWords.openers.contains(second) || second == "avoid"))
            if opens, pieces.last?.isOpen == false { pieces.append(Piece()) }
            pieces[pieces.count - 1].text += (pieces[pieces.count - 1].text.isEmpty ? "" : ",") + chunk
            var chunkWords = words
            while let position = chunkWords.dropFirst().firstIndex(where: { $0 == "but" || $0 == "however" }) {
                pieces[pieces.count - 1].chunks.append(Array(chunkWords[..<position]))
                pieces.append(Piece(text: String(chunk)))
                chunkWords = Array(chunkWords[(position + 1)...])
            }
            pieces[pieces.count - 1].chunks.append(chunkWords)
        }
        return pieces
    }

    /// A piece of a sentence, its words by the commas between them.
    private struct Piece {
        var text = ""
        var chunks: [[Substring]] = []

        /// Whether what it asks for is still to come: there is nothing, or a condition alone.
        var isOpen: Bool {
            chunks.allSatisfy { chunk in
                chunk.first.map {
                    StatementWords.conjunctions.contains($0) || StatementWords.prepositions.contains($0)
                } ?? true
            }
        }
    }

    private init?(_ piece: Piece) {
        var main: [Substring] = []
        var when: [Substring] = []
        var isException = false
        for (number, chunk) in piece.chunks.enumerated() {
            guard let first = chunk.first else { continue }
            // "When asked, …", "In a hurry, …": what stands before a comma and begins so.
            if number < piece.chunks.count - 1, main.isEmpty,
                StatementWords.conjunctions.contains(first) || StatementWords.prepositions.contains(first)
            {
                when += chunk
                continue
            }
            var rest = chunk[...]
            if let place = rest.firstIndex(where: { StatementWords.conjunctions.contains($0) }), place > 0 || number > 0
            {
                var start = place
                if start > 0, ["only", "even", "except", "especially", "just"].contains(rest[start - 1]) { start -= 1 }
                if rest[start] != "even" { when += rest[start...] }
                if ["unless", "except", "only", "until"].contains(rest[start]) { isException = true }
                rest = rest[..<start]
            }
            main += rest
        }
        guard !main.isEmpty else { return nil }
        text = piece.text.trimmingCharacters(where: \.isWhitespace)
        if main.contains("only") || main.contains("solely") { isException = true }
        self.isException = isException
        condition = Set(when.compactMap(StatementWords.stem))
        // "If the user does": a condition without a word that means something is one.
        if condition.isEmpty, !when.isEmpty { condition.insert("?") }
        if when.contains("without") || when.contains("unless") || when.contains("except") { condition.insert("!") }

        let reading = ClauseReading(main)
        stance = reading.stance
        order = reading.order
        matter = Set(order)
        isPassive = reading.isPassive
        isUniversal = !isException && reading.isUniversal
        isStrict = reading.isStrict
        guard !matter.isEmpty else { return nil }
    }
}

extension StringProtocol {
    /// Without the characters at both ends for which the condition holds.
    func trimmingCharacters(where condition: (Character) -> Bool) -> String {
        guard let first = firstIndex(where: { !condition($0) }), let last = lastIndex(where: { !condition($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
