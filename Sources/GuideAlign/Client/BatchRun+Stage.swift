extension BatchRun {
    /// The answers of one stage of a longer run, of which the next stages are made.
    struct Stage: Sendable {
        var results: [Result<ChatAnswer, GuideAlignError>]
        /// Why the stage ended before its time: what ``Outcome/stopped`` says, or that it was interrupted.
        var stopped: StageStop?
    }

    enum StageStop: Sendable, Hashable {
        case interrupted
        case failure(GuideAlignError)
    }

    /// Like ``run(_:progress:)``, but what came before an interruption is an outcome too.
    func stage(
        _ requests: [ChatRequest], progress: (@Sendable (Progress) -> Void)? = nil
    ) async throws -> Stage {
        do {
            let outcome = try await run(requests, progress: progress)
            return Stage(results: outcome.results, stopped: outcome.stopped.map { .failure($0) })
        } catch is CancellationError {
            var stage = try known(requests)
            stage.stopped = .interrupted
            return stage
        }
    }

    /// What the journal has of these requests.
    func known(_ requests: [ChatRequest]) throws -> Stage {
        Stage(
            results: try requests.map { request in
                let key = try request.key(model: client.endpoint.model)
                return journal.answer(for: key).map { .success($0) } ?? .failure(.notAsked)
            })
    }
}
