extension BatchRun {
    /// What was read out of answers, and what could not be.
    public struct ReadOutcome<Value: Sendable>: Sendable {
        /// For each request, in the order given.
        public var results: [Result<ReadAnswer<Value>, UnreadAnswer>]
        /// Answers that could not be read, those included after which another one could.
        public var malformed: Int
        /// As ``BatchRun/Outcome/stopped``.
        public var stopped: GuideAlignError?
    }

    /// Asks, reads the answers, and asks again where one cannot be read: as another ``ChatRequest/sample``, with the next
    /// seed where there is one. What still cannot be read is handed back with its text, so that it can be kept aside.
    ///
    /// - Parameters:
    ///   - requests: what is asked; equal requests are asked once.
    ///   - tries: how many answers are asked for at most until one can be read.
    ///   - progress: told how many requests are settled, and of how many.
    ///   - read: throws for an answer that is not as was asked for.
    /// - Throws: As ``run(_:progress:)``.
    public func run<Value: Sendable>(
        _ requests: [ChatRequest], tries: Int, progress: (@Sendable (_ settled: Int, _ total: Int) -> Void)? = nil,
        read: (ChatAnswer) throws(GuideAlignError) -> Value
    ) async throws -> ReadOutcome<Value> {
        var results = [Result<ReadAnswer<Value>, UnreadAnswer>?](repeating: nil, count: requests.count)
        var outcome = ReadOutcome<Value>(results: [], malformed: 0, stopped: nil)
        var pending = Array(requests.indices)
        for attempt in 0..<max(1, tries) where !pending.isEmpty && outcome.stopped == nil {
            let settled = requests.count - pending.count
            let share = pending.count
            let asked = pending.map { place in
                var request = requests[place]
                request.sample += attempt
                // A server that heeds seeds would give the same answer again.
                request.seed = request.seed.map { $0 &+ attempt }
                return request
            }
            var report: (@Sendable (Progress) -> Void)?
            if let progress {
                let total = requests.count
                report = { progress(settled + $0.done * share / max(1, $0.total), total) }
            }
            let round: Outcome = try await run(asked, progress: report)
            outcome.stopped = round.stopped
            var unread: [Int] = []
            for (place, result) in zip(pending, round.results) {
                switch result {
                case .failure(let error):
                    // An earlier answer that could not be read tells more than that there was no time for another.
                    if results[place] == nil || error != GuideAlignError.notAsked {
                        results[place] = .failure(UnreadAnswer(error: error, answer: nil))
                    }
                case .success(let answer):
                    do throws(GuideAlignError) {
                        let value = try read(answer)
                        results[place] = .success(ReadAnswer(value: value, answer: answer, tries: attempt + 1))
                    } catch {
                        outcome.malformed += 1
                        results[place] = .failure(UnreadAnswer(error: error, answer: answer))
                        unread.append(place)
                    }
                }
            }
            pending = unread
        }
        outcome.results = results.map { $0 ?? .failure(UnreadAnswer(error: .notAsked, answer: nil)) }
        return outcome
    }
}

/// An answer, and what it says.
public struct ReadAnswer<Value: Sendable>: Sendable {
    public var value: Value
    public var answer: ChatAnswer
    /// Which of the answers asked for it was, from 1.
    public var tries: Int
}

/// Why there is no answer that can be used, and the last one that cannot, if one came.
public struct UnreadAnswer: Error, Sendable, Hashable {
    public var error: GuideAlignError
    public var answer: ChatAnswer?
}
