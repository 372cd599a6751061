import Foundation
import Testing

@testable import VectorIndex

/// Builds that are told of as they go on, and ended early.
@Suite struct CancellationTests {
    struct Enough: Error {}
    static let vectors = clusteredVectors(9_000, dimension: 16, seed: 95)

    @Test func progressIsToldOnTheCallingThread() throws {
        let index = try HNSWIndex<Int>(dimension: 16)
        let thread = Thread.current
        var told: [Int] = []
        try index.insert(
            contentsOf: Self.vectors.flatMap { $0 }, keys: Array(Self.vectors.indices), threads: 2
        ) { done in
            #expect(Thread.current == thread)
            told.append(done)
        }
        #expect(told == told.sorted())
        #expect(told.last == Self.vectors.count)
        #expect(told.count > 10)
    }

    /// Wherever a build from nothing is ended, nothing is left of it, and the index is as good as new.
    @Test(arguments: [0, 1, 2, 5, 12, 60])
    func aBuildFromNothing(calls: Int) throws {
        let index = try HNSWIndex<Int>(dimension: 16)
        var left = calls
        #expect(throws: Enough.self) {
            try index.insert(contentsOf: Self.vectors.flatMap { $0 }, keys: Array(Self.vectors.indices), threads: 2) {
                _ in
                if left == 0 { throw Enough() }
                left -= 1
            }
        }
        #expect(index.isEmpty)
        #expect(try index.search(Self.vectors[0], limit: 3).isEmpty)
        #expect(index.violations().isEmpty)
        let again = Self.vectors[..<3_000]
        try index.insert(contentsOf: again.flatMap { $0 }, keys: Array(again.indices))
        #expect(try index.search(Self.vectors[70], limit: 1).first?.key == 70)
        let folder = try TemporaryFolder()
        try index.save(to: folder.file("a"))
        let fresh = try HNSWIndex<Int>(dimension: 16)
        try fresh.insert(contentsOf: again.flatMap { $0 }, keys: Array(again.indices))
        try fresh.save(to: folder.file("b"))
        #expect(try readBytes(folder.file("a")) == readBytes(folder.file("b")))
    }

    @Test func additionsInSteps() throws {
        let index = try HNSWIndex<Int>(dimension: 16)
        try index.insert(contentsOf: Self.vectors[..<3_000].flatMap { $0 }, keys: Array(0..<3_000))
        #expect(throws: Enough.self) {
            try index.insert(contentsOf: Self.vectors[3_000...].flatMap { $0 }, keys: Array(3_000..<9_000)) { done in
                if done > 1_000 { throw Enough() }
            }
        }
        // The steps that were done stay: a beginning of the batch, wholly there.
        let count = index.count
        #expect((4_000..<6_000).contains(count))
        #expect(index.keys == Array(0..<count))
        #expect(index.violations().isEmpty)
        try index.insert(contentsOf: Self.vectors[count...].flatMap { $0 }, keys: Array(count..<9_000))
        #expect(index.count == 9_000)
        #expect(index.violations().isEmpty)
        for key in stride(from: 0, to: 9_000, by: 500) {
            #expect(try index.search(Self.vectors[key], limit: 1).first?.key == key)
        }
    }

    @Test func aCancelledTask() async throws {
        let index = try HNSWIndex<Int>(dimension: 16)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try index.insert(contentsOf: Self.vectors.flatMap { $0 }, keys: Array(Self.vectors.indices))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(index.isEmpty)
        // One row is added all the same: there is nothing to be saved by not doing so.
        let single = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try index.insert(Self.vectors[0], for: 0)
        }
        try await single.value
        #expect(index.count == 1)
    }

    @Test func compactingIsAllOrNothing() throws {
        let index = try HNSWIndexTests.build(Self.vectors)
        for key in 0..<500 { index.remove(key) }
        #expect(throws: Enough.self) { try index.compact { _ in throw Enough() } }
        #expect(index.count == 8_500)
        #expect(index.violations().isEmpty)
        #expect(try index.search(Self.vectors[600], limit: 1).first?.key == 600)
    }
}
