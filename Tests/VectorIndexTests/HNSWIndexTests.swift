import Testing
@testable import VectorIndex

@Suite struct HNSWIndexTests {
    static let dimension = 24

    static func build(
        _ vectors: [[Float]], metric: Metric = .cosine, configuration: HNSWConfiguration = .balanced, threads: Int = 2
    ) throws -> HNSWIndex<Int> {
        let index = try HNSWIndex<Int>(dimension: vectors[0].count, metric: metric, configuration: configuration)
        try index.insert(contentsOf: vectors.flatMap { $0 }, keys: Array(vectors.indices), threads: threads)
        return index
    }

    /// The part of the true neighbours that were found.
    static func recall(
        _ index: HNSWIndex<Int>, queries: [[Float]], limit: Int = 10, ef: Int = 64
    ) throws -> Double {
        var hits = 0
        for query in queries {
            let found = try index.search(query, limit: limit, options: SearchOptions(efSearch: ef, strategy: .graph))
            #expect(found.statistics.plan == .graph)
            let exact = try index.search(query, limit: limit, options: SearchOptions(strategy: .exact))
            #expect(exact.statistics.plan == .exact)
            let truth = Set(exact.neighbors.map(\.key))
            hits += found.neighbors.count { truth.contains($0.key) }
        }
        return Double(hits) / Double(queries.count * limit)
    }

    @Test(arguments: Metric.allCases)
    func findsTheTrueNeighbours(metric: Metric) throws {
        let index = try Self.build(clusteredVectors(4_000, dimension: Self.dimension, seed: 1), metric: metric)
        #expect(index.violations().isEmpty)
        let queries = clusteredVectors(100, dimension: Self.dimension, seed: 2)
        // The inner product is no metric: its graph is weaker, as everywhere.
        #expect(try Self.recall(index, queries: queries, ef: 64) > (metric == .dot ? 0.85 : 0.95))
        #expect(try Self.recall(index, queries: queries, ef: 400) > (metric == .dot ? 0.95 : 0.99))
    }

    @Test func scoresAreExact() throws {
        let vectors = clusteredVectors(3_000, dimension: Self.dimension, seed: 3)
        for metric in Metric.allCases {
            let index = try Self.build(vectors, metric: metric)
            for query in clusteredVectors(10, dimension: Self.dimension, seed: 4) {
                for neighbor in try index.search(query, limit: 10) {
                    let reference = naiveScore(metric, query, vectors[neighbor.key])
                    #expect(abs(Double(neighbor.score) - reference) < 1e-4 * max(1, abs(reference)))
                }
            }
        }
    }

    @Test func oneByOneIsAsGoodAsInOneBatch() throws {
        let vectors = clusteredVectors(2_600, dimension: Self.dimension, seed: 5)
        let index = try HNSWIndex<Int>(dimension: Self.dimension)
        for (key, vector) in vectors.enumerated() { try index.insert(vector, for: key) }
        #expect(index.violations().isEmpty)
        #expect(index.count == 2_600)
        #expect(try Self.recall(index, queries: clusteredVectors(50, dimension: Self.dimension, seed: 6)) > 0.95)
    }

    @Test func theSameBytesOnAnyNumberOfThreads() throws {
        let folder = try TemporaryFolder()
        let vectors = clusteredVectors(3_000, dimension: Self.dimension, seed: 8)
        var archives: [[UInt8]] = []
        for (run, threads) in [1, 2, 5, 1].enumerated() {
            let path = folder.file("\(run).hnsw")
            try Self.build(vectors, threads: threads).save(to: path)
            archives.append(try readBytes(path))
        }
        #expect(archives.dropFirst().allSatisfy { $0 == archives[0] })
        let other = folder.file("other.hnsw")
        try Self.build(vectors, configuration: HNSWConfiguration(seed: 1)).save(to: other)
        #expect(try readBytes(other) != archives[0])
    }

