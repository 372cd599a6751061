import Testing

@testable import VectorIndex

/// Archives whose graph is loaded behave as those that stay mapped.
@Suite struct ResidencyTests {
    @Test(arguments: HNSWConfiguration.Layout.allCases)
    func answersAndChangesAreTheSame(layout: HNSWConfiguration.Layout) throws {
        let folder = try TemporaryFolder()
        let vectors = clusteredVectors(3_500, dimension: 20, seed: 110)
        let built = try HNSWIndexTests.build(
            Array(vectors[..<3_000]), configuration: HNSWConfiguration(efConstruction: 60, layout: layout))
        for key in 0..<200 { built.remove(key) }
        try built.save(to: folder.file("index"))
        let mapped = try HNSWIndex<Int>(archive: folder.file("index"))
        let loaded = try HNSWIndex<Int>(archive: folder.file("index"), residency: .loaded)
        for turn in 0..<3 {
            for query in vectors[3_000..<3_050] {
                let expected = try built.search(query, limit: 10).neighbors
                #expect(try mapped.search(query, limit: 10).neighbors == expected)
                #expect(try loaded.search(query, limit: 10).neighbors == expected)
            }
            // The same changes lead to the same bytes.
            for index in [built, mapped, loaded] {
                for key in 0..<100 {
                    try index.update(vectors[3_000 + turn * 100 + key], for: 500 + key)
                    index.remove(1_000 + turn * 100 + key)
                }
                #expect(index.violations().isEmpty)
            }
        }
        try built.save(to: folder.file("a"))
        try mapped.save(to: folder.file("b"))
        try loaded.save(to: folder.file("c"))
        let bytes = try readBytes(folder.file("a"))
        #expect(try readBytes(folder.file("b")) == bytes)
        #expect(try readBytes(folder.file("c")) == bytes)
    }

    @Test func anEmptyArchive() throws {
        let folder = try TemporaryFolder()
        try HNSWIndex<Int>(dimension: 3).save(to: folder.file("index"))
        let index = try HNSWIndex<Int>(archive: folder.file("index"), residency: .loaded)
        try index.insert([1, 2, 3], for: 4)
        #expect(try index.search([1, 2, 3], limit: 1).first?.key == 4)
    }

    @Test func damageIsFoundOnLoading() throws {
        let folder = try TemporaryFolder()
        let index = try HNSWIndexTests.build(clusteredVectors(300, dimension: 20, seed: 111))
        try index.save(to: folder.file("index"))
        var bytes = try readBytes(folder.file("index"))
        let header = try ArchiveReader(path: folder.file("index")).header
        bytes[Int(header[.nodes].offset) + 1_000] ^= 4
        try writeBytes(bytes, folder.file("index"))
        #expect(throws: Never.self) { try HNSWIndex<Int>(archive: folder.file("index")) }
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>(archive: folder.file("index"), residency: .loaded) }
    }
}
