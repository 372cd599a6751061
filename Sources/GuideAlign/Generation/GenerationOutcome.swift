import GuidelineStore

/// What a generation has come to. The same inputs and answers give the same outcome, in whatever order they came.
public struct GenerationOutcome: Sendable {
    /// An input and the guidelines it led to.
    public struct Pair: Sendable, Hashable {
        public var input: GenerationInput
        public var positives: [String]

        /// `{"id","query","positives"}`, on a line.
        public var jsonText: String {
            var bytes: [UInt8] = []
            JSONValue.appendObject(
                [
                    ("id", .string(input.id)), ("query", .string(input.text)),
                    ("positives", .array(positives.map(JSONValue.string))),
                ], to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Drafts, each once, in the order in which the inputs led to them.
    public var guidelines: [Guideline] = []
    /// Inputs that led to guidelines, in their order.
    public var pairs: [Pair] = []
    /// In the order of the inputs.
    public var aside: [AsideRecord] = []

    public var inputCount = 0
    public var riskyCount = 0
    public var safeCount = 0
    /// Inputs whose answer about risks had no verdict.
    public var noVerdictCount = 0
    /// Inputs for which nothing was asked, since guidelines of their kind were not wanted.
    public var unwantedCount = 0
    /// Guidelines in all answers, repeated ones too.
    public var writtenCount = 0
    /// Parts of answers that were refused, and inputs without an answer, by reason.
    public var refused: [RefusalReason: Int] = [:]
    /// Inputs for which a request failed, though not the run; they are asked for again by the next.
    public var unansweredCount = 0
    /// Inputs that the run did not come to.
    public var leftCount = 0
    /// Answers that this is made of, and what they cost.
    public var answerCount = 0
    public var tokens = TokenCount()
    /// Why the run ended before its time.
    var stopped: BatchRun.StageStop?

    /// Whether every input was asked for, so that the next run has only failed requests left.
    public var isComplete: Bool { stopped == nil && leftCount == 0 }
    /// Whether there is not one guideline though there were answers that should have held some.
    public var isFailure: Bool { guidelines.isEmpty && !refused.isEmpty }

    /// What is to be said of a run that ended before its time.
    public var incompleteness: GuideAlignError? {
        guard !isComplete else { return nil }
        let left = "\(leftCount) of \(inputCount) inputs are left"
        switch stopped {
        case .failure(let error): return .incomplete(left: left, reason: error.description)
        case .interrupted, nil: return .incomplete(left: left, reason: "the run was interrupted.")
        }
    }
}
