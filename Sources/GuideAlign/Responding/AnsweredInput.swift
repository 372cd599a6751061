import GuidelineStore

/// An input with the answers that a model gave with guidelines and without, and all that is needed to ask again.
public struct AnsweredInput: Sendable, Hashable, Identifiable {
    public enum Side: String, Sendable, Hashable, CaseIterable { case guided, unguided }

    public var id: String
    public var input: [ChatMessage]
    public var fields: [String: JSONValue]
    /// What the model was sent for the guided answer: ``input`` with the guidelines in it.
    public var prompt: [ChatMessage]
    public var guidance: Guidance
    /// Nil where it was not asked for. Without guidelines it is the unguided one, of which there is one request.
    public var guided: ChatAnswer?
    public var unguided: ChatAnswer?
    public var model: String
    public var parameters: ResponseParameters
    /// The program and its version.
    public var createdBy: String

    /// Whether no guideline applies.
    public var isAbstention: Bool { guidance.block.isEmpty }

    public func answer(_ side: Side) -> ChatAnswer? { side == .guided ? guided : unguided }
}

/// What decides an answer beside the model and its prompt.
public struct ResponseParameters: Sendable, Hashable {
    public var temperature: Double?
    public var seed: Int?
    public var maxTokens: Int?

    public init(temperature: Double? = nil, seed: Int? = nil, maxTokens: Int? = nil) {
        self.temperature = temperature
        self.seed = seed
        self.maxTokens = maxTokens
    }

    func request(_ messages: [ChatMessage]) -> ChatRequest {
        ChatRequest(messages: messages, temperature: temperature, maxTokens: maxTokens, seed: seed)
    }
}
