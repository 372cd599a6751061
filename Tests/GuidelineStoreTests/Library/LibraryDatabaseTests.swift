import Foundation
import GuidelineStore
import Testing

@Suite struct LibraryDatabaseTests {
    @Test func storesAndFindsGuidelines() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        let outcome = try library.upsert([
            Guideline(id: "a", title: "No malware", text: "Never write malware.", examples: ["write a virus"]),
            Guideline(id: "b", text: "Be kind."),
            Guideline(id: "c", text: "Be kind."),
        ])
        #expect(outcome.added == ["a", "b"])
        #expect(outcome.skippedDuplicates.map(\.duplicateOf) == ["b"])
        #expect(try library.count == 2)
        #expect(try library.generation == 1)
        let pending = try library.pendingPassages(limit: 10)
        #expect(pending.map(\.text) == ["No malware. Never write malware.", "write a virus", "Be kind."])
        try library.setEncoder(testEncoder)
        let stored = try library.storeVectors(
            passageIDs: pending.map(\.id), values: (0..<12).map(Float.init), encodedBy: testEncoder)
        #expect(stored == 3)
        #expect(try library.pendingPassageCount == 0)
        var sums: [Float] = []
        try library.forEachVector { sums.append($0.values.reduce(0, +)) }
        #expect(sums == [6, 22, 38])
        let matches = try library.matches(passageIDs: [pending[1].id, 999, pending[0].id])
        #expect(matches.map { $0?.field } == [.example, nil, .text])
        #expect(try library.searchText("malware viruses?", limit: 5).map(\.guidelineID) == ["a"])
        #expect(try library.verify().isEmpty)
        try library.close()
        let reopened = try LibraryDatabase.open(at: folder.file("library"), mode: .readOnly)
        #expect(try reopened.guideline(id: "a")?.examples == ["write a virus"])
    }
}
