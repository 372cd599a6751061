/// How much of a stream is kept back until more of it is there to judge it by. More hold lets less through, later.
public enum StreamHold: Sendable, Hashable {
    /// Whole words, once so many characters that come after them have been checked with them.
    case characters(Int)
    /// Each word once it is complete.
    case word
    /// Each sentence once it is complete.
    case sentence
    /// Everything, until the end.
    case whole
}

extension StreamHold: CustomStringConvertible {
    /// `64`, `word`, `sentence`, `whole`.
    public var description: String {
        switch self {
        case .characters(let count): "\(count)"
        case .word: "word"
        case .sentence: "sentence"
        case .whole: "whole"
        }
    }

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "word": self = .word
        case "sentence": self = .sentence
        case "whole": self = .whole
        default:
            guard let count = Int(text), (0...1_000_000).contains(count) else { return nil }
            self = .characters(count)
        }
    }
}
