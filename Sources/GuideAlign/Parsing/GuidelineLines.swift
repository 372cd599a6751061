import Foundation

/// The guidelines in a model's answer, and what of the answer is none.
///
/// Asked for are lines of `Title: text`. Understood are also numbers, bullets, Markdown headings and emphasis around
/// them; a title on a line of its own with the text below; `Title:` and `Text:` on lines of their own; full-width
/// colons, dashes behind titles, quotes, fenced blocks, and JSON: objects with `title` and `text`, or texts, in a list,
/// in the list `guidelines` of an object, or a line each. Nothing is guessed: a line without a title is refused. Each
/// line that is no guideline is in ``refused`` with the reason, those of an introduction or a remark behind the list
/// too.
public struct GuidelineLines: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var title: String
        public var text: String
    }

    /// In the order of the answer, none twice.
    public var accepted: [Entry] = []
    public var refused: [RefusedLine] = []

    /// Longest answer that is read, in bytes.
    static let longestAnswer = 1 << 17

    /// Reads an answer. O(its length and that of the input).
    ///
    /// - Parameters:
    ///   - input: What the guidelines are for; lines that repeat its words are refused.
    ///   - examples: The guidelines of the prompt's examples, which are refused.
    public init(
        _ answer: ChatAnswer, input: String? = nil, examples: [String] = [], limits: GuidelineLimits = GuidelineLimits()
    ) {
        let text = answer.text
        guard text.contains(where: { !$0.isWhitespace }) else {
            refused = [RefusedLine(line: text, reason: .empty)]
            return
        }
        guard text.utf8.count <= Self.longestAnswer else {
            refused = [RefusedLine(line: String(text.prefix(200)), reason: .tooLong)]
            return
        }
        var pieces: [GuidelinePiece]
        switch GuidelinePiece.inJSON(text) {
        case .found(let found): pieces = found
        case .broken:
            refused = [RefusedLine(line: text, reason: .unreadableJSON)]
            return
        case .none: pieces = GuidelinePiece.inLines(text)
        }
        if answer.finishReason == "length", let last = pieces.indices.last { pieces[last].refusal = .cutOff }
        let check = GuidelineCheck(limits: limits, input: input, examples: examples)
        var known: Set<Entry> = []
        for piece in pieces {
            do throws(GuidelineCheck.Refusal) {
                let entry = try check.entry(piece)
                guard !known.contains(entry) else { continue }
                guard accepted.count < limits.count else { throw GuidelineCheck.Refusal(reason: .tooMany) }
                known.insert(entry)
                accepted.append(entry)
            } catch {
                refused.append(RefusedLine(line: piece.raw, reason: error.reason))
            }
        }
        if accepted.isEmpty, GuidelineCheck.isRefusal(text) {
            refused = [RefusedLine(line: text, reason: .refusal)]
        } else if accepted.isEmpty, refused.isEmpty {
            refused = [RefusedLine(line: text, reason: .empty)]
        }
    }
}

/// How long guidelines may be, and how many an answer may hold.
public struct GuidelineLimits: Sendable, Hashable {
    public var titleWords = 12
    /// In characters, as the next.
    public var titleLength = 120
    public var textLength = 1_000
    public var leastTextWords = 4
    public var count = 12

    public init() {}
}
