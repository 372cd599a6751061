import Foundation

/// Which of two answers a judge prefers, by the place in which it was shown.
public enum PairVerdict: String, Sendable, Hashable, Codable {
    case a = "A"
    case b = "B"
    case tie = "Tie"

    /// Reads the last line that is not blank: `Verdict:` and A, B or Tie, in any case, with a full stop or not, with
    /// Markdown's asterisks or not. A verdict anywhere else is none.
    ///
    /// - Throws: ``GuideAlignError/noVerdict(problem:)``.
    public init(text: String) throws(GuideAlignError) {
        guard let line = text.split(whereSeparator: \.isNewline).last(where: { !$0.allSatisfy(\.isWhitespace) }) else {
            throw .noVerdict(problem: "it is empty")
        }
        let words = line.lowercased().filter { $0 != "*" }.trimmingCharacters(in: .whitespaces)
        guard words.hasPrefix("verdict:") else { throw .noVerdict(problem: "its last line is no verdict") }
        switch words.dropFirst("verdict:".count).trimmingCharacters(in: .whitespaces) {
        case "a", "a.": self = .a
        case "b", "b.": self = .b
        case "tie", "tie.": self = .tie
        default: throw .noVerdict(problem: "its last line says neither A nor B nor Tie")
        }
    }
}

/// The two verdicts on a pair: with the left answer shown first, and with the right one.
public struct OrderedVerdicts: Sendable, Hashable {
    /// The left answer is A.
    public var leftFirst: PairVerdict
    /// The right answer is A.
    public var rightFirst: PairVerdict

    public init(leftFirst: PairVerdict, rightFirst: PairVerdict) {
        self.leftFirst = leftFirst
        self.rightFirst = rightFirst
    }

    /// Whether both say the same of the answers.
    public var isConsistent: Bool {
        switch (leftFirst, rightFirst) {
        case (.a, .b), (.b, .a), (.tie, .tie): true
        default: false
        }
    }

    /// Which answer both verdicts prefer; a tie where they do not agree.
    public var preference: Preference {
        switch (leftFirst, rightFirst) {
        case (.a, .b): .left
        case (.b, .a): .right
        default: .tie
        }
    }

    /// How many of the two verdicts are for the left answer, and how many for the right one.
    public var votes: (left: Int, right: Int) {
        (
            (leftFirst == .a ? 1 : 0) + (rightFirst == .b ? 1 : 0),
            (leftFirst == .b ? 1 : 0) + (rightFirst == .a ? 1 : 0)
        )
    }
}

/// Which of two answers is better.
public enum Preference: Sendable, Hashable { case left, right, tie }
