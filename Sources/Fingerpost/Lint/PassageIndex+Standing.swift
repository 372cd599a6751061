import GuidelineStore

/// Where a guideline comes among those that are found for an input.
struct Standing: Sendable {
    /// 1 for the first; where it is not among the candidates, one more than there are.
    var rank: Int
    /// Nil where there is nothing to compare.
    var similarity: Float?
    /// Whether it reaches its threshold.
    var counts: Bool
}

/// Who may be found, and from which similarity on, by the slots of a table of passages.
struct RetrievalTerms: Sendable {
    var limit: Int
    /// Nil where every similarity counts.
    var thresholds: [Float?]
}

extension PassageIndex {
    /// The place of a guideline, as a search would give it before relations and diversity have their say. A guideline that is
    /// not active is placed as though it were.
    ///
    /// - Parameters:
    ///   - words: made with the guideline's row left out where `passage` is.
    ///   - passage: one of the guideline's own that does not count.
    func standing(
        ofSlot slot: Int, vector: [Float]?, words: LexicalRanking?, leavingOut passage: Int64? = nil,
        terms: RetrievalTerms
    ) throws -> Standing {
        var similarity = Similarity()
        if let vector {
            for own in try similarities(ofSlot: slot, to: vector) where own.member.id != passage && !own.score.isNaN {
                similarity.add(own.score, isExample: own.member.isExample)
            }
        }
        let row = table.guidelines[slot]
        let share = words?.share(of: row)
        let bonus = share.map { vector == nil ? $0 : Self.bonus($0) } ?? 0
        let score = (similarity.value ?? 0) + bonus
        let isFound = similarity.value != nil || bonus > 0

        let better = try found(vector: vector, words: words, terms: terms, wanted: terms.limit + 1).count { item in
            guard item.slot != slot else { return false }
            return !isFound || item.score > score || (item.score == score && item.row < row)
        }
        let measured = similarity.value ?? score
        return Standing(
            rank: better + 1, similarity: similarity.value,
            counts: isFound && terms.thresholds[slot].map { measured >= $0 } ?? isFound)
    }

    /// The active guidelines that reach their thresholds, best first.
    func found(
        vector: [Float]?, words: LexicalRanking?, terms: RetrievalTerms, wanted: Int
    ) throws -> [Ranking.Item] {
        guard vector != nil || words != nil else { return [] }
        let ranking = try rank(vector: vector, words: words, wanted: wanted, options: RetrievalOptions())
        return ranking.items.filter { item in
            guard !inactive.contains(item.row) else { return false }
            return terms.thresholds[item.slot].map { item.similarity ?? item.score >= $0 } ?? true
        }
    }
}
