import Platform
import Testing

@testable import VectorIndex

/// Searches within searches, and more of them than there are places.
@Suite struct ReaderTests {
    @Test func searchesWithinSearches() throws {
        let vectors = clusteredVectors(300, dimension: 8, seed: 130)
        let index = try HNSWIndexTests.build(vectors)
        let depth = 4 * Processors.available + 40
        let reached = Locked(0)
        @Sendable func search(_ level: Int) -> Int? {
            let begun = Locked(false)
            let options = SearchOptions<Int>(
                filter: .predicate { key in
                    // The first row that is looked at starts the next search, while this one goes on.
                    let isFirst = begun.withLock { begun in
                        defer { begun = true }
                        return !begun
                    }
                    if isFirst, level < depth {
                        reached.withLock { $0 = max($0, level + 1) }
                        #expect(search(level + 1) == 17)
                    }
                    return true
                })
            return try? index.search(vectors[17], limit: 1, options: options).first?.key
        }
        #expect(search(0) == 17)
        #expect(reached.withLock { $0 } == depth)
    }

    /// What a search holds on to is given back when the last that may see it has ended, and no sooner.
    @Test func garbageWaitsForReaders() throws {
        final class State: Sendable {
            let number: Int
            init(_ number: Int) { self.number = number }
        }
        weak var first: State?
        let versions: Versions<State>
        do {
            let state = State(1)
            first = state
            versions = Versions(state)
        }
        func garbage(_ row: UInt32) -> Garbage { Garbage(rows: [row]) }
        let taken = versions.withCurrent { outer in
            #expect(outer.number == 1)
            #expect(versions.publish(State(2), replacing: garbage(1)).isEmpty)
            #expect(versions.publish(State(3), replacing: garbage(2)).isEmpty)
            #expect(first != nil)
            versions.withCurrent { inner in
                #expect(inner.number == 3)
                #expect(versions.publish(State(4), replacing: garbage(3)).isEmpty)
            }
            #expect(versions.collect().isEmpty)
            return outer.number
        }
        #expect(taken == 1)
        #expect(versions.collect().flatMap(\.rows) == [1, 2, 3])
        #expect(first == nil)
        #expect(versions.publish(State(5), replacing: garbage(4)).flatMap(\.rows) == [4])
        #expect(versions.withCurrent { $0.number } == 5)
    }
}
