import Testing

@testable import VectorIndex

/// Keys that have several vectors each.
@Suite struct SeveralVectorsTests {
    static let dimension = 12

    /// The best score of each key, best first.
    private static func expected(_ query: [Float], in model: [Int: [[Float]]], limit: Int) -> [(
        key: Int, score: Double
    )] {
        let scored = model.compactMap { key, vectors in
            vectors.map { naiveScore(.cosine, query, $0) }.max().map { (key: key, score: $0) }
        }
        return Array(scored.sorted { $0.score > $1.score }.prefix(limit))
    }

    /// Random operations against a dictionary of lists.
    @Test(arguments: [false, true])
    func behavesAsADictionaryOfLists(isFlat: Bool) throws {
        let index: any NeighborIndex<Int> =
            isFlat
            ? try FlatIndex<Int>(dimension: Self.dimension, isMultiple: true)
            : try HNSWIndex<Int>(dimension: Self.dimension, configuration: HNSWConfiguration(M: 8), isMultiple: true)
        try check(index)
    }

    private func check(_ index: any NeighborIndex<Int>) throws {
        #expect(index.isMultiple)
        let vectors = clusteredVectors(6_000, dimension: Self.dimension, seed: 90)
        var model: [Int: [[Float]]] = [:]
        // Key 0 has as many vectors as all others together.
        let keys = (0..<3_000).map { $0 % 2 == 0 ? 0 : $0 % 300 }
        try index.insert(contentsOf: vectors[..<3_000].flatMap { $0 }, keys: keys, threads: 2, progress: nil)
        for (key, vector) in zip(keys, vectors) { model[key, default: []].append(vector) }
        var generator = SeededGenerator(seed: 91)
        for turn in 3_000..<3_600 {
            let key = Int.random(in: 0..<330, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                #expect(index.remove(key) == (model.removeValue(forKey: key) != nil))
            case 1 where model[key] != nil:
                let replacement = Array(vectors[turn..<(turn + Int.random(in: 1...4, using: &generator))])
                try index.update(contentsOf: replacement.flatMap { $0 }, for: key)
                model[key] = replacement
            default:
                try index.insert(vectors[turn], for: key)
                model[key, default: []].append(vectors[turn])
            }
        }
        #expect(index.count == model.values.reduce(0) { $0 + $1.count })
        for key in 0..<330 {
            #expect(index.contains(key) == (model[key] != nil))
            #expect(try index.vectors(for: key).count == model[key]?.count ?? 0)
        }
        if let graph = index as? HNSWIndex<Int> { #expect(graph.violations().isEmpty) }
        for query in clusteredVectors(20, dimension: Self.dimension, seed: 92) {
            let expected = Self.expected(query, in: model, limit: 10)
            let exact = try index.search(query, limit: 10, options: SearchOptions(strategy: .exact))
            // Keys may change places where their scores are nearly equal.
            #expect(exact.count == 10)
            #expect(Set(exact.map(\.key)).count == 10)
            #expect(zip(exact, expected).allSatisfy { abs(Double($0.score) - $1.score) < 1e-5 })
            for neighbor in exact {
                let best = (model[neighbor.key] ?? []).map { naiveScore(.cosine, query, $0) }.max() ?? -2
                #expect(abs(Double(neighbor.score) - best) < 1e-5)
            }
            let found = try index.search(query, limit: 10)
            #expect(Set(found.map(\.key)).count == 10)
            let all = try index.search(query, limit: 1_000)
            #expect(all.count == model.count)
            #expect(Set(all.map(\.key)).count == all.count)
            let filter = index.filter(including: [0, 7, 9])
            let filtered = try index.search(query, limit: 10, options: SearchOptions(filter: .rows(filter)))
            #expect(Set(filtered.map(\.key)) == Set([0, 7, 9].filter { model[$0] != nil }))
            let minimum = Float(expected[4].score) - 1e-4
            #expect(try index.search(query, limit: 10, options: SearchOptions(minimumScore: minimum)).count >= 4)
            #expect(try index.search(query, atLeast: minimum).allSatisfy { $0.score >= minimum })
        }
    }

    @Test func anArchiveKeepsThem() throws {
        let folder = try TemporaryFolder()
        let index = try HNSWIndex<String>(dimension: 2, isMultiple: true)
        try index.insert(contentsOf: [1, 0, 0, 1, 1, 1], keys: ["a", "b", "a"])
        try index.save(to: folder.file("index"))
        let opened = try HNSWIndex<String>(archive: folder.file("index"), verification: .everything)
        #expect(opened.isMultiple)
        #expect(try opened.vectors(for: "a").count == 2)
        #expect(try opened.search([1, 0.1], limit: 5).map(\.key) == ["a", "b"])
        #expect(opened.violations().isEmpty)
        try opened.compact()
        #expect(opened.count == 3)
        #expect(opened.remove("a"))
        #expect(opened.keys == ["b"])
    }

    @Test func oneVectorIsTheRuleOtherwise() throws {
        let index = try HNSWIndex<Int>(dimension: 2)
        try index.insert([1, 0], for: 1)
        #expect(throws: VectorIndexError.duplicateKey("1")) { try index.insert([0, 1], for: 1) }
        #expect(throws: VectorIndexError.dimensionMismatch(expected: 2, actual: 4)) {
            try index.update(contentsOf: [0, 1, 1, 1], for: 1)
        }
        #expect(throws: VectorIndexError.missingKey("2")) { try index.update(contentsOf: [0, 1], for: 2) }
        let several = try FlatIndex<Int>(dimension: 2, isMultiple: true)
        try several.insert([1, 0], for: 1)
        #expect(throws: VectorIndexError.dimensionMismatch(expected: 2, actual: 0)) {
            try several.update(contentsOf: [], for: 1)
        }
        #expect(throws: VectorIndexError.dimensionMismatch(expected: 2, actual: 3)) {
            try several.update(contentsOf: [1, 2, 3], for: 1)
        }
    }
}
