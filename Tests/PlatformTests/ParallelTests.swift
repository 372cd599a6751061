import Foundation
import Synchronization
import Testing

@testable import Platform

@Suite("Loops over threads")
struct ParallelTests {
    @Test("Every index is visited once, for random counts, chunks and threads")
    func coversOnce() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<300 {
            let count = Int.random(in: 0...500, using: &random)
            let chunk = Int.random(in: -1...70, using: &random)
            let threads = Int.random(in: -1...9, using: &random)
            let visits = Locked([Int](repeating: 0, count: count))
            Parallel.forEachRange(count, chunk: chunk, threads: threads) { range, worker in
                #expect(!range.isEmpty && range.count <= max(1, chunk))
                #expect((0..<max(1, threads)).contains(worker))
                visits.withLock { visits in
                    for index in range { visits[index] += 1 }
                }
            }
            #expect(visits.withLock { $0.allSatisfy { $0 == 1 } }, "\(count) in chunks of \(chunk), \(threads) threads")
        }
    }

    @Test("The ranges are the same for any number of threads")
    func rangesDoNotDependOnThreads() {
        func ranges(threads: Int) -> Set<Range<Int>> {
            let seen = Locked(Set<Range<Int>>())
            Parallel.forEachRange(1_000, chunk: 37, threads: threads) { range, _ in
                seen.withLock { _ = $0.insert(range) }
            }
            return seen.withLock(\.self)
        }
        let alone = ranges(threads: 1)
        #expect(alone.count == 28)
        for threads in 2...6 { #expect(ranges(threads: threads) == alone) }
    }

    @Test("Calls that overlap never share a worker number")
    func workersDoNotOverlap() {
        for threads in [1, 2, 3, 8] {
            let running = Locked(Set<Int>())
            Parallel.forEachRange(400, chunk: 1, threads: threads) { _, worker in
                let isFirst = running.withLock { $0.insert(worker).inserted }
                #expect(isFirst, "worker \(worker) is in two calls at once")
                usleep(50)
                running.withLock { _ = $0.remove(worker) }
            }
        }
    }

    @Test("forEach visits every index once")
    func forEach() {
        for threads in 1...4 {
            let visits = Locked([Int](repeating: 0, count: 257))
            Parallel.forEach(257, threads: threads) { index in visits.withLock { $0[index] += 1 } }
            #expect(visits.withLock { $0.allSatisfy { $0 == 1 } })
        }
    }

    @Test("Nothing is called for no indices")
    func nothing() {
        for count in [0, -1, Int.min] {
            Parallel.forEach(count, threads: 4) { _ in Issue.record("the body was called") }
        }
    }

    @Test("Loops may nest")
    func nested() {
        let total = Atomic<Int>(0)
        Parallel.forEach(20, threads: 4) { _ in
            Parallel.forEach(20, threads: 4) { index in total.wrappingAdd(index, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 20 * 190)
    }

    @Test("The processors available are between one and all of the machine's")
    func processors() {
        #expect((1...ProcessInfo.processInfo.processorCount).contains(Processors.available))
    }
}
