/// Why something that a model wrote is no guideline, or no input.
public enum RefusalReason: String, Sendable, Hashable, CaseIterable, Codable {
    /// The answer, or the line, says that the model will not do what was asked.
    case refusal
    /// The answer is empty, or nothing in it looks like what was asked for.
    case empty
    /// The answer is JSON that cannot be read, or holds something else.
    case unreadableJSON = "unreadable_json"
    /// The answer to the question about risks does not end in a verdict.
    case noVerdict = "no_verdict"
    /// The server gave no answer.
    case unanswered
    /// The line has no title.
    case noTitle = "no_title"
    /// The title has no text.
    case noText = "no_text"
    case longTitle = "long_title"
    case tooShort = "too_short"
    case tooLong = "too_long"
    /// More lines than were asked for, by far.
    case tooMany = "too_many"
    /// The line is the last of an answer that was cut off.
    case cutOff = "cut_off"
    /// The line repeats words of the input.
    case inputEcho = "input_echo"
    /// The line is one of the prompt's examples.
    case exampleEcho = "example_echo"
    /// The line gives orders to the model that will read it, or pretends to be another part of the prompt.
    case payload
    /// The line has characters that nobody sees.
    case hiddenCharacters = "hidden_characters"
    /// Words around the list: an introduction, a remark, an offer.
    case chatter
    /// The line is too much like one that was kept.
    case similar
}

/// A line that was refused, as the model wrote it.
public struct RefusedLine: Sendable, Hashable {
    public var line: String
    public var reason: RefusalReason

    public init(line: String, reason: RefusalReason) {
        self.line = line
        self.reason = reason
    }
}
