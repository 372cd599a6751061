/// How guidelines are generated.
public struct GenerationOptions: Sendable, Hashable {
    /// Which guidelines are asked for.
    public enum Kinds: String, Sendable, Hashable, CaseIterable {
        /// About safety, for inputs that are risky.
        case safety
        /// About quality, for inputs that are not.
        case quality
        case both
    }

    public var kinds = Kinds.both
    /// Whether the model is first asked if an input is risky. If not, all guidelines that ``kinds`` says are asked for,
    /// for every input.
    public var detectsRisks = true
    public var form = PromptSet.Form.chat
    /// Inputs that a guideline gets as its examples, the first that led to it.
    public var maximumExamples = 1
    /// Longest input that becomes an example, in bytes: an encoder reads the beginning only.
    public var longestExample = 1_000
    /// Inputs whose ids are listed in `source.inputs`; `support` counts all.
    public var maximumInputs = 32
    public var limits = GuidelineLimits()
    /// Of the request for guidelines. Risks are asked for at 0, unless this says otherwise.
    public var temperature: Double?
    public var seed: Int?
    /// Longest answers, in tokens.
    public var maximumDetectionTokens = 256
    public var maximumTokens = 1_024

    public init() {}
}

/// How far a generation is.
public struct GenerationProgress: Sendable, Hashable {
    public enum Stage: String, Sendable, Hashable { case detecting, writing, augmenting }
    public var stage: Stage
    public var done: Int
    public var total: Int
}
