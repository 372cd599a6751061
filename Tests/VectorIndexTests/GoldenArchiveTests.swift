import Foundation
import Platform
import Testing

@testable import VectorIndex

/// Archives that an earlier version has written are read by all that follow.
///
/// With FINGERPOST_WRITE_GOLDEN set to a folder the tests write them there instead.
@Suite struct GoldenArchiveTests {
    struct Golden: CustomTestStringConvertible, Sendable {
        let name: String
        let rows: Int
        let dimension: Int
        let metric: Metric
        let configuration: HNSWConfiguration
        var isMultiple = false

        var testDescription: String { name }
        var vectors: [[Float]] { clusteredVectors(rows, dimension: dimension, seed: 85) }
        var queries: [[Float]] { clusteredVectors(8, dimension: dimension, seed: 86) }
        func key(_ row: Int) -> String { "règle \(isMultiple ? row / 3 : row)" }

        func build() throws -> HNSWIndex<String> {
            let index = try HNSWIndex<String>(
                dimension: dimension, metric: metric, configuration: configuration, isMultiple: isMultiple)
            try index.insert(contentsOf: vectors.flatMap { $0 }, keys: (0..<rows).map(key))
            for row in 0..<(rows / 8) { index.remove(key(row)) }
            return index
        }
    }

    static let all = [
        Golden(name: "empty", rows: 0, dimension: 3, metric: .cosine, configuration: .balanced),
        Golden(
            name: "compact", rows: 90, dimension: 5, metric: .dot,
            configuration: HNSWConfiguration(M: 2, layout: .compact)),
        Golden(
            name: "several", rows: 60, dimension: 20, metric: .squaredL2, configuration: HNSWConfiguration(M: 3),
            isMultiple: true),
        Golden(
            name: "panels", rows: 2_056, dimension: 4, metric: .cosine,
            configuration: HNSWConfiguration(M: 2, efConstruction: 20)),
    ]
    static let version = ArchiveHeader.version

    @Test(arguments: all)
    func isReadAsItWasWritten(golden: Golden) throws {
        let name = "\(golden.name)-\(Self.version)"
        if let folder = ProcessInfo.processInfo.environment["FINGERPOST_WRITE_GOLDEN"] {
            try golden.build().save(to: "\(folder)/\(name).hnsw", label: Array("golden \(golden.name)".utf8))
            return
        }
        let path = try #require(Bundle.module.path(forResource: "Golden/\(name)", ofType: "hnsw"))
        try HNSWIndex<String>.verifyArchive(at: path)
        #expect(try HNSWIndex<String>.archiveLabel(at: path) == Array("golden \(golden.name)".utf8))
        let index = try HNSWIndex<String>(archive: path)
        let fresh = try golden.build()
        #expect(index.count == fresh.count)
        #expect(index.keys == fresh.keys)
        #expect(index.metric == golden.metric)
        #expect(index.isMultiple == golden.isMultiple)
        #expect(index.configuration == golden.configuration)
        #expect((index.store.codebook != nil) == (golden.rows >= GraphStore.codebookThreshold))
        for row in stride(from: 0, to: golden.rows, by: 7) {
            let (stored, expected) = (try index.vectors(for: golden.key(row)), try fresh.vectors(for: golden.key(row)))
            #expect(stored.count == expected.count)
            for (stored, expected) in zip(stored, expected) {
                #expect(zip(stored, expected).allSatisfy { abs($0 - $1) < 1e-6 * max(1, abs($1)) })
            }
        }
        for query in golden.queries {
            let exact = try index.search(query, limit: 5, options: SearchOptions(strategy: .exact))
            let expected = try fresh.search(query, limit: 5, options: SearchOptions(strategy: .exact))
            #expect(exact.count == min(5, Set(fresh.keys).count))
            #expect(zip(exact, expected).allSatisfy { abs($0.score - $1.score) < 1e-4 * max(1, abs($1.score)) })
            let found = try index.search(query, limit: 5, options: SearchOptions(efSearch: 100, strategy: .graph))
            #expect(found.count == exact.count)
            #expect(Set(found.map(\.key)).intersection(exact.map(\.key)).count >= min(3, exact.count))
        }
        // It can be changed and saved again.
        if golden.rows > 0 {
            try index.insert(golden.vectors[0], for: "new")
            #expect(index.remove(golden.key(golden.rows - 1)))
        }
        let folder = try TemporaryFolder()
        try index.save(to: folder.file("again"))
        #expect(try HNSWIndex<String>(archive: folder.file("again"), verification: .everything).count == index.count)
    }
}
