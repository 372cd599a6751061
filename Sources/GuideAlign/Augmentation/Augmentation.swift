import Fingerpost
import Platform

/// Has a model continue lists of inputs, so that few seeds become many inputs (Luo et al., "Guide-Align", NAACL 2024;
/// Wang et al., "Self-Instruct", ACL 2023).
///
/// In rounds: each request shows two seeds and two inputs that were written before, or four seeds at first, and asks
/// for more. An input is kept if its ROUGE-L with every one kept before, of all types, is at most the limit: what is
/// much like another leads to the same guidelines and costs as much. A round's requests are chosen before it begins and
/// its answers read in a fixed order, so that nothing depends on which answer came first.
public struct Augmentation: Sendable {
    public let types: [AttackType]
    public let prompts: PromptSet
    public let options: AugmentationOptions

    public init(
        types: [AttackType] = AttackType.standard, prompts: PromptSet = .standard,
        options: AugmentationOptions = AugmentationOptions()
    ) {
        self.types = types
        self.prompts = prompts
        self.options = options
    }

    private struct State {
        var type: AttackType
        var kept: [AugmentedInput] = []
        var similar = 0
        var refused = 0
        var fruitless = 0
        var isActive: Bool
    }

    /// Runs until each type has its inputs, or is given up.
    ///
    /// A request that failed for a reason that may pass ends the run, since what is asked next depends on its answer;
    /// one that the server will not answer counts as an answer without inputs.
    ///
    /// - Throws: ``GuideAlignError`` where the journal cannot be used or a request makes no sense.
    public func run(
        _ batch: BatchRun, progress: (@Sendable (GenerationProgress) -> Void)? = nil
    ) async throws -> AugmentationOutcome {
        var outcome = AugmentationOutcome()
        var filter = RougeFilter(limit: options.similarityLimit)
        var states = types.map { State(type: $0, isActive: options.perType > 0 && !$0.seeds.isEmpty) }
        outcome.wantedCount = options.perType * states.count
        for type in types {
            for seed in type.seeds {
                _ = filter.keep(seed)
                outcome.seeds.append(
                    AugmentedInput(id: GenerationInput.derivedID(seed), text: seed, type: type.name, round: nil))
            }
        }
        var asked: [PromptSet.Question: Int] = [:]
        while states.contains(where: \.isActive) {
            outcome.rounds += 1
            let requests = requests(of: outcome.rounds, states, &asked)
            let stage = try await batch.stage(requests.map(\.request))
            if let stop = stage.stopped ?? Self.passingFailure(stage.results) {
                // What a part of a round has brought is for the next run to read, together with the rest of it.
                outcome.rounds -= 1
                outcome.stopped = stop
                break
            }
            var before = states.map(\.kept.count)
            for (place, result) in stage.results.enumerated() {
                let (index, number, _) = requests[place]
                let id = "\(states[index].type.name)/\(outcome.rounds)/\(number + 1)"
                read(result, id, &states[index], &filter, &outcome)
            }
            for index in states.indices where states[index].isActive {
                before[index] = states[index].kept.count - before[index]
                states[index].fruitless = before[index] == 0 ? states[index].fruitless + 1 : 0
                if states[index].kept.count >= options.perType || states[index].fruitless >= options.patience {
                    states[index].isActive = false
                }
            }
            let count = states.reduce(0) { $0 + $1.kept.count }
            progress?(GenerationProgress(stage: .augmenting, done: count, total: outcome.wantedCount))
        }
        outcome.inputs = states.flatMap(\.kept)
        outcome.comparisonCount = filter.comparisons
        outcome.types = states.map { state in
            AugmentationOutcome.TypeCount(
                type: state.type.name, seeds: state.type.seeds.count, kept: state.kept.count, similar: state.similar,
                refused: state.refused, isExhausted: outcome.stopped == nil && state.kept.count < options.perType)
        }
        return outcome
    }

    // MARK: Requests

    private func requests(
        of round: Int, _ states: [State], _ asked: inout [PromptSet.Question: Int]
    ) -> [(index: Int, number: Int, request: ChatRequest)] {
        var requests: [(index: Int, number: Int, request: ChatRequest)] = []
        for (index, state) in states.enumerated() where state.isActive {
            for number in 0..<options.requestsPerRound {
                let question = question(round: round, number: number, type: state.type, kept: state.kept)
                // The same question once more is to have another answer.
                let sample = asked[question, default: 0]
                asked[question] = sample + 1
                let request = ChatRequest(
                    messages: question.messages, temperature: options.temperature ?? 1,
                    maxTokens: options.maximumTokens, seed: options.seed.map { $0 &+ sample }, stop: question.stop,
                    sample: sample)
                requests.append((index, number, request))
            }
        }
        return requests
    }

    /// The request that shows the model what there is of a type.
    func question(round: Int, number: Int, type: AttackType, kept: [AugmentedInput]) -> PromptSet.Question {
        // A type's draws do not depend on which other types there are.
        var hash = SHA256()
        hash.update("\(options.randomSeed)/\(type.name)/\(round)/\(number)")
        let state = hash.finalize().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var generator = SplitMix64(seed: state)
        let seeds = type.seeds.shuffled(using: &generator)
        let written = kept.isEmpty ? [] : Self.sample(2, of: kept, using: &generator).map(\.text)
        let list = Array(seeds.prefix(4 - written.count)) + written
        return prompts.continuation(of: list, count: options.perRequest, type: type.name, form: options.form)
    }

    private static func sample(
        _ count: Int, of items: [AugmentedInput], using generator: inout SplitMix64
    ) -> [AugmentedInput] {
        var places: [Int] = []
        while places.count < min(count, items.count) {
            let place = Int.random(in: 0..<items.count, using: &generator)
            if !places.contains(place) { places.append(place) }
        }
        return places.map { items[$0] }
    }

    // MARK: Answers

    private static func passingFailure(_ results: [Result<ChatAnswer, GuideAlignError>]) -> BatchRun.StageStop? {
        for case .failure(let error) in results where error.isPassing { return .failure(error) }
        return nil
    }

    private func read(
        _ result: Result<ChatAnswer, GuideAlignError>, _ id: String, _ state: inout State,
        _ filter: inout RougeFilter, _ outcome: inout AugmentationOutcome
    ) {
        let answer: ChatAnswer
        switch result {
        case .success(let found): answer = found
        case .failure(let error):
            outcome.refused[.unanswered, default: 0] += 1
            outcome.aside.append(
                AsideRecord(
                    id: id, step: .augmentation, refused: [RefusedLine(line: "", reason: .unanswered)], used: 0,
                    answer: nil, problem: error.description))
            return
        }
        outcome.answerCount += 1
        outcome.tokens.add(answer)
        let lines = InputLines(answer, limit: options.perRequest, lengths: options.lengths, form: options.form)
        var used = 0
        for text in lines.accepted where state.kept.count < options.perType {
            guard filter.keep(text) else {
                state.similar += 1
                outcome.refused[.similar, default: 0] += 1
                continue
            }
            used += 1
            state.kept.append(
                AugmentedInput(
                    id: GenerationInput.derivedID(text), text: text, type: state.type.name, round: outcome.rounds))
        }
        guard !lines.refused.isEmpty else { return }
        state.refused += lines.refused.count
        for line in lines.refused { outcome.refused[line.reason, default: 0] += 1 }
        outcome.aside.append(
            AsideRecord(id: id, step: .augmentation, refused: lines.refused, used: used, answer: answer))
    }
}
