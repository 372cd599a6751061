import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// Versions of guidelines and of the library, looked up and brought back.
@Suite struct LibraryHistoryTests {
    private func library(_ folder: TemporaryFolder) throws -> LibraryDatabase {
        try LibraryDatabase.create(at: folder.file("library"))
    }

    @Test func everyChangeIsAVersion() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        #expect(try library.libraryVersion == 0)
        try library.upsert([Guideline(id: "a", text: "One"), Guideline(id: "b", text: "Other")])
        try library.upsert([Guideline(id: "a", text: "Two")])
        try library.upsert([Guideline(id: "a", text: "Two")])
        try library.remove(ids: ["a", "nothing"])
        try library.upsert([Guideline(id: "a", text: "Three")])
        #expect(try library.libraryVersion == 4)
        let history = try library.history(of: "a")
        #expect(history.map(\.change) == [.added, .updated, .removed, .added])
        #expect(history.map(\.version) == [1, 2, 2, 3])
        #expect(history.map(\.libraryVersion) == [1, 2, 3, 4])
        #expect(history.map(\.guideline?.text) == ["One", "Two", nil, "Three"])
        #expect(history.allSatisfy { $0.time.hasSuffix("Z") && $0.id == "a" })
        #expect(try library.guideline(id: "a", version: 2)?.text == "Two")
        #expect(try library.guideline(id: "a", version: 9) == nil)
        #expect(try library.history(of: "b").count == 1 && library.history(of: "nothing").isEmpty)
        #expect(
            try (0...4).map { try library.guideline(id: "a", libraryVersion: $0)?.text } == [
                nil, "One", "Two", nil, "Three",
            ])

        #expect(try library.restore(id: "a", version: 1).text == "One")
        #expect(try library.guideline(id: "a")?.version == 4)
        #expect(try library.history(of: "a").last?.change == .restored)
        // What is as it was is left alone.
        #expect(try library.restore(id: "a", version: 1).version == 4)
        #expect(try library.libraryVersion == 5)
        let error = storeError { try library.restore(id: "a", version: 7) }
        #expect(error == .unknownGuidelineVersion(path: library.folder.path, id: "a", version: 7, known: [1, 2, 3, 4]))
        #expect(error?.isInputError == true)
        #expect(try library.verify().isEmpty)
    }

    @Test func vectorsAreNoVersion() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.setEncoder(testEncoder)
        try library.upsert([Guideline(id: "a", text: "One")])
        let pending = try library.pendingPassages(limit: 5)
        try library.storeVectors(passageIDs: pending.map(\.id), values: [1, 2, 3, 4], encodedBy: testEncoder)
        #expect(try library.libraryVersion == 1 && library.generation == 2)
        #expect(try library.statistics().libraryVersion == 1)
    }

    @Test func changesOfOneTransactionAreOneVersion() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([Guideline(id: "a", text: "One"), Guideline(id: "gone", text: "Soon")])
        try library.write { transaction in
            try transaction.remove(id: "a")
            try transaction.upsert(Guideline(id: "a", text: "Two"))
            try transaction.remove(id: "gone")
            try transaction.upsert(Guideline(id: "short", text: "Lived"))
            try transaction.remove(id: "short")
        }
        #expect(try library.libraryVersion == 2)
        #expect(try library.history(of: "a").map(\.change) == [.added, .updated])
        #expect(try library.history(of: "a").map(\.version) == [1, 2])
        #expect(try library.history(of: "gone").map(\.change) == [.added, .removed])
        #expect(try library.history(of: "short").isEmpty)
        try library.write { transaction in
            try transaction.upsert(Guideline(id: "gone", text: "Again"))
            try transaction.remove(id: "gone")
        }
        #expect(try library.history(of: "gone").map(\.change) == [.added, .removed])
        #expect(try library.verify().isEmpty)
    }

    @Test func aFailedWriteIsNoVersion() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([Guideline(id: "a", text: "One")])
        let error = storeError { try library.upsert([Guideline(id: "a", text: "Two"), Guideline(id: "b", text: " ")]) }
        #expect(error?.code == "empty_text")
        #expect(try library.libraryVersion == 1 && library.history(of: "a").count == 1)
    }

    @Test func rollbackIsANewVersion() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.setEncoder(testEncoder)
        try library.upsert([Guideline(id: "a", text: "One", tags: ["x"]), Guideline(id: "b", text: "Other")])
        let pending = try library.pendingPassages(limit: 5)
        try library.storeVectors(
            passageIDs: pending.map(\.id), values: [1, 2, 3, 4, 5, 6, 7, 8], encodedBy: testEncoder)
        try library.upsert([Guideline(id: "a", text: "One", tags: ["y"]), Guideline(id: "c", text: "New")])
        try library.remove(ids: ["b"])
        #expect(
            try library.rollback(to: 1) == RollbackOutcome(libraryVersion: 4, restored: ["a", "b"], removed: ["c"]))
        #expect(try library.ids().sorted() == ["a", "b"])
        #expect(try library.guideline(id: "a")?.tags == ["x"])
        #expect(try library.count(matching: .tag("x")) == 1 && library.count(matching: .tag("y")) == 0)
        #expect(try library.changes(from: 1, to: 4).isEmpty)
        // The text of "a" never changed, so its vector stayed; that of "b" went with it.
        #expect(try library.pendingPassages(limit: 9).map(\.text) == ["Other"])
        #expect(try library.searchText("new", limit: 9).isEmpty && library.searchText("other", limit: 9).count == 1)
        // Back again.
        #expect(
            try library.rollback(to: 3) == RollbackOutcome(libraryVersion: 5, restored: ["a", "c"], removed: ["b"]))
        #expect(try library.rollback(to: 5) == RollbackOutcome(libraryVersion: 5))
        #expect(try library.rollback(to: 0).removed == ["a", "c"])
        #expect(try library.count == 0)
        for version in [-1, 7, Int.max] {
            #expect(
                storeError { try library.rollback(to: version) }
                    == .unknownLibraryVersion(path: library.folder.path, version: version, newest: 6))
        }
        #expect(try library.verify().isEmpty)
    }

    @Test func changesGoInBothDirections() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([Guideline(id: "a", text: "One"), Guideline(id: "b", text: "Other")])
        try library.upsert([Guideline(id: "a", text: "Two"), Guideline(id: "c", text: "New")])
        try library.remove(ids: ["b", "c"])
        func texts(_ from: Int, _ to: Int) throws -> [[String?]] {
            try library.changes(from: from, to: to).map { [$0.id, $0.before?.text, $0.after?.text] }
        }
        #expect(try texts(1, 3) == [["a", "One", "Two"], ["b", "Other", nil]])
        #expect(try texts(3, 1) == [["a", "Two", "One"], ["b", nil, "Other"]])
        #expect(try texts(1, 2) == [["a", "One", "Two"], ["c", nil, "New"]])
        #expect(try texts(0, 1) == [["a", nil, "One"], ["b", nil, "Other"]])
        #expect(try texts(2, 2).isEmpty)
        #expect(storeError { _ = try library.changes(from: 0, to: 4) }?.code == "unknown_library_version")
    }

    @Test func aDamagedHistoryIsFound() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([Guideline(id: "a", text: "One")])
        try library.upsert([Guideline(id: "a", text: "Two")])
        try library.write { try $0.database.execute(sql: "UPDATE guideline_history SET record = '{'") }
        #expect(try library.verify().map(\.kind) == [.history])
        #expect(storeError { _ = try library.history(of: "a") }?.code == "corrupt")
        try library.write {
            try $0.database.execute(sql: "UPDATE guideline_history SET record = NULL, library_version = 9")
        }
        #expect(try library.verify().map(\.kind) == [.history])
    }
}
