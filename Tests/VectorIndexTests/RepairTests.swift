import Testing
@testable import VectorIndex

/// What insertions, replacements and removals leave behind.
@Suite struct RepairTests {
    static let dimension = 24

    @Test(arguments: HNSWConfiguration.Layout.allCases)
    func afterReplacingEveryRow(layout: HNSWConfiguration.Layout) throws {
        let count = 4_500
        let configuration = HNSWConfiguration(efConstruction: 100, layout: layout)
        let index = try HNSWIndexTests.build(
            clusteredVectors(count, dimension: Self.dimension, seed: 60), configuration: configuration)
        let vectors = clusteredVectors(count, dimension: Self.dimension, seed: 61)
        var generator = SeededGenerator(seed: 62)
        for key in (0..<count).shuffled(using: &generator) { try index.update(vectors[key], for: key) }
        #expect(index.count == count)
        #expect(index.violations().isEmpty)
        // Numbers of removed rows have been given to others.
        #expect(index.store.rows.count < count + count / 4)
        let queries = clusteredVectors(100, dimension: Self.dimension, seed: 63)
        let fresh = try HNSWIndexTests.build(vectors, configuration: configuration)
        let (updated, rebuilt) = (
            try HNSWIndexTests.recall(index, queries: queries), try HNSWIndexTests.recall(fresh, queries: queries)
        )
        #expect(updated > rebuilt - 0.015, "\(updated) after updates, \(rebuilt) built afresh")
    }

    @Test(arguments: HNSWConfiguration.Layout.allCases)
    func removingAllButAFew(layout: HNSWConfiguration.Layout) throws {
        let vectors = clusteredVectors(4_300, dimension: Self.dimension, seed: 64)
        let index = try HNSWIndexTests.build(
            vectors, configuration: HNSWConfiguration(efConstruction: 60, layout: layout))
        for key in 0..<4_290 { #expect(index.remove(key)) }
        #expect(index.violations().isEmpty)
        #expect(index.keys.sorted() == Array(4_290..<4_300))
        for key in 4_290..<4_300 { #expect(try index.search(vectors[key], limit: 1).first?.key == key) }
        for key in 4_290..<4_300 { #expect(index.remove(key)) }
        #expect(index.isEmpty)
        #expect(try index.search(vectors[0], limit: 5).isEmpty)
        #expect(index.violations().isEmpty)
        try index.insert(contentsOf: vectors[..<2_500].flatMap { $0 }, keys: Array(0..<2_500))
        #expect(index.violations().isEmpty)
        #expect(try index.search(vectors[17], limit: 1).first?.key == 17)
    }

    /// Panels that are mended link by link are those that would have been written at once.
    @Test func panelsFollowTheLinks() throws {
        let vectors = clusteredVectors(5_000, dimension: Self.dimension, seed: 65)
        let index = try HNSWIndexTests.build(
            Array(vectors[..<4_200]), configuration: HNSWConfiguration(efConstruction: 60))
        try #require(index.store.codebook != nil)
        for key in 4_200..<4_400 { try index.insert(vectors[key], for: key) }
        try index.insert(
            contentsOf: vectors[4_400...].flatMap { $0 }, keys: Array(4_400..<5_000))
        for key in 0..<600 { index.remove(key) }
        let store = index.store
        let layout = store.layout
        func panels() -> [[UInt8]] {
            (0..<UInt32(store.rows.count)).filter(store.isLinked).compactMap { row in
                store.rows.block(row).map { block in
                    Array(UnsafeRawBufferPointer(start: block, count: layout.blockSize)[layout.panelsOffset...])
                }
            }
        }
        let kept = panels()
        let rows = (0..<UInt32(store.rows.count)).filter(store.isLinked)
        // Blocks of this transaction have no original to take anything from.
        for row in rows { _ = store.writableBlock(row) }
        _ = store.endTransaction()
        store.encodePanels(of: rows, threads: 2, pool: index.pool)
        let fresh = panels()
        // Turning rows from codes or one by one rounds differently: a few codes of bulk panels may differ.
        let differing = zip(kept, fresh).reduce(0) { sum, pair in sum + zip(pair.0, pair.1).count { $0 != $1 } }
        let total = kept.reduce(0) { $0 + $1.count }
        #expect(Double(differing) < 0.05 * Double(total), "\(differing) of \(total) bytes")
    }

    /// A search that began before the index was built anew goes on with what it sees, and gives nothing of it to the new
    /// store.
    @Test func aSearchHeldAcrossCompaction() throws {
        let vectors = clusteredVectors(3_000, dimension: Self.dimension, seed: 66)
        let index = try HNSWIndexTests.build(vectors, configuration: HNSWConfiguration(efConstruction: 60))
        let held = Held(index)
        let found = try index.search(
            vectors[5], limit: 20, options: SearchOptions(filter: .predicate { held.change($0) }, strategy: .graph))
        #expect(held.isDone)
        #expect(found.first?.key == 5)
        #expect(found.count == 20)
        // Blocks that the held search saw would now be written over, if they were taken for the new store's.
        for key in 3_000..<3_400 { try index.insert(vectors[key - 3_000], for: key) }
        #expect(index.violations().isEmpty)
        #expect(index.count == 2_900 - 400 + 400)
        for key in 500..<600 { #expect(try index.search(vectors[key], limit: 2).contains { $0.key == key }) }
    }

    /// Rows of an index that has been emptied are used again, one by one and by the thousand.
    @Test(arguments: [30, 1_500])
    func emptiedAndFilledAgain(first: Int) throws {
        let vectors = clusteredVectors(3_200, dimension: Self.dimension, seed: 67)
        let folder = try TemporaryFolder()
        let index = try HNSWIndex<Int>(
            dimension: Self.dimension, configuration: HNSWConfiguration(M: 4, efConstruction: 60))
        for round in 0..<3 {
            try index.insert(contentsOf: vectors[..<first].flatMap { $0 }, keys: Array(0..<first))
            for key in 0..<first { #expect(index.remove(key)) }
            #expect(index.isEmpty)
            let count = 2_000 + 300 * round
            try index.insert(contentsOf: vectors[..<count].flatMap { $0 }, keys: Array(0..<count))
            for key in 0..<(count / 2) { #expect(index.remove(key)) }
            for key in 0..<200 { try index.insert(vectors[key], for: key) }
            for key in 0..<200 { try index.update(vectors[key + 1], for: key) }
            // Saving also sees to what single changes may have cut off.
            try index.save(to: folder.file("index"))
            #expect(index.violations().isEmpty)
            #expect(throws: Never.self) { try HNSWIndex<Int>.verifyArchive(at: folder.file("index")) }
            for key in stride(from: count / 2, to: count, by: 50) {
                #expect(try index.search(vectors[key], limit: 2).contains { $0.key == key })
            }
            for key in index.keys { index.remove(key) }
        }
    }

    /// Changes the index from within a search.
    private final class Held: @unchecked Sendable {
        private let index: HNSWIndex<Int>
        private(set) var isDone = false

        init(_ index: HNSWIndex<Int>) { self.index = index }

        func change(_ key: Int) -> Bool {
            if !isDone {
                isDone = true
                for key in 2_900..<3_000 { index.remove(key) }
                try? index.compact()
                for key in 2_500..<2_900 { index.remove(key) }
            }
            return true
        }
    }
}
