import Foundation

/// Work that is done on several threads and whose results come out in the order in which it was put in.
///
/// What waits, is being done or is done and not yet written is bounded, in number and in size: ``put(_:size:isBarrier:)``
/// waits for room. Writing is done by whichever thread finishes the work that is next in order, so that a single request
/// passes through as few threads as it can; all results that are ready by then are written as one.
final class OrderedWork<Input: Sendable>: @unchecked Sendable {
    private struct Item {
        var input: Input
        var size: Int
        var isBarrier: Bool
        var result: [UInt8]?
    }

    // Everything below is guarded by `condition`.
    private let condition = NSCondition()
    /// In order: begun ones first.
    private var items: [Item] = []
    /// How many items were taken away in front.
    private var written = 0
    /// How many of all items were begun.
    private var begun = 0
    private var running = 0
    private var isBarrierRunning = false
    private var isWriting = false
    private var size = 0
    private var isFinished = false
    /// Why no more can be written.
    private var failure: (any Error)?
    /// Why no more was put in.
    private var inputFailure: (any Error)?

    private let capacity: Int
    private let sizeLimit: Int
    private let write: @Sendable ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - capacity: how many items there may be at a time.
    ///   - sizeLimit: how large they may be together; an item alone may be larger.
    ///   - write: is called with one or more results at a time, by one thread at a time.
    init(capacity: Int, sizeLimit: Int, write: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.capacity = capacity
        self.sizeLimit = sizeLimit
        self.write = write
    }

    /// Adds work, once there is room; false if no more will be done because a result could not be written.
    ///
    /// - Parameter isBarrier: begins when all before it is done, and is done before anything behind it begins.
    func put(_ input: Input, size: Int, isBarrier: Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, !items.isEmpty, items.count >= capacity || self.size + size > sizeLimit {
            condition.wait()
        }
        guard failure == nil else { return false }
        items.append(Item(input: input, size: size, isBarrier: isBarrier))
        self.size += size
        condition.broadcast()
        return true
    }

    /// Says that nothing more will be put in, or that what was to put it in has failed.
    func finish(_ error: (any Error)? = nil) {
        condition.lock()
        isFinished = true
        inputFailure = error
        condition.broadcast()
        condition.unlock()
    }

    /// Does the work on so many threads and returns when all of it is done and written.
    ///
    /// - Throws: what writing threw; else what ``finish(_:)`` was given.
    func run(threads: Int, _ body: @escaping @Sendable (Input) -> [UInt8]) throws {
        for _ in 0..<max(1, threads) {
            Thread.detachNewThread { self.work(body) }
        }
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, !(isFinished && items.isEmpty && !isWriting) { condition.wait() }
        if let error = failure ?? inputFailure { throw error }
    }

    private func work(_ body: (Input) -> [UInt8]) {
        while let (place, input) = take() {
            let result = body(input)
            finish(place, with: result)
        }
    }

    /// The next item in order, once it may begin; nil at the end.
    private func take() -> (place: Int, Input)? {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil {
            let index = begun - written
            if index < items.count, !isBarrierRunning, !items[index].isBarrier || running == 0 {
                isBarrierRunning = items[index].isBarrier
                begun += 1
                running += 1
                return (begun - 1, items[index].input)
            }
            if index >= items.count, isFinished { return nil }
            condition.wait()
        }
        return nil
    }

    private func finish(_ place: Int, with result: [UInt8]) {
        condition.lock()
        defer { condition.unlock() }
        running -= 1
        isBarrierRunning = false
        items[place - written].result = result
        if !isWriting { writeReady() }
        condition.broadcast()
    }

    /// Writes results until the next in order is not there, with the lock let go meanwhile.
    private func writeReady() {
        isWriting = true
        defer { isWriting = false }
        while failure == nil {
            var bytes: [UInt8] = []
            var count = 0
            while count < items.count, let result = items[count].result, bytes.count < 1 << 18 {
                bytes += result
                count += 1
            }
            guard count > 0 else { return }
            condition.broadcast()
            condition.unlock()
            let outcome = Result { try write(bytes) }
            condition.lock()
            if case .failure(let error) = outcome {
                failure = error
                return
            }
            // Only now is there room: what nobody reads is not made without end.
            for item in items.prefix(count) { size -= item.size }
            items.removeFirst(count)
            written += count
            condition.broadcast()
        }
    }
}
