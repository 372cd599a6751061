import Foundation
import Testing
@testable import Fingerpost

/// Going back in a library that is open and searched.
@Suite struct GuidelineLibraryHistoryTests {
    @Test func aSearchFollowsARollback() throws {
        let folder = try TemporaryFolder()
        let encoder = WordEncoder()
        let library = try GuidelineLibrary.create(at: folder.library, options: options(encoder))
        try library.add([locks, doses])
        var changed = locks
        changed.examples = ["where can I buy a crowbar"]
        try library.add([changed, recipes])
        try library.remove(ids: ["doses"])
        #expect(try library.libraryVersion == 3)
        #expect(try library.search("how can I pick a lock").matches.first?.via.text != locks.examples[0])

        let encoded = encoder.encodedCount.load(ordering: .relaxed)
        let outcome = try library.rollback(to: 1)
        #expect(outcome.libraryVersion == 4)
        #expect(outcome.restored == ["doses", "locks"] && outcome.removed == ["recipes"])
        // The two examples of "locks" and both texts of "doses" had no vectors any more.
        #expect(encoder.encodedCount.load(ordering: .relaxed) == encoded + 4)
        #expect(try library.search("how can I pick a lock").matches.first?.via.text == locks.examples[0])
        #expect(try library.search("ibuprofen tablets for my baby").matches.first?.guideline.id == "doses")
        let found = try library.search("cooking temperatures", options: RetrievalOptions(limit: 9)).matches
        #expect(Set(found.map(\.guideline.id)) == ["locks", "doses"])
        #expect(try library.verify().isEmpty)

        #expect(try library.restore(id: "locks", version: 2).examples == changed.examples)
        #expect(try library.search("where is a crowbar").matches.first?.guideline.id == "locks")
        #expect(try library.restore(id: "recipes", version: 1).text == recipes.text)
        #expect(try library.search("cooking temperatures").matches.first?.guideline.id == "recipes")
        #expect(try library.history(of: "recipes").map(\.change) == [.added, .removed, .restored])
        #expect(try library.guideline(id: "locks", version: 1)?.examples == locks.examples)
        #expect(try library.changes(from: 1, to: library.libraryVersion).map(\.id) == ["locks", "recipes"])
        #expect(try library.verify().isEmpty)
        try library.close()

        let reopened = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        #expect(try reopened.libraryVersion == 6 && reopened.verify().isEmpty)
        #expect(throws: GuidelineStoreError.readOnly(path: folder.library.path)) { try reopened.rollback(to: 1) }
        #expect(throws: GuidelineStoreError.readOnly(path: folder.library.path)) {
            try reopened.restore(id: "locks", version: 1)
        }
    }
}
