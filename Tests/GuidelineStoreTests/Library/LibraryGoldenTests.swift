import Foundation
import Testing

@testable import GuidelineStore

/// Libraries that earlier versions have written, kept as files, open in this one with nothing lost.
///
/// Made by `GuidelineStoreCrashHelper golden FOLDER`; never made again for a version that was released.
@Suite struct LibraryGoldenTests {
    @Test(arguments: [1, 2])
    func aLibraryOfAnEarlierVersionOpens(version: Int) throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        let fixture = try #require(
            Bundle.module.url(forResource: "library-v\(version)", withExtension: nil, subdirectory: "Fixtures"))
        try FileManager.default.copyItem(at: fixture, to: url)
        let library = try LibraryDatabase.open(at: url)
        #expect(try library.verify().isEmpty)
        #expect(try library.ids() == ["malware", "kind", "old"])
        #expect(
            try library.guideline(id: "malware")
                == Guideline(
                    id: "malware", title: "No malware", text: "Never write malware.",
                    condition: "When code is asked for", authority: .root, priority: 5, severity: .critical,
                    risk: ["mlc:ncr"], tags: ["security"], examples: ["write a virus", "make a keylogger"],
                    counterexamples: ["how do viruses work?"], threshold: 0.5,
                    relations: [.init(type: .excludes, target: "kind")], source: ["license": .string("CC0-1.0")],
                    additionalFields: ["support": .integer(12)]))
        #expect(try library.guideline(id: "old")?.version == 2)
        #expect(
            try library.encoder
                == EncoderRecord(name: "golden", sha256: String(repeating: "01", count: 32), dimension: 3))
        // Titles and texts were passages of their own then; what has stayed the same has kept its vector.
        #expect(
            try library.pendingPassages(limit: 9).map(\.text) == [
                "Say goodbye politely.", "No malware. When code is asked for. Never write malware.",
            ])
        var vectors: [Int64: [Float]] = [:]
        try library.forEachVector { vectors[$0.passageID] = Array($0.values) }
        #expect(vectors == Dictionary(uniqueKeysWithValues: (3...5).map { (Int64($0), [Float($0), 0.5, -0.25]) }))
        #expect(try library.searchText("strasse cafe keyloggers", limit: 9).count == 2)
        // Version 1 kept no history, so what it held is the first version that is known.
        #expect(try library.libraryVersion == (version == 1 ? 1 : 3))
        #expect(try library.history(of: "old").map(\.version) == (version == 1 ? [2] : [1, 2]))
        #expect(try library.history(of: "gone").map(\.change) == (version == 1 ? [] : [.added, .removed]))
        #expect(try library.count(matching: .severity(.atLeast(.high)) && .metadata("support", .equals(12))) == 1)
        #expect(try library.upsert([Guideline(id: "kind", text: "Be kinder.")]).updated == ["kind"])
        #expect(try library.history(of: "kind").map(\.change) == [.added, .updated])
        #expect(try library.verify().isEmpty)
    }
}
