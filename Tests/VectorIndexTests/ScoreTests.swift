import Testing

@testable import VectorIndex

@Suite("Scores of keys that were chosen elsewhere")
struct ScoreTests {
    private func rows<Key>(of index: HNSWIndex<Key>) -> [Key: UInt32] {
        var rows: [Key: UInt32] = [:]
        index.forEachRow { rows[$0] = $1 }
        return rows
    }

    @Test("Scores are those of the definition, by key and by row", arguments: [Metric.cosine, .dot, .squaredL2])
    func scores(metric: Metric) throws {
        let vectors = clusteredVectors(300, dimension: 24, seed: 3)
        let index = try HNSWIndex<Int64>(dimension: 24, metric: metric)
        try index.insert(contentsOf: vectors.flatMap { $0 }, keys: vectors.indices.map { Int64($0) * 3 })
        for key in [30 as Int64, 600] { #expect(index.remove(key)) }
        let query = clusteredVectors(1, dimension: 24, seed: 4)[0]

        let keys: [Int64] = [897, 0, 30, 1, 300, 297, 600, 0]
        let scores = try index.scores(of: keys, query: query)
        let rows = rows(of: index)
        #expect(rows.count == 298)
        let byRow = try #require(
            try index.scores(of: keys, at: keys.map { rows[$0] ?? .max }, query: query))
        for (place, key) in keys.enumerated() {
            guard key % 3 == 0, key != 30, key != 600 else {
                #expect(scores[place] == nil && byRow[place].isNaN)
                continue
            }
            let expected = naiveScore(metric, query, vectors[Int(key / 3)])
            #expect(abs(Double(try #require(scores[place])) - expected) < 1e-4 * max(1, abs(expected)))
            #expect(byRow[place] == scores[place])
        }
        // What a search finds has the score that it is found with.
        for neighbor in try index.search(query, limit: 20) {
            #expect(try index.scores(of: [neighbor.key], query: query) == [neighbor.score])
        }
    }

    @Test("A row that has another key by now is told, and rows out of range are")
    func movedRows() throws {
        let vectors = clusteredVectors(100, dimension: 8, seed: 5)
        let index = try HNSWIndex<Int64>(dimension: 8, metric: .cosine)
        try index.insert(contentsOf: vectors.flatMap { $0 }, keys: vectors.indices.map(Int64.init))
        let before = rows(of: index)
        #expect(try index.scores(of: [7], at: [before[8] ?? 0], query: vectors[0]) == nil)
        #expect(try index.scores(of: [7], at: [100], query: vectors[0]) == nil)
        for key in 0..<60 as Range<Int64> { index.remove(key) }
        try index.compact()
        let key: Int64 = 80
        #expect(try index.scores(of: [key], at: [try #require(before[key])], query: vectors[0]) == nil)
        let after = rows(of: index)
        let found = try index.scores(of: [key], at: [try #require(after[key])], query: vectors[0])
        #expect(found?.first == (try index.scores(of: [key], query: vectors[0])).first ?? nil)
    }
}
