import Foundation
import GRDB
import Platform
import Testing

@testable import GuidelineStore

/// Libraries of version 1 of the schema, as they become libraries of this version.
@Suite struct LibraryMigrationTests {
    /// A library of version 1 with so many guidelines, written as version 1 wrote them.
    private func makeVersion1(_ count: Int, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: LibraryDatabase.path(in: folder))
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA application_id = \(LibraryFile.applicationID)")
        }
        try LibrarySchema.migrator.migrate(queue, upTo: "v1")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO meta (key, value) VALUES
                        ('library_id', 'test'), ('created', '2025-01-01T00:00:00Z'), ('generation', 3)
                    """)
            for index in 0..<count {
                let guideline = Guideline(id: "g\(index)", text: "Text \(index)", version: index % 3 + 1)
                try database.execute(
                    sql: """
                        INSERT INTO guideline (id, content_hash, text, examples, kind, status, authority, severity,
                            priority, language, version, record, created_at, updated_at)
                        VALUES (?, ?, ?, '', 'safety', 'active', 'guideline', 'medium', 0, 'en', ?, ?, ?, ?)
                        """,
                    arguments: [
                        guideline.id, guideline.contentHash, guideline.text, guideline.version, guideline.jsonText,
                        "2025-01-01T00:00:00Z", "2025-02-02T00:00:00Z",
                    ])
                try database.execute(
                    sql: "INSERT INTO passage (guideline, field, ordinal, text) VALUES (?, 'text', 0, ?)",
                    arguments: [database.lastInsertedRowID, guideline.text])
            }
        }
        try queue.close()
    }

    private func schemaVersion(_ folder: URL) throws -> Int {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: LibraryDatabase.path(in: folder), configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { try $0.number("PRAGMA user_version") }
    }

    @Test func whatWasThereIsTheFirstVersion() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        try makeVersion1(5, in: url)
        let library = try LibraryDatabase.open(at: url)
        #expect(try library.statistics().schemaVersion == LibrarySchema.version)
        // Making its passages anew is a change of the index, not of a guideline.
        #expect(try library.libraryVersion == 1 && library.generation == 4)
        let expected = try GuidelineVersion(
            id: "g1", version: 2, libraryVersion: 1, time: "2025-02-02T00:00:00Z", change: .added,
            guideline: library.guideline(id: "g1"))
        #expect(try library.history(of: "g1") == [expected])
        try library.upsert([Guideline(id: "g1", text: "Changed"), Guideline(id: "new", text: "New")])
        try library.remove(ids: ["g2"])
        #expect(try library.history(of: "g1").map(\.version) == [2, 3])
        #expect(
            try library.rollback(to: 1) == RollbackOutcome(libraryVersion: 4, restored: ["g1", "g2"], removed: ["new"]))
        #expect(try library.guideline(id: "g2")?.version == 4)
        #expect(try library.count == 5)
        #expect(try library.verify().isEmpty)
    }

    @Test func anEmptyLibraryBeginsAtVersion0() throws {
        let folder = try TemporaryFolder()
        try makeVersion1(0, in: folder.file("library"))
        let library = try LibraryDatabase.open(at: folder.file("library"))
        #expect(try library.libraryVersion == 0)
        try library.upsert([Guideline(id: "a", text: "One")])
        #expect(try library.history(of: "a").map(\.libraryVersion) == [1])
    }

    @Test func readingAloneLeavesItAsItIs() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        try makeVersion1(4, in: url)
        let before = try Data(contentsOf: URL(fileURLWithPath: LibraryDatabase.path(in: url)))
        let library = try LibraryDatabase.open(at: url, mode: .readOnly)
        #expect(try library.verify().isEmpty)
        #expect(try library.libraryVersion == 1 && library.statistics().libraryVersion == 1)
        #expect(try library.history(of: "g1").map(\.version) == [2] && library.history(of: "nothing").isEmpty)
        #expect(try library.guideline(id: "g1", version: 2)?.text == "Text 1")
        #expect(try library.guideline(id: "g1", version: 1) == nil)
        #expect(try library.guideline(id: "g1", libraryVersion: 0) == nil)
        #expect(try library.guideline(id: "g1", libraryVersion: 1)?.text == "Text 1")
        #expect(try library.changes(from: 0, to: 1).count == 4 && library.changes(from: 1, to: 1).isEmpty)
        #expect(try library.count(matching: .id("g1")) == 1)
        #expect(storeError { try library.rollback(to: 1) } == .readOnly(path: url.path))
        try library.close()
        #expect(try schemaVersion(url) == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: LibraryDatabase.path(in: url))) == before)
    }

    @Test func aFullDiskLeavesTheOldLibrary() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        try makeVersion1(500, in: url)
        var configuration = LibraryDatabase.Configuration()
        let bytes = try #require(LibraryFile.size(LibraryDatabase.path(in: url)))
        configuration.maximumPageCount = bytes / 4096
        let error = storeError { _ = try LibraryDatabase.open(at: url, configuration: configuration) }
        #expect(error == .diskFull(path: url.path))
        #expect(try schemaVersion(url) == 1)
        let library = try LibraryDatabase.open(at: url)
        #expect(try library.count == 500 && library.libraryVersion == 1 && library.verify().isEmpty)
    }

    /// Wherever the process dies, the library is of one version or the other, with all that it had.
    @Test func aKilledMigrationLeavesTheOldLibrary() throws {
        let folder = try TemporaryFolder()
        let original = folder.file("original")
        try makeVersion1(6_000, in: original)
        var versions: Set<Int> = []
        var delay: useconds_t = 0
        for iteration in 0..<24 {
            let url = folder.file("library-\(iteration)")
            try FileManager.default.copyItem(at: original, to: url)
            let helper = try HelperProcess(["open", url.path])
            usleep(delay)
            helper.kill()
            let isDone = helper.remainingLines() == ["opened"]
            let version = try schemaVersion(url)
            versions.insert(version)
            #expect(version == LibrarySchema.version || !isDone)
            // The next delay is nearer to the moment of the migration.
            delay = version < LibrarySchema.version ? delay + delay / 4 + 3_000 : delay - delay / 8
            let library = try LibraryDatabase.open(at: url)
            #expect(try library.count == 6_000 && library.libraryVersion == 1)
            #expect(try library.verify().isEmpty, "iteration \(iteration)")
            try library.close()
            try FileManager.default.removeItem(at: url)
        }
        #expect(versions.isSuperset(of: [1, LibrarySchema.version]), "no process was killed around the migration")
    }
}
