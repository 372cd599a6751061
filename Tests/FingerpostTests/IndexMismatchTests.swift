@testable import GuidelineStore
import Testing

@testable import Fingerpost

@Suite("An index that does not fit its database")
struct IndexMismatchTests {
    @Test("What the index finds and the database does not have is an error, not an empty answer")
    func unknownPassage() throws {
        let folder = try TemporaryFolder()
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add([locks, doses])
        let map = try library.database.passageMap()
        let vector = try library.encoder.encode("a passage that nobody has stored")
        try library.passages.withLock { passages in
            try passages.index.insert(vector, for: 999)
            passages.table = PassageTable(
                PassageMap(
                    generation: map.generation, libraryVersion: map.libraryVersion, passageIDs: map.passageIDs + [999],
                    guidelineRows: map.guidelineRows + [999], areExamples: map.areExamples + [false]))
            passages.table.setRows(of: passages.index)
        }
        let error = FingerpostError.indexMismatch(library: folder.library.path)
        for options in [RetrievalOptions(), RetrievalOptions(method: .dense), RetrievalOptions(isExact: true)] {
            #expect(throws: error) { try library.search("a passage that nobody has stored", options: options) }
        }
        #expect(throws: error) {
            try library.retrieve(vector, query: "a passage that nobody has stored", variants: [RetrievalOptions()])
        }
        // The next write has the index compared with the database.
        try library.add([recipes])
        #expect(try library.search("a passage that nobody has stored").matches.count == 3)
        #expect(try library.verify().isEmpty)
    }
}
