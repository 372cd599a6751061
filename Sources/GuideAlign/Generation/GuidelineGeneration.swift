import Fingerpost
import GuidelineStore

/// Has a model write guidelines for inputs (Luo et al., "Guide-Align", NAACL 2024, section 3.1).
///
/// An input is first judged: does it contain what is unsafe, may it lead to an unsafe answer? In the conversation of
/// that question the model then writes guidelines, about safety if so, about quality if not. Answers are read by
/// ``GuidelineLines``; what is refused is kept aside.
public struct GuidelineGeneration: Sendable {
    public let inputs: [GenerationInput]
    public let prompts: PromptSet
    public let options: GenerationOptions

    public init(
        inputs: [GenerationInput], prompts: PromptSet = .standard, options: GenerationOptions = GenerationOptions()
    ) {
        self.inputs = inputs
        self.prompts = prompts
        self.options = options
    }

    /// A request for guidelines for one input.
    private struct Wish {
        var input: Int
        var isSafety: Bool
        var request: ChatRequest
    }

    private enum Judgement {
        case verdict(Verdict, text: String)
        case none
        /// Not asked, or without an answer.
        case open
    }

    // MARK: Requests

    func detectionRequest(_ input: GenerationInput) -> ChatRequest {
        let question = prompts.detection(of: input.text, form: options.form)
        return ChatRequest(
            messages: question.messages, temperature: options.temperature ?? 0,
            maxTokens: options.maximumDetectionTokens, seed: options.seed, stop: question.stop)
    }

    func guidelineRequest(_ input: GenerationInput, assessment: String?, isSafety: Bool) -> ChatRequest {
        let question = prompts.guidelines(
            for: input.text, assessment: assessment, isSafety: isSafety, type: input.type, form: options.form)
        return ChatRequest(
            messages: question.messages, temperature: options.temperature ?? 0.7, maxTokens: options.maximumTokens,
            seed: options.seed, stop: question.stop)
    }

    /// The kinds that are asked for without a verdict.
    var kindsAsked: [Bool] {
        switch options.kinds {
        case .safety: [true]
        case .quality: [false]
        case .both: [true, false]
        }
    }

    // MARK: The run

    /// Asks for what the journal lacks, and puts all answers together. What a run does not come to, the next one does.
    ///
    /// - Throws: ``GuideAlignError`` where the journal cannot be used or a request makes no sense. That the run ended
    ///   before its time is an outcome: ``GenerationOutcome/incompleteness``.
    public func run(
        _ batch: BatchRun, progress: (@Sendable (GenerationProgress) -> Void)? = nil
    ) async throws -> GenerationOutcome {
        var outcome = GenerationOutcome()
        outcome.inputCount = inputs.count
        var aside: [(input: Int, record: AsideRecord)] = []
        var open: Set<Int> = []
        let judgements = try await judge(batch, &outcome, &aside, &open, progress)
        try await write(judgements, batch, &outcome, &aside, &open, progress)
        outcome.leftCount = open.count
        outcome.aside = aside.enumerated().sorted { one, other in
            (one.element.input, one.offset) < (other.element.input, other.offset)
        }.map(\.element.record)
        for record in outcome.aside {
            for line in record.refused { outcome.refused[line.reason, default: 0] += 1 }
        }
        return outcome
    }

    private func judge(
        _ batch: BatchRun, _ outcome: inout GenerationOutcome, _ aside: inout [(input: Int, record: AsideRecord)],
        _ open: inout Set<Int>, _ progress: (@Sendable (GenerationProgress) -> Void)?
    ) async throws -> [Judgement]? {
        guard options.detectsRisks else { return nil }
        let stage = try await batch.stage(inputs.map(detectionRequest)) {
            progress?(GenerationProgress(stage: .detecting, done: $0.done, total: $0.total))
        }
        outcome.stopped = stage.stopped
        var judgements: [Judgement] = []
        for (index, result) in stage.results.enumerated() {
            guard let answer = take(result, index, .detection, &outcome, &aside, &open) else {
                judgements.append(.open)
                continue
            }
            // A model that goes on with the next example has answered before it.
            let text =
                options.form == .completion
                ? String(answer.text[..<(answer.text.range(of: "\nInput:")?.lowerBound ?? answer.text.endIndex)])
                : answer.text
            do throws(GuideAlignError) {
                let verdict = try Verdict(text: text)
                if verdict == .yes { outcome.riskyCount += 1 } else { outcome.safeCount += 1 }
                judgements.append(.verdict(verdict, text: text))
            } catch {
                outcome.noVerdictCount += 1
                let reason: RefusalReason = GuidelineCheck.isRefusal(answer.text) ? .refusal : .noVerdict
                aside.append(
                    (
                        index,
                        AsideRecord(
                            id: inputs[index].id, step: .detection,
                            refused: [RefusedLine(line: answer.text, reason: reason)], used: 0, answer: answer)
                    ))
                judgements.append(.none)
            }
        }
        return judgements
    }

