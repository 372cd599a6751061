/// What a run of answers came to, counted row by row.
public struct ResponseTally: Sendable, Hashable {
    public var answered = 0
    public var failed = 0
    /// Inputs to which no guideline applies; their answers are one.
    public var abstained = 0
    /// Answers that were cut off at their longest.
    public var cutOff = 0
    /// Guidelines in prompts.
    public var guidelines = 0
    /// What getting the guidelines took: time alone where a library has them.
    public var guidance = ModelUsage()
    public var guided = ModelUsage()
    public var unguided = ModelUsage()

    public init() {}

    public mutating func add(_ row: AnsweredInput) {
        answered += 1
        if row.isAbstention { abstained += 1 }
        guidelines += row.guidance.items.count
        guidance += row.guidance.usage
        if let answer = row.guided {
            guided += ModelUsage(answer)
            if answer.finishReason == "length" { cutOff += 1 }
        }
        if let answer = row.unguided {
            unguided += ModelUsage(answer)
            if answer.finishReason == "length", !row.isAbstention { cutOff += 1 }
        }
    }
}
