import Fingerpost

/// What a run would ask, and about what it would cost.
public struct RunPreview: Sendable, Hashable {
    /// A request as it would be sent.
    public struct Prompt: Sendable, Hashable {
        public var step: AsideRecord.Step
        public var messages: [ChatMessage]
    }

    /// The prompts of the first input, or of the first request of the first type.
    public var prompts: [Prompt] = []
    /// Requests at most.
    public var requests = 0
    /// Tokens of all prompts, by ``TokenCounter/estimate``.
    public var promptTokens = 0
    /// Tokens of all answers, at the lengths that answers of good models have.
    public var completionTokens = 0

    mutating func count(_ messages: [ChatMessage], times: Int = 1, answer: Int) {
        requests += times
        promptTokens += times * messages.reduce(0) { $0 + TokenCounter.estimate.count($1.content) + 4 }
        completionTokens += times * answer
    }
}

extension GuidelineGeneration {
    /// What stands for an answer that nobody has given yet.
    private static let unknownAssessment = "(what the model says about the two criteria)\nVerdict: "

    /// The prompts for the first input, and an estimate for all: judgements of 60 tokens, guidelines of 300.
    public func preview() -> RunPreview {
        var preview = RunPreview()
        for (index, input) in inputs.enumerated() {
            if options.detectsRisks {
                let messages = detectionRequest(input).messages
                preview.count(messages, answer: 60)
                if index == 0 { preview.prompts.append(.init(step: .detection, messages: messages)) }
            }
            for (number, isSafety) in kindsAsked.enumerated() {
                let assessment = options.detectsRisks ? Self.unknownAssessment + (isSafety ? "Yes" : "No") : nil
                let messages = guidelineRequest(input, assessment: assessment, isSafety: isSafety).messages
                // After a verdict, one of the two is asked for.
                if !options.detectsRisks || number == 0 { preview.count(messages, answer: 300) }
                if index == 0 {
                    preview.prompts.append(.init(step: isSafety ? .safety : .quality, messages: messages))
                }
            }
        }
        return preview
    }
}

extension Augmentation {
    /// The first prompt of the first type, and an estimate for all, at inputs of 25 tokens of which two in three are
    /// kept.
    public func preview() -> RunPreview {
        var preview = RunPreview()
        for (index, type) in types.enumerated() {
            let messages = question(round: 1, number: 0, type: type, kept: []).messages
            let kept = max(1, options.perRequest * 2 / 3)
            preview.count(
                messages, times: (options.perType + kept - 1) / kept, answer: 25 * options.perRequest)
            if index == 0 { preview.prompts.append(.init(step: .augmentation, messages: messages)) }
        }
        return preview
    }
}
