import Foundation
import Platform
import Testing

@testable import FingerpostCLI

@Suite("Work in order")
struct OrderedWorkTests {
    @Test("Results come in order, and barriers are alone, whatever takes how long", arguments: [1, 2, 5])
    func order(threads: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        let items = (0..<600).map {
            (number: $0, isBarrier: $0 % 17 == 3, time: UInt32.random(in: 0...400, using: &generator))
        }
        let output = Locked<[UInt8]>([])
        // Those begun and not yet done; and how many were done when a barrier began.
        let running = Locked((count: 0, done: 0, faults: 0))
        let work = OrderedWork<Int>(capacity: 20, sizeLimit: 1 << 20) { bytes in output.withLock { $0 += bytes } }
        Thread.detachNewThread {
            for item in items { _ = work.put(item.number, size: 1, isBarrier: item.isBarrier) }
            work.finish()
        }
        try work.run(threads: threads) { number in
            running.withLock { state in
                if items[number].isBarrier, state.count > 0 || state.done != number { state.faults += 1 }
                // Nothing behind a barrier begins before it is done.
                let barrier = items[..<number].last { $0.isBarrier }?.number ?? -1
                if state.done <= barrier { state.faults += 1 }
                state.count += 1
            }
            usleep(items[number].time)
            running.withLock { state in
                state.count -= 1
                state.done += 1
            }
            return Array("\(number)\n".utf8)
        }
        #expect(running.withLock { $0.faults } == 0, "seed \(seed)")
        let text = String(decoding: output.withLock { $0 }, as: UTF8.self)
        #expect(text == items.map { "\($0.number)\n" }.joined(), "seed \(seed)")
    }

    @Test("No more is taken than there is room for, in number or in size", arguments: [(8, 1 << 20), (1_000, 8)])
    func room(capacity: Int, sizeLimit: Int) throws {
        let gate = DispatchSemaphore(value: 0)
        let accepted = Locked(0)
        let work = OrderedWork<Int>(capacity: capacity, sizeLimit: sizeLimit) { _ in gate.wait() }
        Thread.detachNewThread {
            for number in 0..<100 {
                _ = work.put(number, size: 1, isBarrier: false)
                accepted.withLock { $0 += 1 }
            }
            work.finish()
        }
        Thread.detachNewThread {
            usleep(200_000)
            #expect(accepted.withLock { $0 } <= 8)
            for _ in 0..<200 { gate.signal() }
        }
        try work.run(threads: 3) { [UInt8($0 % 250)] }
        #expect(accepted.withLock { $0 } == 100)
    }

    @Test("What writing throws ends the work and whoever puts it in")
    func failure() {
        struct Broken: Error {}
        let work = OrderedWork<Int>(capacity: 4, sizeLimit: 1 << 20) { _ in throw Broken() }
        let refused = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while work.put(1, size: 1, isBarrier: false) {}
            refused.signal()
        }
        #expect(throws: Broken.self) { try work.run(threads: 2) { _ in [1] } }
        #expect(refused.wait(timeout: .now() + 60) == .success)
    }
}
