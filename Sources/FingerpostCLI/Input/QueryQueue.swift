import Foundation
import GuidelineStore

/// Queries that arrive through a pipe, handed out as many at a time as are waiting.
///
/// One query alone is answered at once; many that wait are answered together, on all threads. A thread of its own reads
/// ahead, by a bounded number of lines.
final class QueryQueue: @unchecked Sendable {
    // Everything mutable is guarded by `condition`.
    private let condition = NSCondition()
    private var waiting: [QueryRecord] = []
    private var failure: (any Error)?
    private var isFinished = false
    private let capacity: Int

    init(_ source: InputSource, capacity: Int = 1_024) {
        self.capacity = capacity
        Thread.detachNewThread { self.read(source) }
    }

    /// The queries that are waiting, after at least one has arrived; nil at the end.
    ///
    /// - Throws: what reading threw, once all lines before have been handed out.
    func next(limit: Int) throws -> [QueryRecord]? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isFinished { condition.wait() }
        guard !waiting.isEmpty else {
            if let failure { throw failure }
            return nil
        }
        let taken = Array(waiting.prefix(limit))
        waiting.removeFirst(taken.count)
        condition.broadcast()
        return taken
    }

    private func read(_ source: InputSource) {
        do {
            let reader = try JSONLinesReader(source)
            while let query = try reader.nextQuery() {
                condition.lock()
                while waiting.count >= capacity { condition.wait() }
                waiting.append(query)
                condition.broadcast()
                condition.unlock()
            }
            finish(nil)
        } catch {
            finish(error)
        }
    }

    private func finish(_ error: (any Error)?) {
        condition.lock()
        failure = error
        isFinished = true
        condition.broadcast()
        condition.unlock()
    }
}
