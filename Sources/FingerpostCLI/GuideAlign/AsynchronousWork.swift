import Foundation
import Platform

/// Waiting for work that is asynchronous, which the verbs are not.
enum AsynchronousWork {
    /// Runs `body` to its end. The first Ctrl-C or SIGTERM cancels it, so that what is done can be kept; the second ends
    /// the program.
    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let result = Locked<Result<Value, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let task = Task {
            do {
                let value = try await body()
                result.withLock { $0 = .success(value) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        Interruption.finish { task.cancel() }
        done.wait()
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
