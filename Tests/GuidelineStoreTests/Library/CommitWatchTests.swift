import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite("Whether anything was committed")
struct CommitWatchTests {
    @Test("Every commit of another connection is seen, and nothing is read as long as there is none")
    func seesCommits() throws {
        let folder = try TemporaryFolder()
        let writer = try LibraryDatabase.create(at: folder.file("library"))
        let reader = try LibraryDatabase.open(at: writer.folder, mode: .readOnly)
        let watch = CommitWatch(path: reader.path)
        var reads = 0
        func generation() throws -> Int {
            try watch.generation {
                reads += 1
                return try reader.readStatement(LibraryDatabase.generation)
            }
        }
        // Once to find the shared memory, once to know what it says.
        for _ in 0..<3 { #expect(try generation() == 0) }
        #expect(reads == 2)
        for round in 1...40 {
            try writer.upsert([Guideline(id: "g\(round % 7)", text: "Text \(round)")])
            // The log begins anew, and is as long as it was before.
            if round.isMultiple(of: 10) { try writer.checkpoint() }
            #expect(try generation() == round)
            #expect(try generation() == round)
            #expect(reads == 2 + round)
            #expect(try reader.generation == round)
            #expect(try writer.generation == round)
        }
    }

    @Test("A closed library does not answer from memory")
    func closing() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        for _ in 0..<3 { #expect(try library.generation == 0) }
        try library.close()
        #expect(throws: GuidelineStoreError.self) { try library.generation }
    }

    @Test("Shared memory of another layout, or none, is never trusted")
    func unknownLayout() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("other").path
        var reads = 0
        func check(_ watch: CommitWatch) throws {
            for _ in 0..<3 {
                reads = 0
                #expect(
                    try watch.generation {
                        reads += 1
                        return 5
                    } == 5)
                #expect(reads == 1)
            }
        }
        try check(CommitWatch(path: path))
        for bytes in [[], [UInt8](repeating: 0, count: 40), [UInt8](repeating: 7, count: 200)] {
            try Data(bytes).write(to: URL(fileURLWithPath: path + "-shm"))
            try check(CommitWatch(path: path))
        }
    }
}
