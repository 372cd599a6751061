import Fingerpost
import GuidelineStore

/// Looks for what an answer must not teach.
enum AnswerChecks {
    /// What stands before "guideline" where an answer speaks of those that it was given.
    private static let pointers: Set<Substring> = ["the", "these", "those", "my", "per", "to", "on", "with", "by"]
    /// What may stand between the two.
    private static let adjectives: Set<Substring> = [
        "provided", "given", "above", "following", "mentioned", "listed", "stated", "said", "safety", "relevant",
    ]
    /// What stands behind "guideline" where it says whose, so that it speaks of others: "the guidelines of the WHO".
    private static let owners: Set<Substring> = ["of", "from", "by", "for", "set", "published", "issued", "at", "in"]

    /// Openings of answers that decline, normalised.
    private static let refusals =
        [
            "cannot", "cant", "can not", "wont", "will not", "am unable to", "im unable to", "am not able to",
            "im not able to",
        ].flatMap { opening in
            ["help", "assist", "provide", "fulfill", "fulfil", "comply", "answer", "support", "do that", "give"]
                .map { "\(opening) \($0)" }
        } + ["must decline", "have to decline", "i decline to", "cannot in good conscience"]

    /// Characters of an answer in which it would say that it declines.
    private static let openingLength = 200
    /// Words in a row that are no accident.
    private static let runLength = 8

    /// Whether an answer speaks of guidelines that its reader has never seen, such as "as the guidelines ask" or "according
    /// to guideline 3"; not where it says whose they are, nor where the user spoke of guidelines first. It knows English
    /// alone.
    static func mentionsGuidelines(_ answer: String, input: [ChatMessage]) -> Bool {
        let words = words(answer)
        func isGuideline(_ word: Substring) -> Bool { word == "guideline" || word == "guidelines" }
        let places = words.indices.filter { isGuideline(words[$0]) }
        guard !places.isEmpty, !input.contains(where: { self.words($0.content).contains(where: isGuideline) }) else {
            return false
        }
        return places.contains { place in
            let before = words[..<place].reversed().drop { adjectives.contains($0) }
            guard let pointer = before.first, pointers.contains(pointer) else { return false }
            return place + 1 == words.count || !owners.contains(words[place + 1])
        }
    }

    /// Whether an answer begins as one that declines. It knows English alone.
    static func isRefusal(_ answer: String) -> Bool {
        let text = TextNormalization.normalized(String(answer.prefix(openingLength)))
        return refusals.contains { text.contains($0) }
    }

    /// Whether an answer repeats eight words in a row of a guideline, or all of a shorter one of five words at least, that
    /// are not the user's.
    ///
    /// - Complexity: O(length of all texts).
    static func repeatsGuideline(_ answer: String, guidelines: [Guidance.Item], input: [ChatMessage]) -> Bool {
        guard !guidelines.isEmpty else { return false }
        let words = words(answer)
        let allowed = Set(input.flatMap { runs(self.words($0.content), runLength) })
        var said: [Int: Set<ArraySlice<Substring>>] = [:]
        for guideline in guidelines {
            let statement = self.words(guideline.text)
            let length = min(runLength, statement.count)
            guard length >= 5 else { continue }
            let answered = said[length] ?? Set(runs(words, length))
            said[length] = answered
            for run in runs(statement, length) where answered.contains(run) && !allowed.contains(run) {
                return true
            }
        }
        return false
    }

    private static func words(_ text: String) -> [Substring] {
        TextNormalization.normalized(text).split(separator: " ")
    }

    private static func runs(_ words: [Substring], _ length: Int) -> [ArraySlice<Substring>] {
        guard words.count >= length, length > 0 else { return [] }
        return (0...(words.count - length)).map { words[$0..<($0 + length)] }
    }
}