    @Test(arguments: [1.0, 0.5, 0.1, 0.01, 0.001])
    func asManyResultsAsMatchTheFilter(share: Double) throws {
        let count = 4_000
        let vectors = clusteredVectors(count, dimension: Self.dimension, seed: 9)
        let index = try Self.build(vectors)
        var generator = SeededGenerator(seed: 10)
        let chosen = Set((0..<count).filter { _ in Double.random(in: 0..<1, using: &generator) < share })
        let filter = index.filter(including: chosen)
        #expect(filter.count == chosen.count)
        let model = Dictionary(uniqueKeysWithValues: chosen.map { ($0, vectors[$0]) })
        var hits = 0
        for query in clusteredVectors(25, dimension: Self.dimension, seed: 11) {
            let truth = Set(naiveNearest(.cosine, query, in: model, limit: 10).map(\.0))
            for option in [SearchFilter<Int>.rows(filter), .predicate { chosen.contains($0) }] {
                let found = try index.search(query, limit: 10, options: SearchOptions(filter: option)).neighbors
                #expect(found.count == min(10, chosen.count))
                #expect(found.allSatisfy { chosen.contains($0.key) })
                hits += found.count { truth.contains($0.key) }
            }
        }
        #expect(Double(hits) >= 0.95 * Double(50 * min(10, chosen.count)))
    }

    /// Everything near the query is filtered out: a graph search alone would come back with nothing.
    @Test func aFilterThatExcludesTheNeighbourhood() throws {
        let vectors = clusteredVectors(4_000, dimension: Self.dimension, clusters: 10, seed: 12)
        let index = try Self.build(vectors)
        let query = vectors[17]
        let exact = try index.search(query, limit: 2_000, options: SearchOptions(strategy: .exact))
        let near = Set(exact.neighbors.map(\.key))
        let options = SearchOptions<Int>(filter: .predicate { !near.contains($0) })
        #expect(try index.search(query, limit: 20, options: options).neighbors.count == 20)
    }

    @Test func copiesDoNotTrapASearch() throws {
        var vectors = clusteredVectors(3_000, dimension: Self.dimension, seed: 13)
        let copy = vectors[0]
        vectors.append(contentsOf: repeatElement(copy, count: 1_500))
        let index = try Self.build(vectors)
        #expect(index.violations().isEmpty)
        // Searching from inside the copies for something else, and for the copies themselves.
        #expect(try Self.recall(index, queries: clusteredVectors(50, dimension: Self.dimension, seed: 14)) > 0.9)
        let found = try index.search(copy, limit: 100, options: SearchOptions(efSearch: 200)).neighbors
        #expect(found.count == 100)
        #expect(found.count { $0.score > 0.9999 } >= 95)
    }

    @Test func onlyCopies() throws {
        let index = try Self.build([[Float]](repeating: [1, 2, 3], count: 2_500))
        #expect(index.violations().isEmpty)
        #expect(try index.search([1, 2, 3], limit: 50).count == 50)
    }

    @Test func zeroRowsUnderTheInnerProduct() throws {
        let index = try Self.build([[Float]](repeating: [0, 0, 0], count: 2_100), metric: .dot)
        #expect(index.violations().isEmpty)
        #expect(try index.search([1, 2, 3], limit: 5).map(\.score) == [0, 0, 0, 0, 0])
    }

    @Test func refusesBadParametersAndStaleFilters() throws {
        #expect(throws: VectorIndexError.self) {
            try HNSWIndex<Int>(dimension: 4, configuration: HNSWConfiguration(M: 1))
        }
        #expect(throws: VectorIndexError.self) {
            try HNSWIndex<Int>(dimension: 4, configuration: HNSWConfiguration(efConstruction: 0))
        }
        let index = try Self.build([[1, 0], [0, 1]])
        #expect(throws: VectorIndexError.self) {
            try index.search([1, 0], limit: 1, options: SearchOptions(efSearch: 0))
        }
        let filter = index.filter(including: [1])
        try index.compact()
        #expect(throws: VectorIndexError.staleFilter) {
            try index.search([1, 0], limit: 1, options: SearchOptions(filter: .rows(filter)))
        }
    }

    @Test func aBatchIsAddedWhollyOrNotAtAll() throws {
        let index = try Self.build([[1, 0], [0, 1]])
        #expect(throws: VectorIndexError.nonFiniteElement(row: 1, element: 0)) {
            try index.insert(contentsOf: [1, 1, .nan, 1], keys: [10, 11])
        }
        #expect(throws: VectorIndexError.duplicateKey("1")) {
            try index.insert(contentsOf: [1, 1, 1, 1], keys: [10, 1])
        }
        #expect(throws: VectorIndexError.self) { try index.insert(contentsOf: [1, 1, 1], keys: [10, 11]) }
        #expect(index.count == 2)
        #expect(!index.contains(10))
    }
}
