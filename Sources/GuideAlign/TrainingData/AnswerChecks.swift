import Fingerpost
import GuidelineStore

/// Looks for what an answer must not teach.
enum AnswerChecks {
    /// Ways to speak of guidelines that the reader of the answer has never seen, normalised.
    private static let mentions = [
        "according to guideline", "according to the guideline", "according to these guideline",
        "according to the provided guideline", "according to the given guideline", "as per guideline",
        "as per the guideline", "based on the guideline", "based on the provided guideline",
        "based on the given guideline",
        "the guidelines provided", "the guidelines given", "the guidelines above", "the above guidelines",
        "the provided guidelines", "the given guidelines", "per the guidelines", "in line with the guidelines",
        "following the guidelines", "guidelines for the ai assistant to follow",
    ]

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

    static func mentionsGuidelines(_ answer: String) -> Bool {
        let text = TextNormalization.normalized(answer)
        return mentions.contains { text.contains($0) }
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