    private func write(
        _ judgements: [Judgement]?, _ batch: BatchRun, _ outcome: inout GenerationOutcome,
        _ aside: inout [(input: Int, record: AsideRecord)], _ open: inout Set<Int>,
        _ progress: (@Sendable (GenerationProgress) -> Void)?
    ) async throws {
        var wishes: [Wish] = []
        for (index, input) in inputs.enumerated() {
            if let judgements {
                guard case .verdict(let verdict, let text) = judgements[index] else { continue }
                let isSafety = verdict == .yes
                guard kindsAsked.contains(isSafety) else {
                    outcome.unwantedCount += 1
                    continue
                }
                let request = guidelineRequest(input, assessment: text, isSafety: isSafety)
                wishes.append(Wish(input: index, isSafety: isSafety, request: request))
            } else {
                for isSafety in kindsAsked {
                    let request = guidelineRequest(input, assessment: nil, isSafety: isSafety)
                    wishes.append(Wish(input: index, isSafety: isSafety, request: request))
                }
            }
        }
        // After a stop nothing more is asked; answers of earlier runs still count.
        let stage =
            outcome.stopped == nil
            ? try await batch.stage(wishes.map(\.request)) {
                progress?(GenerationProgress(stage: .writing, done: $0.done, total: $0.total))
            } : try batch.known(wishes.map(\.request))
        outcome.stopped = outcome.stopped ?? stage.stopped
        var collector = GuidelineCollector(options: options, prompts: prompts, model: batch.client.endpoint.model)
        var found: [(entry: GuidelineLines.Entry, isSafety: Bool)] = []
        let examples = prompts.exampleTexts
        for (place, wish) in wishes.enumerated() {
            let step: AsideRecord.Step = wish.isSafety ? .safety : .quality
            if let answer = take(stage.results[place], wish.input, step, &outcome, &aside, &open) {
                var read = answer
                if options.form == .completion, let next = answer.text.range(of: "\nInput:") {
                    read.text = String(answer.text[..<next.lowerBound])
                    read.finishReason = "stop"
                }
                let lines = GuidelineLines(
                    read, input: inputs[wish.input].text, examples: examples, limits: options.limits)
                found += lines.accepted.map { ($0, wish.isSafety) }
                outcome.writtenCount += lines.accepted.count
                if !lines.refused.isEmpty {
                    let record = AsideRecord(
                        id: inputs[wish.input].id, step: step, refused: lines.refused, used: lines.accepted.count,
                        answer: answer)
                    aside.append((wish.input, record))
                }
            }
            // The guidelines of an input together, whatever the number of requests.
            guard place + 1 == wishes.count || wishes[place + 1].input != wish.input else { continue }
            let positives = collector.add(found, from: inputs[wish.input])
            if !positives.isEmpty {
                outcome.pairs.append(GenerationOutcome.Pair(input: inputs[wish.input], positives: positives))
            }
            found = []
        }
        outcome.guidelines = collector.guidelines
    }

    /// The answer, if there is one; what there is instead is noted.
    private func take(
        _ result: Result<ChatAnswer, GuideAlignError>, _ index: Int, _ step: AsideRecord.Step,
        _ outcome: inout GenerationOutcome, _ aside: inout [(input: Int, record: AsideRecord)], _ open: inout Set<Int>
    ) -> ChatAnswer? {
        switch result {
        case .success(let answer):
            outcome.answerCount += 1
            outcome.tokens.add(answer)
            return answer
        case .failure(.notAsked):
            open.insert(index)
        case .failure(let error) where outcome.stopped != nil && error.isPassing:
            open.insert(index)
        case .failure(let error):
            outcome.unansweredCount += 1
            let record = AsideRecord(
                id: inputs[index].id, step: step, refused: [RefusedLine(line: "", reason: .unanswered)], used: 0,
                answer: nil, problem: error.description)
            aside.append((index, record))
        }
        return nil
    }
}
