import Foundation
import GRDB
import Platform
import Testing

@testable import GuidelineStore

@Suite struct LibraryFileTests {
    /// A closed library of a few hundred guidelines, and the bytes of its file.
    private func closedLibrary(_ folder: TemporaryFolder) throws -> (folder: URL, file: URL, bytes: [UInt8]) {
        let url = folder.file("library")
        let library = try LibraryDatabase.create(at: url)
        try library.upsert(
            (0..<300).map { Guideline(id: "g\($0)", text: "Text \($0) of many words", examples: ["e\($0)"]) })
        try library.setEncoder(testEncoder)
        let ids = try library.pendingPassages(limit: 1000).map(\.id)
        try library.storeVectors(
            passageIDs: ids, values: Array(repeating: 0.5, count: ids.count * 4), encodedBy: testEncoder)
        try library.close()
        let file = url.appendingPathComponent(LibraryDatabase.fileName)
        return (url, file, [UInt8](try Data(contentsOf: file)))
    }

    private func openError(_ folder: URL, _ mode: LibraryDatabase.Mode) -> GuidelineStoreError? {
        storeError { _ = try LibraryDatabase.open(at: folder, mode: mode) }
    }

    @Test func aClosedLibraryIsOneFile() throws {
        let folder = try TemporaryFolder()
        let (url, _, _) = try closedLibrary(folder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path) == ["library.sqlite"])
    }

    @Test func missingAndExistingLibrariesAreTold() throws {
        let folder = try TemporaryFolder()
        #expect(openError(folder.file("none"), .readWrite)?.code == "library_not_found")
        #expect(openError(folder.url, .readOnly)?.code == "library_not_found")
        let (url, file, bytes) = try closedLibrary(folder)
        #expect(storeError { _ = try LibraryDatabase.create(at: url) }?.code == "library_exists")
        #expect(try LibraryDatabase.openOrCreate(at: url).count == 300)
        #expect(try LibraryDatabase.openOrCreate(at: folder.file("new")).count == 0)
        #expect(try [UInt8](Data(contentsOf: file)).count >= bytes.count)
    }

    @Test func pathsMayHoldAnything() throws {
        let folder = try TemporaryFolder()
        for name in ["with space", "per%20cent?#&", "日本語", "quote'\"", "file:x?mode=memory"] {
            let library = try LibraryDatabase.create(at: folder.file(name))
            try library.upsert([Guideline(id: "a", text: "x")])
            try library.close()
            #expect(try LibraryDatabase.open(at: folder.file(name), mode: .readOnly).count == 1)
        }
    }

    @Test(arguments: [LibraryDatabase.Mode.readWrite, .readOnly])
    func filesThatAreNoLibrariesAreLeftAlone(mode: LibraryDatabase.Mode) throws {
        let folder = try TemporaryFolder()
        let (_, _, good) = try closedLibrary(folder)
        let foreign = folder.file("foreign.sqlite")
        let queue = try DatabaseQueue(path: foreign.path)
        try queue.write { try $0.execute(sql: "CREATE TABLE guideline (id); CREATE TABLE meta (id)") }
        try queue.close()
        var newer = good
        newer[63] = UInt8(LibrarySchema.version + 1)
        var grown = good
        grown.replaceSubrange(28..<32, with: [0, 0, 0xFF, 0xFF])
        let cases: [(String, [UInt8], String)] = [
            ("empty", [], "not_a_library"), ("text", Array("just some text, long enough".utf8), "not_a_library"),
            ("zeros", Array(repeating: 0, count: 5000), "not_a_library"),
            ("foreign", [UInt8](try Data(contentsOf: foreign)), "not_a_library"), ("newer", newer, "newer_version"),
            ("header", Array(good.prefix(50)), "corrupt"), ("page", Array(good.prefix(4096)), "corrupt"),
            ("half", Array(good.prefix(good.count / 2)), "corrupt"), ("last", Array(good.dropLast()), "corrupt"),
            ("grown", grown, "corrupt"),
        ]
        for (name, bytes, code) in cases {
            let library = folder.file("case-\(name)")
            try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
            let file = library.appendingPathComponent(LibraryDatabase.fileName)
            try Data(bytes).write(to: file)
            #expect(openError(library, mode)?.code == code, "\(name): \(String(describing: openError(library, mode)))")
            #expect(try [UInt8](Data(contentsOf: file)) == bytes, "\(name) was touched")
            #expect(try FileManager.default.contentsOfDirectory(atPath: library.path).count == 1, "\(name) got company")
        }
    }

    /// Whatever is damaged, nothing traps, and what is damaged in a way that matters is found.
    @Test func damageIsAnErrorOrAProblem() throws {
        let folder = try TemporaryFolder()
        let (_, _, good) = try closedLibrary(folder)
        let library = folder.file("damaged")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        let file = library.appendingPathComponent(LibraryDatabase.fileName)
        var generator = SplitMix64(seed: 13)
        for round in 0..<60 {
            // A whole page, which must be found, or a part of one, which may be unused space.
            let isWholePage = round % 3 == 0
            let page = Int.random(in: 1..<(good.count / 4096), using: &generator) * 4096
            let start = isWholePage ? page : round < 20 ? 100 : page + Int.random(in: 0..<3500, using: &generator)
            var isFound = false
            var bytes = good
            for offset in start..<(start + (isWholePage ? 4096 : 512)) {
                bytes[offset] = UInt8.random(in: 0...255, using: &generator)
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
            try Data(bytes).write(to: file)
            do {
                let opened = try LibraryDatabase.open(at: library, mode: round % 4 == 0 ? .readOnly : .readWrite)
                isFound = try !opened.verify().isEmpty
                _ = try? opened.statistics()
                _ = try? opened.searchText("text", limit: 3)
                _ = try? opened.matches(passageIDs: Array(1...600))
                _ = try? opened.passageMap()
                try? opened.forEachVector { _ in }
                try? opened.forEachGuideline { _, _ in }
                _ = try? opened.upsert([Guideline(id: "g1", text: "changed \(round)")])
                try? opened.close()
            } catch {
                #expect(error is GuidelineStoreError, "\(error)")
                isFound = true
            }
            #expect(isFound || !isWholePage, "page \(page / 4096 + 1) is damaged and was not found")
        }
    }

    @Test func aClosedLibraryAnswersWithAnError() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.close()
        try library.close()
        #expect(storeError { _ = try library.count }?.code == "closed")
        #expect(storeError { _ = try library.upsert([Guideline(id: "a", text: "x")]) }?.code == "closed")
    }

    @Test func aLibraryOpenForReadingIsNotWritten() throws {
        let folder = try TemporaryFolder()
        let (url, _, _) = try closedLibrary(folder)
        let library = try LibraryDatabase.open(at: url, mode: .readOnly)
        #expect(storeError { _ = try library.upsert([Guideline(id: "a", text: "x")]) }?.code == "read_only")
        #expect(storeError { try library.checkpoint() }?.code == "read_only")
        #expect(try library.count == 300 && library.verify().isEmpty && !library.isImmutable)
        let writer = try LibraryDatabase.open(at: url)
        try writer.remove(ids: ["g0"])
        #expect(try library.count == 299, "a reader sees what another connection has committed")
    }

    @Test func aFullDiskLosesNothing() throws {
        let folder = try TemporaryFolder()
        let (url, _, bytes) = try closedLibrary(folder)
        var configuration = LibraryDatabase.Configuration()
        configuration.maximumPageCount = bytes.count / 4096 + 4
        let library = try LibraryDatabase.open(at: url, configuration: configuration)
        let large = (0..<200).map { Guideline(id: "n\($0)", text: String(repeating: "more \($0) ", count: 100)) }
        #expect(storeError { _ = try library.upsert(large) }?.code == "disk_full")
        #expect(try library.count == 300 && library.verify().isEmpty && library.guideline(id: "n0") == nil)
        try library.remove(ids: (0..<100).map { "g\($0)" })
        #expect(try library.count == 200)
        try library.close()
        let reopened = try LibraryDatabase.open(at: url)
        #expect(try reopened.count == 200 && reopened.verify().isEmpty)
        #expect(try reopened.upsert(large).added.count == 200)
    }

    @Test func aBackupIsAWholeLibrary() throws {
        let folder = try TemporaryFolder()
        let (url, _, _) = try closedLibrary(folder)
        let library = try LibraryDatabase.open(at: url)
        try library.upsert([Guideline(id: "late", text: "In the log only.")])
        try library.backup(to: folder.file("copy"))
        #expect(storeError { try library.backup(to: folder.file("copy")) }?.code == "library_exists")
        try library.remove(ids: ["late"])
        let copy = try LibraryDatabase.open(at: folder.file("copy"))
        #expect(try copy.count == 301 && copy.verify().isEmpty && copy.encoder == testEncoder)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("copy").path).allSatisfy {
                $0.hasPrefix("library.sqlite") && !$0.contains("tmp")
            })
    }

    @Test func aCheckpointEmptiesTheLog() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert([Guideline(id: "a", text: "x")])
        #expect(try library.statistics().logBytes > 0)
        try library.checkpoint()
        #expect(try library.statistics().logBytes == 0)
    }
}
