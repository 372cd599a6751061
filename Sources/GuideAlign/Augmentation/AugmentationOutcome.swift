import GuidelineStore

/// What an augmentation has come to. The same seeds, options and answers give the same outcome.
public struct AugmentationOutcome: Sendable {
    public struct TypeCount: Sendable, Hashable {
        public var type: String
        public var seeds: Int
        public var kept: Int
        /// Inputs that were read and are too much like others.
        public var similar: Int
        /// Parts of answers that are no inputs.
        public var refused: Int
        /// Whether the type was given up before it had as many as were asked for.
        public var isExhausted: Bool
    }

    /// By type in the order of the types, then as they came. Without seeds.
    public var inputs: [AugmentedInput] = []
    public var seeds: [AugmentedInput] = []
    public var types: [TypeCount] = []
    public var rounds = 0
    public var aside: [AsideRecord] = []
    /// Parts of answers that were refused, by reason; those that are too much like others are `similar`.
    public var refused: [RefusalReason: Int] = [:]
    public var answerCount = 0
    public var tokens = TokenCount()
    /// How many pairs of texts were compared in full.
    public var comparisonCount = 0
    /// Inputs asked for in all.
    public var wantedCount = 0
    var stopped: BatchRun.StageStop?

    public var isComplete: Bool { stopped == nil }

    /// What is to be said of a run that ended before its time.
    public var incompleteness: GuideAlignError? {
        let left = "\(inputs.count) of \(wantedCount) inputs were written so far"
        return switch stopped {
        case .failure(let error): .incomplete(left: left, reason: error.description)
        case .interrupted: .incomplete(left: left, reason: "the run was interrupted.")
        case nil: nil
        }
    }

    /// The lines of the output: inputs, and before them the seeds if they are wanted.
    public func lines(model: String, prompts: PromptSet, includingSeeds: Bool) -> [String] {
        ((includingSeeds ? seeds : []) + inputs).map { input in
            var source: [String: JSONValue] = ["type": .string("seed")]
            if let round = input.round {
                source = [
                    "type": .string("llm"), "model": .string(model), "prompts": .string(prompts.version),
                    "promptHash": .string(String(prompts.hash.prefix(16))), "round": .integer(round),
                ]
            }
            var bytes: [UInt8] = []
            JSONValue.appendObject(
                [
                    ("id", .string(input.id)), ("text", .string(input.text)), ("type", .string(input.type)),
                    ("source", .object(source)),
                ], to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
