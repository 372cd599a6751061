import Fingerpost
import GuideAlign
import Guardrails

/// Has a model write guidelines for the examples of gaps, as `generate` does for inputs.
struct ModelGapDrafter: GapDrafter {
    let batch: BatchRun
    let requests: RequestOptions
    var progress: (@Sendable (GenerationProgress) -> Void)?

    init(
        batch: BatchRun, requests: RequestOptions, progress: (@Sendable (GenerationProgress) -> Void)? = nil
    ) {
        (self.batch, self.requests, self.progress) = (batch, requests, progress)
    }

    func drafts(for gaps: [GapReport.Gap]) async throws -> [Guideline] {
        guard !gaps.isEmpty else { return [] }
        let inputs = gaps.flatMap { gap in
            gap.examples.enumerated().map { number, example in
                GenerationInput(id: "\(gap.id)/\(number + 1)", text: example.text)
            }
        }
        var options = GenerationOptions()
        // The examples of the gap take the place of those that led to a guideline.
        options.maximumExamples = 0
        options.temperature = requests.temperature
        options.seed = requests.seed
        let outcome = try await GuidelineGeneration(inputs: inputs, options: options).run(batch, progress: progress)
        try batch.journal.close()
        if let error = outcome.incompleteness { throw error }
        guard !outcome.isFailure else {
            throw GuideAlignError.nothingGenerated(
                problem: "of \(Format.count(outcome.answerCount, "answer")) none held a guideline")
        }
        var gapOf: [String: GapReport.Gap] = [:]
        for pair in outcome.pairs {
            let id = pair.input.id.prefix { $0 != "/" }
            guard let gap = gaps.first(where: { $0.id == id }) else { continue }
            // One that the model wrote for several gaps is the first one's.
            for guideline in pair.positives where gapOf[guideline] == nil { gapOf[guideline] = gap }
        }
        let drafts = outcome.guidelines.compactMap { guideline -> (place: Int, guideline: Guideline)? in
            guard let gap = gapOf[guideline.id], let place = gaps.firstIndex(of: gap) else { return nil }
            var draft = guideline
            draft.severity = gap.severity
            draft.examples = gap.examples.map(\.text)
            draft.source["gap"] = .string(gap.id)
            return (place, draft)
        }
        // In the order of the gaps, those of a gap in the order in which they were written.
        return drafts.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element.guideline)
    }
}
