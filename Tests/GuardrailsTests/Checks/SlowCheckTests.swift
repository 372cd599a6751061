import Dispatch
import Fingerpost
import GuidelineStore
import Platform
import Testing

@testable import Guardrails

/// A check that ends when it is let go.
private struct WaitingCheck: Check {
    let id: String
    let kind = "waiting"
    let isSlow = true
    let gate = DispatchSemaphore(value: 0)

    func open() { gate.signal() }
    func run(on input: CheckInput) -> CheckOutcome {
        gate.wait()
        return CheckOutcome(isHit: true)
    }
}

/// Runs what waits on a thread of its own, so that the tasks that it waits for have theirs.
private func waiting<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}

@Suite("Slow checks and deadlines")
struct SlowCheckTests {
    /// Enough for checks that do not wait, on a machine that is busy.
    private static let deadline = Duration.seconds(3)

    @Test("A check without an answer by the deadline is what its policy says; the others count all the same")
    func policies() async throws {
        async let closed: Void = policy(.closed, isShadow: false, gives: .deny)
        async let open: Void = policy(.open, isShadow: false, gives: .warn)
        async let shadow: Void = policy(.closed, isShadow: true, gives: .warn)
        _ = try await (closed, open, shadow)
    }

    private func policy(
        _ policy: DecisionRecord.FailurePolicy, isShadow: Bool, gives verdict: Verdict
    ) async throws {
        let slow = WaitingCheck(id: "slow")
        defer { slow.open() }
        let rails = try Rails {
            slow.onMatch(.ask).onFailure(policy).shadow(isShadow)
            try Keywords(["merger"]).onMatch(.warn)
        }
        let decision = await rails.check("the merger", deadline: Self.deadline)
        #expect(decision.verdict == verdict)
        #expect(decision.checks.map(\.status) == [.timeout, .ok] && decision.checks[1].verdict == .warn)
        let record = try #require(decision.records().first)
        #expect(record.status == .timeout && record.failurePolicy == policy && record.isShadow == isShadow)
    }

    @Test("Without a deadline it is waited for, in a task and outside of one")
    func answers() async throws {
        let slow = WaitingCheck(id: "slow")
        let rails = try Rails { slow.onMatch(.ask) }
        DispatchQueue.global().async { slow.open() }
        let outside = await waiting { rails.check("text") }
        #expect(outside.verdict == .ask && outside.checks[0].status == .ok)
        DispatchQueue.global().async { slow.open() }
        let inside = await rails.check("text")
        #expect(inside.verdict == .ask && inside.checks[0].status == .ok)
    }

    @Test("Slow checks run beside each other: each is let go by the next")
    func beside() async throws {
        struct Chained: Check {
            let id: String
            let kind = "chained"
            let isSlow = true
            let own: DispatchSemaphore
            let next: DispatchSemaphore
            func run(on input: CheckInput) -> CheckOutcome {
                next.signal()
                own.wait()
                return CheckOutcome(isHit: false)
            }
        }
        let (one, other) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let rails = try Rails {
            Chained(id: "a", own: one, next: other)
            Chained(id: "b", own: other, next: one)
        }
        // One after the other, the first would wait for ever.
        let decision = await rails.check("text", deadline: .seconds(60))
        #expect(decision.checks.map(\.status) == [.ok, .ok])
    }
}

@Suite("Judges")
struct JudgeTests {
    @Test(
        "A verdict is read strictly",
        arguments: [
            (#"{"violates":true}"#, true), (" {\"violates\": false, \"reason\": \"no\"}\n", false),
            ("<score> yes </score>", true), ("<SCORE>No</SCORE>", false),
            ("yes", nil), ("The answer is {\"violates\":true}", nil), (#"{"violates":"true"}"#, nil),
            (#"{"violates":1}"#, nil), (#"{"violates":true,"sure":true}"#, nil),
            (#"{"violates":true,"reason":1}"#, nil),
            ("<score>yes</score> and <score>no</score>", nil), ("<score>maybe</score>", nil), ("", nil),
            ("[true]", nil),
            (#"{"violates":true,"violates":false}"#, nil), ("\u{FEFF}", nil), (#"{"violates":true"#, nil),
        ] as [(String, Bool?)])
    func verdicts(_ answer: String, _ violates: Bool?) {
        let verdict = try? JudgeVerdict(parsing: answer)
        #expect(verdict?.violates == violates)
        guard violates == nil else { return }
        #expect(throws: GuardrailsError.unclearAnswer) { try JudgeVerdict(parsing: answer) }
    }

    @Test("It is asked about the text by the criterion")
    func asked() async throws {
        let asked = Locked<[String]>([])
        let judge = ClosureJudge { text, criterion in
            asked.withLock { $0 += [text, criterion] }
            return #"{"violates":true}"#
        }
        let rails = try Rails { try JudgeCheck("no secrets", judge: judge).onMatch(.warn) }
        #expect(await rails.check("the text").verdict == .warn)
        #expect(asked.withLock { $0 } == ["the text", "no secrets"])
    }

    @Test("A judge that fails, says nothing clear or is missing is no verdict, and what it said is told to nobody")
    func failures() async throws {
        struct Quoting: Error, CustomStringConvertible { var description: String { "the text" } }
        let judges: [any Judge] = [
            ClosureJudge { _, _ in throw Quoting() }, ClosureJudge { text, _ in "I think of \(text): yes" },
        ]
        for judge in judges {
            let check = try JudgeCheck("criterion", judge: judge)
            let closed = try await Rails { check.onMatch(.warn) }.check("the text")
            #expect(closed.verdict == .deny && closed.checks[0].status == .error)
            #expect(closed.checks[0].problem?.contains("the text") == false)
            let open = try await Rails { check.onFailure(.open) }.check("the text")
            #expect(open.verdict == .allow)
        }
        let missing = try JudgeCheck("criterion", judge: nil)
        #expect(throws: GuardrailsError.missingPart(id: "judge", part: "judge")) {
            try missing.run(on: CheckInput("text"))
        }
        #expect { try JudgeCheck(" \n", judge: nil) } throws: { ($0 as? GuardrailsError)?.code == "invalid_check" }
    }

    @Test("One that misses the deadline is cancelled")
    func deadline() async throws {
        let ended = DispatchSemaphore(value: 0)
        let judge = ClosureJudge { _, _ in
            // Ends when it is cancelled.
            try? await Task.sleep(for: .seconds(86_400))
            ended.signal()
            return #"{"violates":false}"#
        }
        let check = try JudgeCheck("criterion", judge: judge)
        let error = await waiting {
            Result { try check.run(on: CheckInput("text", deadline: .now + .milliseconds(20))) }
        }
        #expect(throws: GuardrailsError.deadlineMissed) { try error.get() }
        let hasEnded = await waiting { ended.wait(timeout: .now() + 60) == .success }
        #expect(hasEnded)
    }
}
