/// Answers to many requests, through a client and a journal.
public struct BatchRun: Sendable {
    public let client: ChatClient
    public let journal: AnswerJournal

    /// Failures in a row, each after all its attempts, after which the rest is not asked.
    public var patience = 10

    public init(client: ChatClient, journal: AnswerJournal) {
        self.client = client
        self.journal = journal
    }

    public struct Progress: Sendable, Hashable {
        /// Distinct requests that are answered or have failed, of `total`.
        public var done: Int
        public var failed: Int
        public var total: Int
    }

    public struct Outcome: Sendable {
        /// For each request, in the order given, its answer or why there is none yet.
        public var results: [Result<ChatAnswer, GuideAlignError>]
        /// What ended the run before its time: a budget, a server that will not have the key or knows no such model, or
        /// ``BatchRun/patience`` failures in a row.
        public var stopped: GuideAlignError?
    }

    /// Asks for what the journal lacks, equal requests once. A request that fails is asked again by the next run.
    ///
    /// - Throws: `CancellationError`, and ``GuideAlignError`` when the journal cannot be written. Answers that came
    ///   before are in the journal.
    public func run(
        _ requests: [ChatRequest], progress: (@Sendable (Progress) -> Void)? = nil
    ) async throws -> Outcome {
        let model = client.endpoint.model
        let keys = try requests.map { try $0.key(model: model) }
        var seen: Set<String> = []
        var missing: [(key: String, request: ChatRequest)] = []
        for (key, request) in zip(keys, requests)
        where seen.insert(key).inserted && self.journal.answer(for: key) == nil {
            missing.append((key, request))
        }
        var failures: [String: GuideAlignError] = [:]
        var stopped: GuideAlignError?
        var failuresInARow = 0
        var state = Progress(done: seen.count - missing.count, failed: 0, total: seen.count)
        progress?(state)
        let (client, journal) = (client, journal)
        try await withThrowingTaskGroup(of: (String, GuideAlignError?).self) { group in
            var queue = missing.makeIterator()
            func start() {
                guard stopped == nil, let (key, request) = queue.next() else { return }
                group.addTask {
                    let answer: ChatAnswer
                    do { answer = try await client.complete(request) } catch let error as GuideAlignError {
                        return (key, error)
                    }
                    try journal.record(answer, for: key)
                    return (key, nil)
                }
            }
            for _ in 0..<max(1, client.policy.concurrency) { start() }
            while let (key, failure) = try await group.next() {
                if let failure {
                    failures[key] = failure
                    state.failed += 1
                    failuresInARow += 1
                    if failure.isHopeless || failuresInARow >= patience { stopped = stopped ?? failure }
                } else {
                    failuresInARow = 0
                }
                state.done += 1
                progress?(state)
                start()
            }
        }
        try journal.synchronize()
        let results = keys.map { key -> Result<ChatAnswer, GuideAlignError> in
            if let answer = journal.answer(for: key) { return .success(answer) }
            return .failure(failures[key] ?? .notAsked)
        }
        return Outcome(results: results, stopped: stopped)
    }
}
