import Fingerpost
import GuidelineStore

extension FreshGuidelines {
    /// Has the model of a run write guidelines for each input, as ``GuidelineGeneration`` does: whether the input is risky is
    /// asked first, and guidelines then. The answers are in the run's journal, so that they are asked for once.
    ///
    /// An input for which guidelines were asked and none could be read has no guidance; it is a failure of that input.
    public init(
        batch: BatchRun, prompts: PromptSet = .standard, options: GenerationOptions = GenerationOptions(),
        template: PromptTemplate = .guideAlign
    ) {
        self.init(model: batch.client.endpoint.model, template: template) { inputs in
            let generation = GuidelineGeneration(
                inputs: inputs.map { GenerationInput(id: $0.id, text: $0.query) }, prompts: prompts, options: options)
            let outcome = try await generation.run(batch)
            if outcome.stopped == .interrupted { throw CancellationError() }
            let guidelines = Dictionary(outcome.guidelines.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let positives = Dictionary(
                outcome.pairs.map { ($0.input.id, $0.positives) }, uniquingKeysWith: { first, _ in first })
            let aside = Dictionary(outcome.aside.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            var hasTold = false
            return try generation.inputs.map { input in
                let items = (positives[input.id] ?? []).compactMap { guidelines[$0] }.map { guideline in
                    Guidance.Item(
                        kind: guideline.kind, risk: guideline.risk, title: guideline.title, text: guideline.text)
                }
                let spent = try generation.spent(on: input, in: batch)
                guard items.isEmpty else { return .success(Written(guidelines: items, usage: spent.usage)) }
                if case .failure(let error) = outcome.stopped, !spent.isComplete {
                    // As a batch has it: why it ended, once, and then what it did not come to.
                    defer { hasTold = true }
                    return .failure(hasTold ? .notAsked : error)
                }
                guard let record = aside[input.id] else {
                    // Guidelines of its kind were not wanted.
                    return .success(Written(guidelines: [], usage: spent.usage))
                }
                let reason = record.refused.first?.reason.rawValue ?? "empty"
                return .failure(.noVerdict(problem: "no guideline can be read out of it (\(record.step): \(reason))"))
            }
        }
    }
}

extension GuidelineGeneration {
    /// What the answers about an input cost that are in the journal, and whether all are there that were asked for.
    func spent(on input: GenerationInput, in batch: BatchRun) throws -> (usage: ModelUsage, isComplete: Bool) {
        var usage = ModelUsage()
        func answer(_ request: ChatRequest) throws -> ChatAnswer? {
            let answer = batch.journal.answer(for: try request.key(model: batch.client.endpoint.model))
            if let answer { usage += ModelUsage(answer) }
            return answer
        }
        guard options.detectsRisks else {
            let answers = try kindsAsked.map {
                try answer(guidelineRequest(input, assessment: nil, isSafety: $0))
            }
            return (usage, !answers.contains { $0 == nil })
        }
        guard let detected = try answer(detectionRequest(input)) else { return (usage, false) }
        guard let verdict = try? Verdict(text: detected.text), kindsAsked.contains(verdict == .yes) else {
            return (usage, true)
        }
        let written = try answer(guidelineRequest(input, assessment: detected.text, isSafety: verdict == .yes))
        return (usage, written != nil)
    }
}
