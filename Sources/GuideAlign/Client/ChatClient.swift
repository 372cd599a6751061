import Foundation
import Platform

/// What a client has done so far.
public struct ChatUsage: Sendable, Hashable {
    public var requests = 0
    /// Those among the requests that were sent again.
    public var retries = 0
    public var promptTokens = 0
    public var completionTokens = 0
    /// In the currency of the prices given.
    public var cost = 0.0

    public init() {}
}

/// Limits and manners of a ``ChatClient``.
public struct ChatPolicy: Sendable, Hashable {
    /// Requests under way at once.
    public var concurrency = 4
    /// Times a request is sent at most. All carry the same `Idempotency-Key`: a server that heeds it answers, and
    /// charges, once, also after a failure that hid an answer from the client.
    public var attempts = 5
    /// Seconds of the first pause at most; each further one may be twice as long.
    public var firstPause = 0.5
    public var longestPause = 30.0
    /// A server that asks for a longer pause than these seconds is not asked again.
    public var longestRetryAfter = 300.0
    /// Seconds for one attempt, from connection to the answer's last byte.
    public var timeout = 120.0
    public var answerLimit = 8 << 20
    public var requestBudget: Int?
    /// Prompt and completion tokens. Requests under way when it is reached are still answered, and counted.
    public var tokenBudget: Int?
    public var pricePerMillionPromptTokens = 0.0
    public var pricePerMillionCompletionTokens = 0.0

    public init() {}
}

/// Asks an OpenAI-compatible server for chat completions: a bounded number at once, again after passing failures.
///
/// Statuses 408, 409, 425, 429 and 5xx, failed connections and attempts out of time are tried again, after a random
/// pause of 0 to `firstPause * 2^n` seconds ("full jitter", M. Brooker, "Exponential Backoff And Jitter", AWS 2015) and
/// no sooner than a `Retry-After` header says. An answer with status 200 is never asked for again.
public actor ChatClient {
    public nonisolated let endpoint: ChatEndpoint
    public nonisolated let policy: ChatPolicy
    public private(set) var usage = ChatUsage()

    private let transport: any ChatTransport
    private let pause: @Sendable (_ seconds: Double) async throws -> Void
    private let now: @Sendable () -> Date
    private var generator: any RandomNumberGenerator & Sendable
    private var running = 0
    private var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextID = 0

    public init(endpoint: ChatEndpoint, policy: ChatPolicy = ChatPolicy()) {
        self.init(
            endpoint: endpoint, policy: policy, generator: SystemRandomNumberGenerator(), now: { Date() },
            pause: { try await Task.sleep(for: .seconds($0)) })
    }

    package init(
        endpoint: ChatEndpoint, policy: ChatPolicy, generator: any RandomNumberGenerator & Sendable,
        now: @escaping @Sendable () -> Date, pause: @escaping @Sendable (_ seconds: Double) async throws -> Void
    ) {
        self.endpoint = endpoint
        self.policy = policy
        transport = endpoint.base.scheme?.lowercased() == "http" ? SocketTransport() : HTTPTransport()
        self.generator = generator
        self.now = now
        self.pause = pause
    }

    deinit { transport.close() }

    /// - Throws: ``GuideAlignError``; `CancellationError` when the task is cancelled.
    public func complete(_ request: ChatRequest) async throws -> ChatAnswer {
        let body = try request.body(model: endpoint.model)
        let key = request.key(of: body)
        try await enter()
        defer { leave() }
        var attempt = 0
        while true {
            try Task.checkCancellation()
            try checkBudgets()
            attempt += 1
            usage.requests += 1
            if attempt > 1 { usage.retries += 1 }
            var failure: GuideAlignError
            var wait = 0.0
            do {
                let start = ContinuousClock.now
                let reply = try await transport.send(
                    transportRequest(body, key: key), limit: policy.answerLimit, seconds: policy.timeout)
                if reply.status == 200 {
                    var answer = try ChatAnswer(body: reply.body, host: endpoint.host)
                    answer.seconds = ((ContinuousClock.now - start) / .milliseconds(1)).rounded() / 1000
                    return count(answer)
                }
                failure = .refused(
                    host: endpoint.host, status: reply.status, attempts: attempt,
                    reason: ServerMessage.read(reply.body, hiding: endpoint.secrets))
                guard [408, 409, 425, 429].contains(reply.status) || 500...599 ~= reply.status else { throw failure }
                wait = reply.retryAfter.flatMap { RetryAfter.seconds($0, now: now()) } ?? 0
            } catch let error as TransportFailure {
                switch error {
                case .redirected(let status): throw GuideAlignError.redirected(host: endpoint.host, status: status)
                case .tooLarge: throw GuideAlignError.answerTooLarge(host: endpoint.host, limit: policy.answerLimit)
                case .timeOver:
                    let problem = "the time of \(policy.timeout) s was over"
                    failure = .unreachable(host: endpoint.host, problem: problem, attempts: attempt)
                case .connection(let problem):
                    failure = .unreachable(host: endpoint.host, problem: problem, attempts: attempt)
                }
            }
            guard attempt < policy.attempts, wait <= policy.longestRetryAfter else { throw failure }
            let ceiling = min(policy.longestPause, policy.firstPause * Double(1 << min(attempt - 1, 30)))
            try await pause(max(wait, Double.random(in: 0...max(0, ceiling), using: &generator)))
        }
    }

    private func transportRequest(_ body: Data, key: String) -> TransportRequest {
        var headers = [(name: "Content-Type", value: "application/json"), (name: "Idempotency-Key", value: key)]
        if let header = endpoint.header { headers.append(header) }
        return TransportRequest(
            url: endpoint.base.appendingPathComponent("chat/completions"), headers: headers, body: body)
    }

    private func checkBudgets() throws(GuideAlignError) {
        if let limit = policy.requestBudget, usage.requests >= limit {
            throw .budgetExhausted(budget: "requests", limit: limit)
        }
        if let limit = policy.tokenBudget, usage.promptTokens + usage.completionTokens >= limit {
            throw .budgetExhausted(budget: "tokens", limit: limit)
        }
    }

    private func count(_ answer: ChatAnswer) -> ChatAnswer {
        let (prompt, completion) = (answer.promptTokens ?? 0, answer.completionTokens ?? 0)
        // Numbers from outside: a sum out of range stays at the largest.
        func sum(_ a: Int, _ b: Int) -> Int {
            let (sum, overflow) = a.addingReportingOverflow(b)
            return overflow ? Int.max / 4 : min(sum, Int.max / 4)
        }
        usage.promptTokens = sum(usage.promptTokens, prompt)
        usage.completionTokens = sum(usage.completionTokens, completion)
        usage.cost += Double(prompt) / 1e6 * policy.pricePerMillionPromptTokens
        usage.cost += Double(completion) / 1e6 * policy.pricePerMillionCompletionTokens
        return answer
    }

    private func enter() async throws {
        try Task.checkCancellation()
        guard running >= max(1, policy.concurrency) else {
            running += 1
            return
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                waiting.append((id, continuation))
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func abandon(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    /// Hands the place on to who has waited longest, so `running` stays as it is.
    private func leave() {
        if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().continuation.resume() }
    }
}

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date as in `Sun, 06 Nov 1994 08:49:37 GMT`.
enum RetryAfter {
    static func seconds(_ value: String, now: Date) -> Double? {
        let text = value.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ 48...57 ~= $0 }) { return Double(text) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).map { max(0, $0.timeIntervalSince(now)) }
    }
}
