import GuidelineStore

/// Whether two guidelines ask for opposite things about the same matter, by words that a reader can check.
///
/// Each text is split into clauses, and a clause into what it asks for and when (``StatementClause``). Two clauses
/// contradict each other if
/// - one asks for or permits what the other forbids, one waives what the other strictly asks for, or both ask for the same
///   but for one word, which is the opposite of the other's ("short", "long");
/// - their matters, the stems of the words that mean something, are the same and stand in the same order; if one of them is
///   narrower by a word, the wider one must be a ban without exception ("never", "any");
/// - their conditions are the same; if one of them has none, it must be such a ban.
///
/// So "do this when A" and "do not do this when B" do not contradict each other, nor does a rule its own exception. What
/// takes knowledge of the world to see, such as that a rule about insulin is one about medicines, is not found.
enum Contradiction {
    struct Evidence: Sendable, Hashable {
        /// The share of the words of both matters that they have in common.
        var score: Double
        var first: String
        var second: String
    }

    /// The strongest contradiction between the clauses of two texts in the same language, or nil.
    ///
    /// - Complexity: O(product of the numbers of clauses).
    static func between(_ one: Statement, _ other: Statement) -> Evidence? {
        var best: Evidence?
        for first in one.clauses {
            for second in other.clauses {
                guard let score = score(first, second), score > best?.score ?? 0 else { continue }
                best = Evidence(score: score, first: first.text, second: second.text)
            }
        }
        return best
    }

    private static func score(_ a: StatementClause, _ b: StatementClause) -> Double? {
        guard mayBeOpposite(a.stance, b.stance) else { return nil }
        let shared = a.matter.intersection(b.matter).count
        // One antonym and two words more on one side are the most that can differ.
        guard shared >= 1, a.matter.count - shared <= 3, b.matter.count - shared <= 3 else { return nil }
        var (first, second) = (a.matter, b.matter)
        let antonyms = removeAntonyms(&first, &second)
        guard isOpposite(a, b, antonyms: antonyms) else { return nil }
        let both = first.intersection(second)
        let common = both.count
        let (onlyFirst, onlySecond) = (first.count - common, second.count - common)
        let score = Double(common + antonyms) / Double(common + antonyms + onlyFirst + onlySecond)
        // One word is matter enough where the conditions are the same too.
        guard common >= 1, common + antonyms + (a.condition == b.condition ? a.condition.count : 0) >= 2 else {
            return nil
        }

        guard a.isException == b.isException else { return nil }
        // Who is the wider one, in words and in conditions.
        switch (onlyFirst, onlySecond) {
        case (0, 0): break
        case (0, 1): guard a.isBan, common >= 2, b.order.first.map(both.contains) == true else { return nil }
        case (1, 0): guard b.isBan, common >= 2, a.order.first.map(both.contains) == true else { return nil }
        default: return nil
        }
        // "Make them help you" is not "help them".
        guard a.isPassive || b.isPassive || a.order.filter(both.contains) == b.order.filter(both.contains) else {
            return nil
        }
        switch (a.condition.isEmpty, b.condition.isEmpty) {
        case (true, true): break
        case (true, false): guard a.isBan, onlyFirst == 0 else { return nil }
        case (false, true): guard b.isBan, onlySecond == 0 else { return nil }
        case (false, false):
            let shared = a.condition.intersection(b.condition).count
            guard shared > 0, shared * 5 >= 4 * a.condition.union(b.condition).count else { return nil }
        }
        return score
    }

    private static func mayBeOpposite(_ a: StatementClause.Stance, _ b: StatementClause.Stance) -> Bool {
        switch (a, b) {
        case (.describes, _), (_, .describes), (.forbids, .forbids), (.permits, .permits), (.waives, .waives): false
        default: true
        }
    }

    private static func isOpposite(_ a: StatementClause, _ b: StatementClause, antonyms: Int) -> Bool {
        guard antonyms <= 1 else { return false }
        switch (a.stance, b.stance) {
        case (.asks, .forbids), (.forbids, .asks), (.permits, .forbids), (.forbids, .permits): return antonyms == 0
        case (.asks, .waives): return antonyms == 0 && a.isStrict
        case (.waives, .asks): return antonyms == 0 && b.isStrict
        case (.asks, .asks): return antonyms == 1
        default: return false
        }
    }

    /// Takes pairs of words out that mean the opposite, one in each matter alone, and returns their number.
    private static func removeAntonyms(_ a: inout Set<String>, _ b: inout Set<String>) -> Int {
        let (onlyA, onlyB) = (a.subtracting(b).sorted(), b.subtracting(a).sorted())
        var count = 0
        for word in onlyA {
            guard let other = onlyB.first(where: { b.contains($0) && StatementWords.areOpposite(word, $0) }) else {
                continue
            }
            a.remove(word)
            b.remove(other)
            count += 1
        }
        return count
    }
}

/// A guideline as contradictions are looked for in it.
struct Statement: Sendable {
    var clauses: [StatementClause]

    /// Of a title, a condition and a text in English.
    init(title: String? = nil, condition: String? = nil, text: String) {
        let given = condition.map { StatementClause.words(of: $0) } ?? []
        let stems = Set(given.compactMap(StatementWords.stem))
        clauses = StatementClause.clauses(of: text)
        // A title that says what the text says is no second clause.
        if let title { clauses += StatementClause.clauses(of: title) }
        for index in clauses.indices { clauses[index].condition.formUnion(stems) }
    }

    init(_ guideline: Guideline) {
        self.init(title: guideline.title, condition: guideline.condition, text: guideline.text)
    }

    /// Whether clauses can be read in the language.
    static func reads(_ language: String) -> Bool {
        language.lowercased().prefix { $0 != "-" && $0 != "_" } == "en"
    }
}
