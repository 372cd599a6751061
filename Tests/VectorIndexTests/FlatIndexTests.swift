import Testing
@testable import VectorIndex

@Suite struct FlatIndexTests {
    @Test(arguments: Metric.allCases, [1, 3, 16, 65])
    func agreesWithTheDefinition(metric: Metric, dimension: Int) throws {
        let vectors = clusteredVectors(700, dimension: dimension, seed: UInt64(dimension))
        let index = try FlatIndex<Int>(dimension: dimension, metric: metric)
        try index.insert(contentsOf: vectors.flatMap { $0 }, keys: Array(0..<700))
        let model = Dictionary(uniqueKeysWithValues: vectors.enumerated().map { ($0.offset, $0.element) })
        for query in clusteredVectors(20, dimension: dimension, seed: 99) {
            let found = try index.search(query, limit: 10)
            let expected = naiveNearest(metric, query, in: model, limit: 10)
            for (neighbor, reference) in zip(found, expected) {
                let tolerance = 1e-4 * max(1, abs(reference.1))
                #expect(abs(Double(neighbor.score) - reference.1) < tolerance)
                #expect(abs(naiveScore(metric, query, vectors[neighbor.key]) - Double(neighbor.score)) < tolerance)
            }
            #expect(found.count == 10)
        }
    }

    @Test func equalScoresComeInKeyOrder() throws {
        let index = try FlatIndex<String>(dimension: 2)
        for key in ["d", "a", "c", "b"] { try index.insert([1, 0], for: key) }
        #expect(try index.search([1, 0], limit: 4).map(\.key) == ["a", "b", "c", "d"])
    }

    @Test func limitsBelowAndAboveTheCount() throws {
        let index = try FlatIndex<Int>(dimension: 2)
        #expect(try index.search([1, 0], limit: 5).isEmpty)
        try index.insert([1, 0], for: 1)
        try index.insert([0, 1], for: 2)
        #expect(try index.search([1, 0], limit: 0).isEmpty)
        #expect(try index.search([1, 0], limit: 50).count == 2)
        #expect(throws: VectorIndexError.self) { try index.search([1, 0], limit: -1) }
    }

    @Test func minimumScoreIsInclusive() throws {
        let index = try FlatIndex<Int>(dimension: 2, metric: .dot)
        try index.insert([1, 0], for: 1)
        try index.insert([0.5, 0], for: 2)
        try index.insert([0.25, 0], for: 3)
        let result = try index.search([1, 0], limit: 3, options: SearchOptions(minimumScore: 0.5))
        #expect(result.neighbors.map(\.key) == [1, 2])
    }

    @Test func refusesWhatIsNoVector() throws {
        let index = try FlatIndex<Int>(dimension: 3)
        #expect(throws: VectorIndexError.dimensionMismatch(expected: 3, actual: 2)) {
            try index.insert([1, 2], for: 1)
        }
        #expect(throws: VectorIndexError.nonFiniteElement(row: 0, element: 1)) {
            try index.insert([1, .nan, 0], for: 1)
        }
        #expect(throws: VectorIndexError.nonFiniteElement(row: 0, element: 2)) {
            try index.insert([1, 0, .infinity], for: 1)
        }
        #expect(throws: VectorIndexError.zeroVector(row: 1)) {
            try index.insert(contentsOf: [1, 0, 0, 0, 0, 0], keys: [1, 2])
        }
        #expect(throws: VectorIndexError.duplicateKey("1")) {
            try index.insert(contentsOf: [1, 0, 0, 0, 1, 0], keys: [1, 1])
        }
        #expect(index.isEmpty)
        try index.insert([1, 0, 0], for: 1)
        #expect(throws: VectorIndexError.duplicateKey("1")) { try index.insert([1, 0, 0], for: 1) }
        #expect(throws: VectorIndexError.missingKey("9")) { try index.update([1, 0, 0], for: 9) }
        #expect(throws: VectorIndexError.dimensionMismatch(expected: 3, actual: 4)) {
            try index.search([1, 0, 0, 0], limit: 1)
        }
        #expect(throws: VectorIndexError.nonFiniteElement(row: 0, element: 0)) {
            try index.search([.nan, 0, 0], limit: 1)
        }
        #expect(throws: VectorIndexError.zeroVector(row: 0)) { try index.search([0, 0, 0], limit: 1) }
        #expect(throws: VectorIndexError.self) { try FlatIndex<Int>(dimension: 0) }
        #expect(index.count == 1)
    }

    @Test func tinyAndHugeVectorsKeepTheirDirection() throws {
        let index = try FlatIndex<Int>(dimension: 2)
        try index.insert([3e-30, 4e-30], for: 1)
        try index.insert([3e30, -4e30], for: 2)
        let found = try index.search([0.6, 0.8], limit: 2)
        #expect(found[0].key == 1)
        #expect(abs(found[0].score - 1) < 1e-5)
        #expect(abs(found[1].score + 0.28) < 1e-5)
    }
}
