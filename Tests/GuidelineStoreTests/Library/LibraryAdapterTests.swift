import Foundation
import GRDB
import Platform
import Testing

@testable import GuidelineStore

@Suite struct LibraryAdapterTests {
    private let adapter = StoredAdapter(
        record: #"{"format":1}"#, numbers: [1, -0, .pi, .leastNonzeroMagnitude], prominences: [1: 0.5, 7: -1, 3: 2])

    @Test func whatWasKeptIsRead() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        #expect(try library.adapter == nil && library.adapterChecksum == nil)
        let generation = try library.generation
        try library.write { _ = try $0.setAdapter(adapter) }
        #expect(try library.generation == generation + 1)
        #expect(try library.adapter == adapter && library.adapterChecksum == adapter.checksum)
        let reopened = try LibraryDatabase.open(at: folder.file("library"), mode: .readOnly)
        #expect(try reopened.adapter == adapter && reopened.verify().isEmpty)
        let other = StoredAdapter(record: "{}", numbers: [], prominences: [:])
        #expect(other.checksum != adapter.checksum)
        #expect(try library.write { try $0.setAdapter(other) })
        #expect(try library.adapter == other)
        #expect(try library.write { try $0.setAdapter(nil) })
        #expect(try !library.write { try $0.setAdapter(nil) })
        #expect(try library.adapter == nil)
    }

    @Test func anotherEncoderForgetsIt() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.setEncoder(EncoderRecord(name: "a", sha256: String(repeating: "a", count: 64), dimension: 4))
        try library.write { _ = try $0.setAdapter(adapter) }
        try library.replaceEncoder(EncoderRecord(name: "b", sha256: String(repeating: "b", count: 64), dimension: 4))
        #expect(try library.adapter == nil)
    }

    /// Whatever bit is flipped, it is found, and what is damaged can be removed.
    @Test func damageIsFound() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        let changes = [
            "UPDATE adapter SET record = '{}'", "UPDATE adapter SET numbers = zeroblob(16)",
            "UPDATE adapter SET numbers = zeroblob(3)", "UPDATE adapter SET prominences = x''",
            "UPDATE adapter SET crc32c = crc32c + 1",
        ]
        for change in changes {
            let library = try LibraryDatabase.openOrCreate(at: url)
            try library.write { _ = try $0.setAdapter(adapter) }
            try library.close()
            let queue = try DatabaseQueue(path: LibraryDatabase.path(in: url))
            try queue.write { try $0.execute(sql: change) }
            try queue.close()
            let damaged = try LibraryDatabase.open(at: url)
            let error = storeError { _ = try damaged.adapter }
            #expect(error?.code == "corrupt", "\(change)")
            #expect(try damaged.verify().count == 1, "\(change)")
            #expect(try damaged.write { try $0.setAdapter(nil) })
            #expect(try damaged.adapter == nil && damaged.verify().isEmpty)
            try damaged.close()
        }
    }
}
