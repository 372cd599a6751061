import Testing
@testable import VectorIndex

/// Questions beside the nearest few: ranges, pages and batches.
@Suite struct QuestionTests {
    static let dimension = 16
    static let vectors = clusteredVectors(5_000, dimension: dimension, seed: 70)
    static let index: HNSWIndex<Int>? = try? HNSWIndexTests.build(
        vectors, configuration: HNSWConfiguration(efConstruction: 100))

    @Test(arguments: [0.98, 0.8, 0.2, -1] as [Float])
    func everythingAboveAScore(minimum: Float) throws {
        let index = try #require(Self.index)
        for query in clusteredVectors(4, dimension: Self.dimension, seed: 71) {
            let exact = try index.search(query, atLeast: minimum, options: SearchOptions(strategy: .exact))
            let expected = Self.vectors.count { naiveScore(.cosine, query, $0) >= Double(minimum) }
            #expect(abs(exact.count - expected) <= 1)
            let found = try index.search(query, atLeast: minimum)
            #expect(found.allSatisfy { $0.score >= minimum })
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
            #expect(Double(found.count) >= 0.97 * Double(exact.count) - 1)
            #expect(try index.search(query, atLeast: minimum, limit: 3).count == min(3, found.count))
        }
        #expect(try index.search(Self.vectors[0], atLeast: 2).isEmpty)
    }

    @Test func pagesHoldEveryRowOnce() throws {
        let index = try #require(Self.index)
        var pages = index.pages(of: Self.vectors[5], size: 300)
        var keys: [Int] = []
        var scores: [Float] = []
        while let page = try pages.next() {
            #expect(page.count == 300 || keys.count + page.count == Self.vectors.count)
            keys += page.map(\.key)
            scores += page.map(\.score)
        }
        #expect(keys.count == Self.vectors.count)
        #expect(Set(keys).count == keys.count)
        // A wider search may find what a narrower one has passed over: nearly sorted, and the front exactly.
        #expect(keys[0] == 5)
        #expect(zip(scores, scores.dropFirst()).count { $0 < $1 } < 20)
        #expect(try pages.next() == nil)
    }

    @Test func aBatchIsManySearches() throws {
        let index = try #require(Self.index)
        let queries = clusteredVectors(100, dimension: Self.dimension, seed: 72)
        let options = SearchOptions<Int>(efSearch: 50)
        let together = try index.search(contentsOf: queries.flatMap { $0 }, limit: 7, options: options, threads: 3)
        #expect(together.count == queries.count)
        for (query, result) in zip(queries, together) {
            #expect(try index.search(query, limit: 7, options: options).neighbors == result.neighbors)
        }
        #expect(try index.search(contentsOf: [], limit: 3).isEmpty)
        #expect(throws: VectorIndexError.self) { try index.search(contentsOf: [1, 2, 3], limit: 3) }
        var broken = queries.flatMap { $0 }
        broken[40] = .nan
        #expect(throws: VectorIndexError.self) { try index.search(contentsOf: broken, limit: 3) }
    }
}
