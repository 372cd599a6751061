import Fingerpost
import Foundation

/// Tells a guideline from what only looks like one.
struct GuidelineCheck {
    struct Refusal: Error { var reason: RefusalReason }

    private let limits: GuidelineLimits
    /// Normalised.
    private let input: String
    private let runs: Set<String>
    private let examples: Set<String>

    /// Words in a row that no guideline has in common with its input.
    private static let run = 8

    init(limits: GuidelineLimits, input: String?, examples: [String]) {
        self.limits = limits
        let normalized = input.map(TextNormalization.normalized) ?? ""
        self.input = normalized
        runs = Set(Self.runs(of: normalized))
        self.examples = Set(examples.map(TextNormalization.normalized))
    }

    /// The guideline that a piece is.
    func entry(_ piece: GuidelinePiece) throws(Refusal) -> GuidelineLines.Entry {
        if let reason = piece.refusal, reason != .noText, reason != .noTitle { throw Refusal(reason: reason) }
        let whole = [piece.title, piece.text].compactMap(\.self).joined(separator: ": ")
        guard TextInspection.hiddenCharacter(in: piece.raw) == nil else { throw Refusal(reason: .hiddenCharacters) }
        for text in [whole, piece.text ?? "", piece.raw] where TextInspection.payload(in: text) != nil {
            throw Refusal(reason: .payload)
        }
        if Self.isRefusal(whole) || Self.isRefusal(piece.text ?? "") { throw Refusal(reason: .refusal) }
        if Self.isChatter(whole) { throw Refusal(reason: .chatter) }
        if let reason = piece.refusal { throw Refusal(reason: reason) }
        guard let title = piece.title.map(Self.cleanTitle), !title.isEmpty else { throw Refusal(reason: .noTitle) }
        let normalizedTitle = TextNormalization.normalized(title)
        guard !Self.labels.contains(normalizedTitle) else { throw Refusal(reason: .chatter) }
        guard let body = piece.text.map({ Self.cleanText($0, title: title) }), !body.isEmpty else {
            throw Refusal(reason: .noText)
        }
        guard title.count <= limits.titleLength, Self.wordCount(normalizedTitle) <= limits.titleWords else {
            throw Refusal(reason: .longTitle)
        }
        // "A: text" and "4) text" have marks and no titles.
        guard title.contains(where: \.isLetter), title.count > 1 else { throw Refusal(reason: .noTitle) }
        let normalized = TextNormalization.normalized(body)
        guard Self.wordCount(normalized) >= limits.leastTextWords, body.contains(where: \.isLetter) else {
            throw Refusal(reason: .tooShort)
        }
        guard body.count <= limits.textLength else { throw Refusal(reason: .tooLong) }
        guard normalized != normalizedTitle else { throw Refusal(reason: .noText) }
        guard !Self.speaksOfItself(normalized) else { throw Refusal(reason: .chatter) }
        guard !examples.contains(normalized) else { throw Refusal(reason: .exampleEcho) }
        if !input.isEmpty {
            guard !input.contains(normalized), !Self.runs(of: normalized).contains(where: runs.contains) else {
                throw Refusal(reason: .inputEcho)
            }
        }
        return GuidelineLines.Entry(title: title, text: body)
    }

    // MARK: Words

    private static func runs(of normalized: String) -> [String] {
        let words = normalized.split(separator: " ")
        guard words.count >= run else { return [] }
        return (0...(words.count - run)).map { words[$0..<($0 + run)].joined(separator: " ") }
    }

    /// Words apart by spaces; of scripts that need none, each character is one.
    private static func wordCount(_ normalized: String) -> Int {
        normalized.split(separator: " ").reduce(0) { sum, word in
            sum + max(1, word.unicodeScalars.count { $0.value >= 0x2E80 })
        }
    }

    private static func cleanTitle(_ title: String) -> String {
        let marks: Set<Character> = ["*", "_", "\"", "“", "”", "`", "#", ":", "：", "."]
        var text = title[...].drop { $0.isWhitespace || marks.contains($0) }
        while let last = text.last, last.isWhitespace || marks.contains(last) { text = text.dropLast() }
        return spaced(text)
    }

    /// Without emphasis, and without the title where the text repeats it.
    private static func cleanText(_ text: String, title: String) -> String {
        var text = spaced(text.replacing("**", with: "").replacing("__", with: "")[...])
        while text.lowercased().hasPrefix(title.lowercased()) {
            let rest = text.dropFirst(title.count).drop(while: \.isWhitespace)
            guard let mark = rest.first, ":：-–—".contains(mark) else { break }
            text = String(rest.dropFirst().drop(while: \.isWhitespace))
        }
        return text
    }

    private static func spaced(_ text: Substring) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Titles that are none.
    private static let labels: Set<String> = [
        "note", "notes", "disclaimer", "input", "answer", "verdict", "guideline", "guidelines", "output", "user",
        "assistant", "system", "title", "text", "example", "examples", "assessment", "conclusion", "summary",
        "explanation", "criterion 1", "criterion 2", "reason", "reasoning", "response", "quality guidelines",
        "safety guidelines", "task", "instructions", "question", "prompt", "human", "ai", "yes", "no", "user input",
        "ai assistant", "general guidelines",
    ]

    /// Whether a text begins as answers do in which a model declines.
    static func isRefusal(_ text: String) -> Bool {
        let words = start(of: text)
        return [
            "im sorry", "i am sorry", "sorry but", "sorry i ", "i cant ", "i cannot ", "i can not ", "im unable",
            "i am unable", "i wont ", "i will not ", "im not able", "i am not able", "as an ai", "i apologize",
            "my apologies", "unfortunately i ", "i must decline", "i do not feel comfortable",
            "i dont feel comfortable",
            "im afraid i", "i have to decline",
        ].contains { words.hasPrefix($0) }
    }

    /// Whether a line begins as what models write around a list does.
    static func isChatter(_ text: String) -> Bool {
        let words = start(of: text)
        return [
            "here are ", "here is ", "heres ", "sure ", "certainly ", "of course ", "okay ", "ok ", "below are ",
            "these guidelines ", "the above ", "the following ", "i hope ", "let me know", "please let me know",
            "note that these ", "in summary ", "in conclusion ", "by following ", "thank you", "as requested",
            "based on the ", "the guidelines ", "the input ", "the users input ", "this input ", "hope this ",
            "these are ", "is there anything",
        ].contains { words.hasPrefix($0) }
    }

    /// Whether a text speaks of its writer and not to an assistant.
    private static func speaksOfItself(_ normalized: String) -> Bool {
        ["i ", "im ", "ive ", "id ", "my "].contains { normalized.hasPrefix($0) }
    }

    private static func start(of text: String) -> String {
        TextNormalization.normalized(String(text.prefix(80))) + " "
    }
}
