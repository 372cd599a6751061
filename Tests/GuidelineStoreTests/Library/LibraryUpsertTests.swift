import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite struct LibraryUpsertTests {
    private func library(_ folder: TemporaryFolder) throws -> LibraryDatabase {
        try LibraryDatabase.create(at: folder.file("library"))
    }

    @Test func anUpdateRaisesTheVersionAndNothingElseDoes() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        let first = Guideline(id: "a", title: "T", text: "x", tags: ["t"])
        #expect(try library.upsert([first]).added == ["a"])
        #expect(try library.upsert([first]).unchanged == ["a"])
        #expect(try library.generation == 1)
        var changed = first
        changed.severity = .critical
        #expect(try library.upsert([changed]).updated == ["a"])
        #expect(try library.guideline(id: "a")?.version == 2)
        #expect(try library.upsert([changed]).unchanged == ["a"])
        changed.version = 7
        #expect(try library.upsert([changed]).updated == ["a"])
        #expect(try library.guideline(id: "a")?.version == 7)
        changed.version = .max
        #expect(try library.upsert([changed]).updated == ["a"])
        changed.text = "y"
        #expect(storeError { _ = try library.upsert([changed]) }?.code == "invalid_field")
        #expect(try library.generation == 4)
        #expect(try library.verify().isEmpty)
    }

    @Test func sameContentUnderAnotherIDIsADuplicate() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        let outcome = try library.upsert([
            Guideline(id: "a", title: "T", text: "x"), Guideline(id: "b", title: "T", text: "T: x", severity: .high),
            Guideline(id: "", title: "T", text: "x"), Guideline(id: "c", text: "x"),
        ])
        #expect(outcome.added == ["a", "c"])
        #expect(outcome.skippedDuplicates.map(\.duplicateOf) == ["a", "a"])
        #expect(outcome.skippedDuplicates[0].id == "b" && outcome.skippedDuplicates[1].id.hasPrefix("g_"))
        // An id that is there is updated even so: the caller has named it.
        #expect(try library.upsert([Guideline(id: "c", title: "T", text: "x")]).updated == ["c"])
    }

    @Test func aRetiredGuidelineDoesNotHideALiveOne() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([Guideline(id: "a", text: "x", status: .retired)])
        #expect(try library.upsert([Guideline(id: "b", text: "x", status: .retired)]).skippedDuplicates.count == 1)
        #expect(try library.upsert([Guideline(id: "c", text: "x")]).added == ["c"])
        #expect(try library.upsert([Guideline(id: "d", text: "x")]).skippedDuplicates.map(\.duplicateOf) == ["c"])
    }

    @Test func anIDTwiceInATransactionIsADuplicateOrAnError() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        let same = try library.upsert([Guideline(id: "", text: "x"), Guideline(id: "", text: "x", kind: .style)])
        #expect(same.added.count == 1 && same.skippedDuplicates.map(\.duplicateOf) == same.added)
        let error = storeError {
            _ = try library.upsert([
                Guideline(id: "n", text: "new"), Guideline(id: "a", text: "x1"), Guideline(id: "a", text: "x2"),
            ])
        }
        #expect(error == .duplicateID("a", first: nil, second: nil))
        #expect(try library.count == 1, "nothing of the failed transaction is kept")
        #expect(try library.generation == 1)
        try library.write { transaction in
            try transaction.upsert(Guideline(id: "a", text: "x1"))
            #expect(try transaction.remove(id: "a"))
            #expect(try transaction.upsert(Guideline(id: "a", text: "x2")).result == .added)
        }
        #expect(try library.guideline(id: "a")?.text == "x2")
    }

    @Test func passagesThatStayKeepTheirIDsAndVectors() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.setEncoder(testEncoder)
        try library.upsert([Guideline(id: "a", title: "T", text: "x", examples: ["one", "two", "three"])])
        let before = try library.pendingPassages(limit: 10)
        try library.storeVectors(
            passageIDs: before.map(\.id), values: Array(repeating: 1, count: 16), encodedBy: testEncoder)
        try library.upsert([Guideline(id: "a", title: "T2", text: "x", examples: ["three", "new", "one", "T"])])
        let pending = try library.pendingPassages(limit: 10)
        #expect(pending.map(\.text) == ["T2. x", "new", "T"])
        #expect(pending.allSatisfy { passage in passage.id > before.map(\.id).max() ?? 0 })
        let matches = try library.matches(passageIDs: before.map(\.id))
        #expect(matches.map { $0?.text } == [nil, "one", nil, "three"])
        #expect(matches.map { $0?.ordinal } == [nil, 2, nil, 0])
        #expect(try library.verify().isEmpty)
    }

    @Test func removingForgetsEverything() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([
            Guideline(id: "a", text: "apples", risk: ["r"], tags: ["t"]), Guideline(id: "b", text: "pears"),
        ])
        #expect(try library.remove(ids: ["b", "none", "a"]) == ["b", "a"])
        #expect(try library.remove(ids: ["a"]) == [])
        let statistics = try library.statistics()
        #expect(statistics.guidelineCount == 0 && statistics.passageCount == 0 && statistics.byTag.isEmpty)
        #expect(statistics.generation == 2)
        #expect(try library.searchText("apples", limit: 5).isEmpty)
        #expect(try library.guideline(id: "a") == nil)
        try library.upsert([Guideline(id: "a", text: "apples")])
        #expect(try library.pendingPassages(limit: 5).map(\.id) == [3], "ids of passages are never used again")
        #expect(try library.verify().isEmpty)
    }

    @Test func readsInTheOrderAskedFor() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        let ids = (0..<50).map { "id\($0)" }
        try library.upsert(ids.map { Guideline(id: $0, text: "Text \($0)", additionalFields: ["n": .string($0)]) })
        var generator = SplitMix64(seed: 3)
        let asked = ids.shuffled(using: &generator) + ["none", "id1"]
        #expect(try library.guidelines(ids: asked).map { $0?.id } == asked.map { $0 == "none" ? nil : $0 })
        #expect(try library.rows(ids: ["id4", "none", "id0"]) == [5, nil, 1])
        #expect(try library.ids() == ids)
        var seen: [String] = []
        try library.forEachGuideline { _, guideline in seen.append(guideline.id) }
        #expect(seen == ids)
        let map = try library.passageMap()
        #expect(map.passageIDs == Array(1...50) && map.guidelineRows == Array(1...50))
    }

    @Test func statisticsCount() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([
            Guideline(id: "a", title: "T", text: "x", kind: .style, severity: .high, risk: ["r"], tags: ["t", "u"]),
            Guideline(id: "b", text: "y", status: .draft, tags: ["t"], language: "de", examples: ["e", "f"]),
        ])
        let statistics = try library.statistics()
        #expect(statistics.guidelineCount == 2 && statistics.passageCount == 4 && statistics.pendingPassageCount == 4)
        #expect(statistics.byKind == [.style: 1, .safety: 1] && statistics.byStatus == [.active: 1, .draft: 1])
        #expect(statistics.bySeverity == [.high: 1, .medium: 1] && statistics.byLanguage == ["en": 1, "de": 1])
        #expect(statistics.byTag == ["t": 2, "u": 1] && statistics.byRisk == ["r": 1])
        #expect(statistics.passagesByField == [.text: 2, .example: 2])
        #expect(
            statistics.databaseBytes > 0 && statistics.schemaVersion == LibrarySchema.version
                && statistics.encoder == nil)
        #expect(statistics.libraryID.count == 36 && statistics.created.hasSuffix("Z"))
    }
}
