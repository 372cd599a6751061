import Testing
@testable import VectorIndex

@Suite struct MemoryTests {
    @Test(arguments: HNSWConfiguration.Layout.allCases, [8, 32])
    func predictionsHold(layout: HNSWConfiguration.Layout, M: Int) throws {
        let configuration = HNSWConfiguration(M: M, efConstruction: 40, layout: layout)
        let index = try HNSWIndexTests.build(
            clusteredVectors(3_000, dimension: 20, seed: 80), configuration: configuration)
        let predicted = configuration.memory(rows: 3_000, dimension: 20)
        #expect(abs(Double(predicted.total) / Double(index.byteCount) - 1) < 0.02)
        let folder = try TemporaryFolder()
        try index.save(to: folder.file("index.hnsw"))
        let file = try readBytes(folder.file("index.hnsw")).count
        // Keys of eight bytes, a codebook, and sections that begin with pages.
        #expect(Double(file) < 1.15 * Double(predicted.total) + 65_536)
    }

    @Test func whatTheDocumentationSays() {
        let fast = HNSWConfiguration.balanced.memory(rows: 1_000_000, dimension: 384)
        let compact = HNSWConfiguration.compact.memory(rows: 1_000_000, dimension: 384)
        #expect(fast.vectors == 1_536_000_000)
        #expect((2_190_000_000...2_200_000_000).contains(fast.graph))
        #expect((520_000_000...540_000_000).contains(compact.graph))
    }
}
