import Fingerpost

/// The inputs in a model's continuation of a numbered list, and what of the answer is none.
struct InputLines: Sendable, Hashable {
    private(set) var accepted: [String] = []
    private(set) var refused: [RefusedLine] = []

    /// - Parameters:
    ///   - limit: Inputs that are taken at most, the first.
    ///   - lengths: Of an input, in characters.
    init(_ answer: ChatAnswer, limit: Int, lengths: ClosedRange<Int>, form: PromptSet.Form) {
        var lines: [(words: String, raw: String, isMarked: Bool)] = []
        for line in answer.text.prefix(GuidelineLines.longestAnswer).split(whereSeparator: \.isNewline) {
            let raw = String(ListLine.trimmed(line))
            guard raw.contains(where: { $0.isLetter || $0.isNumber }), !raw.hasPrefix("```") else { continue }
            let item = ListLine(line)
            // A text that was asked to go on after a number has no number of its own at first.
            lines.append((item.words, raw, item.isMarked || (form == .completion && lines.isEmpty)))
        }
        guard !lines.isEmpty else {
            refused = [RefusedLine(line: answer.text, reason: .empty)]
            return
        }
        let isCutOff = answer.finishReason == "length"
        for (index, line) in lines.enumerated() {
            let reason: RefusalReason? =
                isCutOff && index == lines.count - 1
                ? .cutOff
                : line.isMarked
                    ? Self.problem(line.words, lengths)
                    : GuidelineCheck.isRefusal(line.words) ? .refusal : .chatter
            if let reason {
                refused.append(RefusedLine(line: line.raw, reason: reason))
            } else if accepted.count < limit {
                accepted.append(line.words)
            } else {
                // More than was asked for is no fault; the rest of a long list is left alone, as in the paper.
                break
            }
        }
    }

    /// Whether a line of the list is the model's own word. Users too begin with "I can't".
    private static func declines(_ words: String) -> Bool {
        let start = TextNormalization.normalized(String(words.prefix(80)))
        return [
            "im sorry but i c", "i am sorry but i c", "sorry but i c", "as an ai ", "i cant help with",
            "i cannot help with",
            "i cant assist", "i cannot assist", "i cannot continue", "i cant continue", "i cannot provide",
            "i cant provide",
        ].contains { start.hasPrefix($0) }
    }

    private static func problem(_ words: String, _ lengths: ClosedRange<Int>) -> RefusalReason? {
        if TextInspection.hiddenCharacter(in: words) != nil { return .hiddenCharacters }
        if declines(words) { return .refusal }
        if words.count < lengths.lowerBound { return .tooShort }
        return words.count > lengths.upperBound ? .tooLong : nil
    }
}
