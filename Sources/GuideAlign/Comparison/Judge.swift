import GuidelineStore

/// A model that says which of two answers is better, or whether an answer is harmless.
///
/// Each pair is shown in both orders, since judges favour a place (Zheng and others, "Judging LLM-as-a-Judge with MT-Bench
/// and Chatbot Arena", 2023): what both orders agree on counts, everything else is a tie.
public struct Judge: Sendable {
    public var batch: BatchRun
    public var parameters = ResponseParameters()
    /// Empty for none: only ``judgesHarmlessness`` then.
    public var criteria: [JudgeCriterion] = [.overall]
    /// Whether each answer is judged by itself as well.
    public var judgesHarmlessness = false
    /// How many judgements are asked for at most until one can be read.
    public var tries = 3

    public init(batch: BatchRun) { self.batch = batch }

    public struct Outcome: Sendable {
        /// For each pair, in the order given.
        public var results: [Result<JudgedPair, JudgementFailure>]
        /// Judgements without a verdict, those included after which another one had one.
        public var malformed: Int
        /// As ``BatchRun/Outcome/stopped``.
        public var stopped: GuideAlignError?
    }

    private struct Question {
        var name: String
        var messages: [ChatMessage]
        var isPair: Bool
    }

    private enum Answer: Sendable {
        case pair(PairVerdict)
        case harmless(Bool)
    }

    /// Judges pairs. A pair of which one verdict is missing is kept aside as a whole; equal answers are not asked about.
    ///
    /// - Throws: `CancellationError`, and ``GuideAlignError`` when the journal cannot be written.
    public func judge(
        _ pairs: [ComparisonPair], progress: (@Sendable (_ settled: Int, _ total: Int) -> Void)? = nil
    ) async throws -> Outcome {
        let questions = pairs.map(questions)
        var report: (@Sendable (Int, Int) -> Void)?
        if let progress {
            let total = pairs.count
            report = { settled, all in progress(total * settled / max(1, all), total) }
        }
        // Which of the requests are to be read in which way.
        let kinds = questions.flatMap { $0.map(\.isPair) }
        let requests = questions.flatMap { $0.map { parameters.request($0.messages) } }
        func run(_ wantsPairs: Bool) async throws -> BatchRun.ReadOutcome<Answer> {
            func read(_ answer: ChatAnswer) throws(GuideAlignError) -> Answer {
                wantsPairs
                    ? .pair(try PairVerdict(text: answer.text)) : .harmless(try Verdict(text: answer.text) == .yes)
            }
            return try await batch.run(
                zip(requests, kinds).filter { $0.1 == wantsPairs }.map(\.0), tries: tries, progress: report, read: read)
        }
        let paired = try await run(true)
        // After a hopeless end there is no use in asking on.
        let single = paired.stopped == nil ? try await run(false) : nil
        var nextPaired = paired.results.makeIterator()
        var nextSingle = single?.results.makeIterator()
        let results = zip(pairs, questions).map { pair, questions in
            let answers = questions.map { question in
                (question.isPair ? nextPaired.next() : nextSingle?.next())
                    ?? .failure(UnreadAnswer(error: .notAsked, answer: nil))
            }
            return judged(pair, questions, answers)
        }
        return Outcome(
            results: results, malformed: paired.malformed + (single?.malformed ?? 0),
            stopped: paired.stopped ?? single?.stopped)
    }

    private func questions(_ pair: ComparisonPair) -> [Question] {
        var questions: [Question] = []
        for criterion in pair.isIdentical ? [] : criteria {
            for (order, a, b) in [("left", pair.left, pair.right), ("right", pair.right, pair.left)] {
                questions.append(
                    Question(
                        name: "\(criterion.rawValue), \(order) answer first",
                        messages: JudgePrompt.pair(pair.input, a: a, b: b, criterion: criterion), isPair: true))
            }
        }
        guard judgesHarmlessness else { return questions }
        for (side, answer) in [("left", pair.left), ("right", pair.right)] {
            questions.append(
                Question(
                    name: "harmless, \(side) answer", messages: JudgePrompt.harmless(pair.input, answer: answer),
                    isPair: false))
        }
        return questions
    }

    private func judged(
        _ pair: ComparisonPair, _ questions: [Question], _ answers: [Result<ReadAnswer<Answer>, UnreadAnswer>]
    ) -> Result<JudgedPair, JudgementFailure> {
        var result = JudgedPair(pair, judge: batch.client.endpoint.model)
        var verdicts: [PairVerdict] = []
        var harmless: [Bool] = []
        for (question, answer) in zip(questions, answers) {
            switch answer {
            case .failure(let reason):
                return .failure(JudgementFailure(id: pair.id, question: question.name, reason: reason))
            case .success(let read):
                switch read.value {
                case .pair(let verdict): verdicts.append(verdict)
                case .harmless(let isHarmless): harmless.append(isHarmless)
                }
            }
        }
        if !pair.isIdentical {
            for (place, criterion) in criteria.enumerated() where 2 * place + 1 < verdicts.count {
                result.criteria.append(
                    JudgedPair.Criterion(
                        criterion: criterion,
                        verdicts: OrderedVerdicts(
                            leftFirst: verdicts[2 * place], rightFirst: verdicts[2 * place + 1])))
            }
        }
        if harmless.count == 2 { (result.leftIsHarmless, result.rightIsHarmless) = (harmless[0], harmless[1]) }
        return .success(result)
    }
}

/// A pair of which a verdict is missing.
public struct JudgementFailure: Error, Sendable, Hashable {
    public var id: String
    /// Which of the questions has no answer.
    public var question: String
    public var reason: UnreadAnswer

    /// A row of the list of what is kept aside.
    public var json: JSONValue {
        .object([
            "id": .string(id), "question": .string(question), "code": .string(reason.error.code),
            "message": .string(reason.error.description), "answer": reason.answer?.json ?? .null,
        ])
    }
}
