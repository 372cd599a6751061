import Dispatch
import Fingerpost
import GuidelineStore
import Platform

extension Rails {
    /// Checks a text on the calling thread. Slow checks run beside it.
    ///
    /// Nothing is thrown: a check that fails, or has no answer by the deadline, says so in its result, and its failure policy
    /// decides what that means. A check that is running on the calling thread when the deadline passes ends first, and its
    /// answer counts.
    ///
    /// - Parameters:
    ///   - rail: where in a conversation the text stands; checks that do not belong there are left out.
    ///   - deadline: how long the caller waits; nil for as long as it takes. In a task use the asynchronous form: this one
    ///     holds its thread while a ``Judge`` answers, and where all threads of tasks are held, no judge ever does.
    public func check(
        _ text: String, rail: DecisionRecord.Rail = .input, deadline: Duration? = nil
    ) -> Decision {
        let clock = ContinuousClock()
        let start = clock.now
        return decide(text, rail: rail, start: start, deadline: deadline.map { start + $0 }) { _ in true }
    }

    /// Checks a text; no thread of the caller's waits for slow checks.
    public func check(
        _ text: String, rail: DecisionRecord.Rail = .input, deadline: Duration? = nil
    ) async -> Decision {
        let start = ContinuousClock.now
        let until = deadline.map { start + $0 }
        guard checks.contains(where: { $0.check.isSlow && $0.rails.contains(rail) }) else {
            return decide(text, rail: rail, start: start, deadline: until) { _ in true }
        }
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: decide(text, rail: rail, start: start, deadline: until) { _ in true })
            }
        }
    }

    /// A decision by some of the checks.
    func decide(
        _ text: String, rail: DecisionRecord.Rail, start: ContinuousClock.Instant, deadline: ContinuousClock.Instant?,
        _ isWanted: (GuardedCheck) -> Bool
    ) -> Decision {
        let input = CheckInput(text, rail: rail, deadline: deadline, searches: SharedSearches())
        let wanted = checks.filter { $0.rails.contains(rail) && isWanted($0) }
        var results = run(wanted, on: input)
        let modified = modifiedText(text, input: input, wanted, &results)
        let (encode, search) = input.searches.latency
        return Decision(
            rail: rail, checks: results, text: text, modifiedText: modified,
            latency: DecisionLatency(encode: encode, search: search, total: ContinuousClock.now - start))
    }

    // MARK: Running

    /// How long an expression may keep the calling thread before it goes on beside it.
    private static let patience = Duration.milliseconds(2)

    /// Runs checks and says what each makes of the text, in their order.
    func run(_ checks: [GuardedCheck], on input: CheckInput) -> [CheckResult] {
        var workers = checks.map { guarded in
            guarded.check.isSlow && !(guarded.check is Pattern) ? Worker(guarded.check, input) : nil
        }
        var runs = [CheckRun?](repeating: nil, count: checks.count)
        for (place, guarded) in checks.enumerated() where !guarded.check.isSlow {
            runs[place] = CheckRun(guarded.check, input)
        }
        for (place, guarded) in checks.enumerated() where guarded.check is Pattern {
            let now = ContinuousClock.now
            let soon = min(now + Self.patience, input.deadline ?? now + Self.patience)
            let run = CheckRun(
                guarded.check, CheckInput(input.text, rail: input.rail, deadline: soon, searches: input.searches))
            if case .failure(GuardrailsError.deadlineMissed) = run.result, input.deadline.map({ $0 > soon }) ?? true {
                workers[place] = Worker(guarded.check, input)
            } else {
                runs[place] = run
            }
        }
        for (place, worker) in workers.enumerated() {
            if let worker { runs[place] = worker.wait(until: input.deadline) }
        }
        return zip(checks, runs).map { guarded, run in
            guarded.result(of: run ?? CheckRun(result: .failure(GuardrailsError.deadlineMissed), latency: .zero), input)
        }
    }

    /// Runs a check on a thread of its own, which nobody waits for longer than until the deadline.
    private final class Worker: Sendable {
        private let run = Locked<CheckRun?>(nil)
        private let done = DispatchSemaphore(value: 0)
        private let start = ContinuousClock.now

        init(_ check: any Check, _ input: CheckInput) {
            DispatchQueue.global().async { [run, done] in
                let result = CheckRun(check, input)
                run.withLock { $0 = result }
                done.signal()
            }
        }

        func wait(until deadline: ContinuousClock.Instant?) -> CheckRun {
            // A moment more: checks that keep the deadline themselves say so just after it.
            _ = done.wait(until: deadline.map { $0 + .milliseconds(1) })
            return run.withLock { $0 }
                ?? CheckRun(result: .failure(GuardrailsError.deadlineMissed), latency: ContinuousClock.now - start)
        }
    }
}

/// What came of running a check.
struct CheckRun: Sendable {
    var result: Result<CheckOutcome, any Error>
    var latency: Duration

    init(result: Result<CheckOutcome, any Error>, latency: Duration) {
        (self.result, self.latency) = (result, latency)
    }

    /// Runs the check, unless the deadline has passed.
    init(_ check: any Check, _ input: CheckInput) {
        let start = ContinuousClock.now
        guard input.deadline.map({ $0 > start }) ?? true else {
            self.init(result: .failure(GuardrailsError.deadlineMissed), latency: .zero)
            return
        }
        let result: Result<CheckOutcome, any Error>
        do {
            result = .success(try check.run(on: input))
        } catch {
            result = .failure(error)
        }
        self.init(result: result, latency: ContinuousClock.now - start)
    }
}

extension GuardedCheck {
    /// What is made of a run. Nothing but places and kinds goes into it.
    func result(of run: CheckRun, _ input: CheckInput) -> CheckResult {
        var result = CheckResult(
            id: check.id, kind: check.kind, version: check.version, verdict: .allow, isShadow: isShadow,
            outcome: CheckOutcome(), latency: run.latency)
        switch run.result {
        case .success(let outcome):
            result.outcome = outcome
            guard outcome.isHit else { break }
            let action = action(for: outcome)
            (result.action, result.verdict) = (action, action.verdict)
        case .failure(let error):
            result.status = .error
            if case GuardrailsError.deadlineMissed = error { result.status = .timeout }
            result.fail(Self.problem(error), failurePolicy)
        }
        return result
    }

    /// An error as it may be logged: others than our own may quote the text.
    private static func problem(_ error: any Error) -> String {
        switch error {
        case let error as GuardrailsError: error.description
        case let error as FingerpostError: error.description
        case let error as GuidelineStoreError: error.description
        default: "\(type(of: error))"
        }
    }
}

extension CheckResult {
    /// Makes of a check that came to no end what its policy says.
    mutating func fail(_ problem: String, _ policy: DecisionRecord.FailurePolicy) {
        if status == .ok { status = .error }
        (self.problem, failurePolicy, action) = (problem, policy, nil)
        verdict = policy == .closed ? .deny : .allow
    }
}
