import Dispatch
import GuidelineStore

/// A stream of text with what must not be seen taken out of it; see ``StreamGuard``.
///
/// Where a check denies what comes next, or somebody has to be asked, iterating throws
/// ``GuardrailsError/streamStopped(verdict:checks:)`` after all that may be shown.
public struct GuardedStream<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == String {
    public typealias Element = String

    let base: Base
    let stream: StreamGuard
    let report: (@Sendable (Decision) -> Void)?

    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        var stream: StreamGuard
        let report: (@Sendable (Decision) -> Void)?
        var isDone = false

        public mutating func next() async throws -> String? {
            while !isDone {
                guard !stream.isStopped else {
                    isDone = true
                    let decision = stream.decision
                    report?(decision)
                    throw GuardrailsError.streamStopped(
                        verdict: decision.verdict,
                        checks: decision.checks.filter { !$0.isShadow && $0.verdict >= .ask }.map(\.id))
                }
                let piece = try await base.next()
                let text = await take(piece)
                if piece == nil, !stream.isStopped {
                    isDone = true
                    report?(stream.decision)
                }
                if !text.isEmpty { return text }
            }
            return nil
        }

        /// Checks that wait for others do so on a thread that no task waits for.
        private mutating func take(_ piece: String?) async -> String {
            guard stream.rails.checks.contains(where: { $0.check.isSlow }) else {
                return piece.map { stream.push($0) } ?? stream.finish()
            }
            let before = stream
            let (after, text) = await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    var stream = before
                    let text = piece.map { stream.push($0) } ?? stream.finish()
                    continuation.resume(returning: (stream, text))
                }
            }
            stream = after
            return text
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), stream: stream, report: report)
    }
}

extension Rails {
    /// A stream of text, checked while it is written.
    ///
    /// - Parameters:
    ///   - stream: pieces of text, cut in any way.
    ///   - hold: how much is kept back; see ``StreamHold``.
    ///   - rail: which checks apply.
    ///   - deadline: how long the checks of one step may take.
    ///   - report: told the decision at the end, or where the stream is stopped.
    public func guardStream<Base: AsyncSequence & Sendable>(
        _ stream: Base, hold: StreamHold = .sentence, rail: DecisionRecord.Rail = .output, deadline: Duration? = nil,
        report: (@Sendable (Decision) -> Void)? = nil
    ) -> GuardedStream<Base> where Base.Element == String {
        GuardedStream(
            base: stream, stream: StreamGuard(self, hold: hold, rail: rail, deadline: deadline), report: report)
    }
}
