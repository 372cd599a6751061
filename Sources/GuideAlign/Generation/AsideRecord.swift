import GuidelineStore

/// What a model wrote that was not used, or an input for which there is no answer: kept aside for people to look at.
public struct AsideRecord: Sendable, Hashable {
    public enum Step: String, Sendable, Hashable { case detection, safety, quality, augmentation }
    /// The input's id; of an augmentation, the type's name and the numbers of round and request.
    public var id: String
    public var step: Step
    /// The parts that were refused, with the reasons.
    public var refused: [RefusedLine]
    /// How many parts of the answer were used.
    public var used: Int
    /// The answer as it came; nil where there is none.
    public var answer: ChatAnswer?
    /// Why there is no answer.
    public var problem: String?

    /// `{"id","step","refused":[{"reason","line"}],"used","answer","finish","problem"}`, on a line.
    public var jsonText: String {
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(id)), ("step", .string(step.rawValue)),
            (
                "refused",
                .array(refused.map { .object(["line": .string($0.line), "reason": .string($0.reason.rawValue)]) })
            ),
            ("used", .integer(used)),
        ]
        if let answer {
            members.append(("answer", .string(answer.text)))
            members.append(("finish", answer.finishReason.map(JSONValue.string) ?? .null))
        }
        if let problem { members.append(("problem", .string(problem))) }
        var bytes: [UInt8] = []
        JSONValue.appendObject(members, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Tokens that answers have cost, as the server counted them, over all runs that led to them.
public struct TokenCount: Sendable, Hashable {
    public var prompt = 0
    public var completion = 0

    mutating func add(_ answer: ChatAnswer) {
        // Numbers from outside: a sum out of range stays at the largest.
        func sum(_ a: Int, _ b: Int?) -> Int {
            let (sum, overflow) = a.addingReportingOverflow(b ?? 0)
            return overflow ? Int.max / 4 : min(sum, Int.max / 4)
        }
        prompt = sum(prompt, answer.promptTokens)
        completion = sum(completion, answer.completionTokens)
    }
}
