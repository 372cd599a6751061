/// How inputs are augmented.
public struct AugmentationOptions: Sendable, Hashable {
    /// Inputs to make of each type.
    public var perType = 100
    /// The most that ROUGE-L may be between an input and any other that was kept, seeds among them.
    public var similarityLimit = 0.7
    /// Inputs that a request asks for; of longer answers the first are taken.
    public var perRequest = 6
    /// Requests of each type in a round. What a round has kept, the next one can continue.
    public var requestsPerRound = 4
    /// Rounds in a row in which nothing new came, after which a type is given up.
    public var patience = 5
    /// Decides which inputs are shown to the model. The same number and the same answers give the same inputs.
    public var randomSeed: UInt64 = 0
    public var form = PromptSet.Form.chat
    public var temperature: Double?
    public var seed: Int?
    public var maximumTokens = 512
    /// Lengths of an input in characters.
    public var lengths = 11...1_000

    public init() {}
}

/// An input that a model has written after others.
public struct AugmentedInput: Sendable, Hashable {
    public var id: String
    public var text: String
    public var type: String
    /// The round it came in, from 1; nil for a seed.
    public var round: Int?
}
