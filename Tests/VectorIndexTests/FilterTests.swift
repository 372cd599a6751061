import Testing

@testable import VectorIndex

/// Filters that are travelled with, whatever a scan would cost.
@Suite struct FilterTests {
    static let dimension = 24
    static let count = 6_000
    static let vectors = clusteredVectors(count, dimension: dimension, seed: 120)

    /// How often each plan was taken, and the part of the true neighbours that was found.
    private func recall(
        _ index: HNSWIndex<Int>, _ members: [Int], _ strategy: SearchStrategy
    ) throws -> (recall: Double, graph: Int) {
        let filter = index.filter(including: members)
        let inside = Set(members)
        let wanted = min(10, members.count)
        var (hits, graph) = (0, 0)
        let queries = clusteredVectors(60, dimension: Self.dimension, seed: 121)
        for query in queries {
            let exact = try index.search(
                query, limit: 10, options: SearchOptions(filter: .rows(filter), strategy: .exact))
            let found = try index.search(
                query, limit: 10, options: SearchOptions(filter: .rows(filter), strategy: strategy))
            #expect(found.count == wanted)
            #expect(Set(found.map(\.key)).count == found.count)
            #expect(found.allSatisfy { inside.contains($0.key) })
            hits += Set(exact.map(\.key)).intersection(found.map(\.key)).count
            if found.statistics.plan == .graph { graph += 1 }
        }
        return (Double(hits) / Double(queries.count * wanted), graph)
    }

    @Test(arguments: HNSWConfiguration.Layout.allCases, [0.9, 0.5, 0.2, 0.1, 0.04])
    func randomRows(layout: HNSWConfiguration.Layout, share: Double) throws {
        let index = try HNSWIndexTests.build(
            Self.vectors, configuration: HNSWConfiguration(efConstruction: 100, layout: layout))
        var generator = SeededGenerator(seed: 122)
        let members = (0..<Self.count).filter { _ in Double.random(in: 0..<1, using: &generator) < share }
        let (found, graph) = try recall(index, members, .graph)
        #expect(found > 0.9, "\(found)")
        #expect(graph > 30, "\(graph) of 60 by the graph")
        #expect(try recall(index, members, .automatic).recall > 0.9)
    }

    /// Rows on one side of everything: near some queries, far from others.
    @Test(arguments: HNSWConfiguration.Layout.allCases, [0.5, 0.1])
    func rowsOfOneKind(layout: HNSWConfiguration.Layout, share: Double) throws {
        let index = try HNSWIndexTests.build(
            Self.vectors, configuration: HNSWConfiguration(efConstruction: 100, layout: layout))
        let direction = Self.vectors[3]
        let ranked = Self.vectors.indices.sorted {
            naiveScore(.cosine, direction, Self.vectors[$0]) > naiveScore(.cosine, direction, Self.vectors[$1])
        }
        let length = Int(share * Double(Self.count))
        for members in [Array(ranked.prefix(length)), Array(ranked.suffix(length))] {
            for strategy in [SearchStrategy.graph, .automatic] {
                let (found, _) = try recall(index, members, strategy)
                #expect(found > 0.9, "\(found)")
            }
        }
    }

    /// Too few to meet on the way.
    @Test func veryRareRows() throws {
        let index = try HNSWIndexTests.build(Self.vectors, configuration: HNSWConfiguration(layout: .compact))
        for members in [[5], Array(stride(from: 0, to: Self.count, by: 500))] {
            for strategy in [SearchStrategy.graph, .automatic] {
                #expect(try recall(index, members, strategy).recall > 0.9)
            }
        }
    }
}
