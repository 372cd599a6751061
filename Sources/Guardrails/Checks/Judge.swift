import Dispatch
import Fingerpost
import GuidelineStore
import Platform

/// A model, or anything else that takes its time, which says whether a text violates a criterion.
public protocol Judge: Sendable {
    /// The answer, word for word. It counts where it is what ``JudgeVerdict`` reads, and nothing else does.
    func answer(_ text: String, criterion: String) async throws -> String
}

/// A judge that is a closure.
public struct ClosureJudge: Judge {
    private let body: @Sendable (_ text: String, _ criterion: String) async throws -> String

    public init(_ body: @escaping @Sendable (_ text: String, _ criterion: String) async throws -> String) {
        self.body = body
    }

    public func answer(_ text: String, criterion: String) async throws -> String { try await body(text, criterion) }
}

/// What a judge has said, read strictly: a text in which the word "yes" is found somewhere is no verdict.
public struct JudgeVerdict: Sendable, Hashable {
    public var violates: Bool

    /// Reads `{"violates":true}` or `{"violates":false}`, with a `reason` at most beside it; or `<score>yes</score>` and
    /// `<score>no</score>`, as guardian models write it. White space around it does not matter; any other word does.
    ///
    /// - Throws: ``GuardrailsError/unclearAnswer``.
    public init(parsing answer: String) throws(GuardrailsError) {
        var text = answer[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        let score = text.lowercased().filter { !$0.isWhitespace }
        switch score {
        case "<score>yes</score>": violates = true
        case "<score>no</score>": violates = false
        default:
            guard let value = try? JSONValue(parsing: String(text), source: "answer"),
                case .object(var members) = value,
                case .bool(let flag)? = members.removeValue(forKey: "violates")
            else { throw .unclearAnswer }
            if let reason = members.removeValue(forKey: "reason") {
                guard case .string = reason else { throw .unclearAnswer }
            }
            guard members.isEmpty else { throw .unclearAnswer }
            violates = flag
        }
    }
}

/// Asks a ``Judge`` whether a text violates a criterion, such as the text of a guideline.
public struct JudgeCheck: DefinableCheck {
    public let id: String
    public let criterion: String
    public let version: String
    /// Nil until the rails are given one, where a file names the check.
    public internal(set) var judge: (any Judge)?

    /// - Throws: ``GuardrailsError/invalidCheck(id:problem:)`` for an empty criterion.
    public init(
        _ criterion: String, judge: (any Judge)?, id: String = "judge"
    ) throws(GuardrailsError) {
        guard criterion.contains(where: { !$0.isWhitespace }) else {
            throw .invalidCheck(id: id, problem: "the criterion is empty")
        }
        (self.criterion, self.judge, self.id) = (criterion, judge, id)
        version = Self.definition(id, criterion).version
    }

    public var kind: String { "judge" }
    public var isSlow: Bool { true }
    public var definition: CheckDefinition { Self.definition(id, criterion) }

    private static func definition(_ id: String, _ criterion: String) -> CheckDefinition {
        var members = DefinitionMembers()
        members.add("criterion", criterion)
        return CheckDefinition(check: "judge", id: id, members: members.members)
    }

    /// Waits for the judge, until the deadline at most; a judge that has missed it is cancelled.
    public func run(on input: CheckInput) throws -> CheckOutcome {
        guard let judge else { throw GuardrailsError.missingPart(id: id, part: "judge") }
        let answer = Locked<Result<String, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let (text, criterion) = (input.text, criterion)
        let task = Task.detached {
            let result: Result<String, any Error>
            do {
                result = .success(try await judge.answer(text, criterion: criterion))
            } catch {
                result = .failure(error)
            }
            answer.withLock { $0 = result }
            done.signal()
        }
        if done.wait(until: input.deadline) == .timedOut {
            task.cancel()
            throw GuardrailsError.deadlineMissed
        }
        guard let result = answer.withLock({ $0 }) else { throw GuardrailsError.deadlineMissed }
        return CheckOutcome(isHit: try JudgeVerdict(parsing: try result.get()).violates)
    }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

extension DispatchSemaphore {
    /// Waits until a point in time; for ever where there is none.
    func wait(until deadline: ContinuousClock.Instant?) -> DispatchTimeoutResult {
        guard let deadline else {
            wait()
            return .success
        }
        let left = ContinuousClock.now.duration(to: deadline) / .nanoseconds(1)
        return wait(timeout: .now() + .nanoseconds(Int(Swift.max(0, Swift.min(left, 9e17)))))
    }
}
