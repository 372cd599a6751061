import Foundation
import Synchronization
import Testing
@testable import VectorIndex

/// Random operations against a dictionary, and several threads at once.
@Suite struct HNSWIndexModelTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func agreesWithAModel(seed: UInt64) throws {
        let dimension = 12
        let folder = try TemporaryFolder()
        let pool = clusteredVectors(3_000, dimension: dimension, seed: seed + 20)
        var generator = SeededGenerator(seed: seed)
        var index = try HNSWIndex<Int>(dimension: dimension, configuration: .compact)
        var model: [Int: [Float]] = [:]
        for step in 0..<600 {
            let vector = pool[Int.random(in: 0..<pool.count, using: &generator)]
            let key = Int.random(in: 0..<900, using: &generator)
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<12:
                let batch = (0..<20).map { 1_000 * (step + 1) + $0 }
                try index.insert(contentsOf: batch.flatMap { _ in vector }, keys: batch)
                for key in batch { model[key] = vector }
            case 12..<45:
                if model[key] == nil {
                    try index.insert(vector, for: key)
                    model[key] = vector
                } else {
                    #expect(throws: VectorIndexError.duplicateKey("\(key)")) { try index.insert(vector, for: key) }
                }
            case 45..<60:
                if model[key] != nil {
                    try index.update(vector, for: key)
                    model[key] = vector
                }
            case 60..<80:
                #expect(index.remove(key) == (model.removeValue(forKey: key) != nil))
            case 80..<82:
                let path = folder.file("index.hnsw")
                try index.save(to: path)
                index = try HNSWIndex(archive: path, verification: .everything)
            case 82:
                try index.compact()
            default:
                let limit = Int.random(in: 0..<30, using: &generator)
                let found = try index.search(vector, limit: limit).neighbors
                #expect(found.count == min(limit, model.count))
                #expect(Set(found.map(\.key)).count == found.count)
                for neighbor in found {
                    let stored = try #require(model[neighbor.key])
                    #expect(abs(Double(neighbor.score) - naiveScore(.cosine, vector, stored)) < 1e-4)
                }
                let exact = try index.search(vector, limit: limit, options: SearchOptions(strategy: .exact)).neighbors
                let expected = naiveNearest(.cosine, vector, in: model, limit: limit)
                #expect(zip(exact, expected).allSatisfy { abs(Double($0.score) - $1.1) < 1e-4 })
            }
            #expect(index.count == model.count)
        }
        try index.save(to: folder.file("index.hnsw"))
        #expect(index.violations().isEmpty)
        #expect(Set(index.keys) == Set(model.keys))
        for (key, vector) in model {
            let stored = try #require(try index.vector(for: key))
            #expect(naiveScore(.cosine, stored, vector) > 0.99999)
        }
    }

    @Test func searchesBesideWrites() async throws {
        let dimension = 16
        let vectors = clusteredVectors(4_000, dimension: dimension, seed: 30)
        let index = try HNSWIndex<Int>(dimension: dimension, configuration: .compact)
        try index.insert(contentsOf: vectors[..<2_500].flatMap { $0 }, keys: Array(0..<2_500))
        let flag = Flag()
        await withTaskGroup(of: Void.self) { group in
            for reader in 0..<3 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(reader))
                    while !flag.isDone.load(ordering: .acquiring) {
                        let query = vectors[Int.random(in: 0..<vectors.count, using: &generator)]
                        let found = (try? index.search(query, limit: 10).neighbors) ?? []
                        #expect(found.count == 10)
                        #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                defer { flag.isDone.store(true, ordering: .releasing) }
                var generator = SeededGenerator(seed: 50)
                for key in 2_500..<2_900 {
                    #expect(throws: Never.self) { try index.insert(vectors[key], for: key) }
                    index.remove(Int.random(in: 0..<2_000, using: &generator))
                    let other = Int.random(in: 2_000..<2_500, using: &generator)
                    #expect(throws: Never.self) { try index.update(vectors[other + 1_000], for: other) }
                }
                #expect(throws: Never.self) {
                    try index.insert(
                        contentsOf: vectors[3_000...].flatMap { $0 }, keys: Array(3_000..<4_000), threads: 2)
                }
                #expect(throws: Never.self) { try index.compact(threads: 2) }
            }
        }
        #expect(index.count == index.keys.count)
        #expect(index.violations().isEmpty)
    }
}

private final class Flag: Sendable {
    let isDone = Atomic(false)
}
