import Foundation
import Testing

@testable import Platform

@Suite("Files that are replaced whole or not at all")
struct AtomicFileTests {
    private struct Refusal: Error {}
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A new file, and a replaced one, hold exactly what was written, and nothing is left beside them")
    func replaces() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<8 {
            // Pieces below, at and above the writer's buffer of 256 KiB.
            let pieces = (0..<5).map { _ in random.bytes(Int.random(in: 0...400_000, using: &random)) }
            try AtomicFile.write(to: folder.path("file")) { writer in
                var written = 0
                for piece in pieces {
                    try writer.write(piece)
                    written += piece.count
                    #expect(writer.position == written)
                }
            }
            #expect(try folder.contents(of: "file") == pieces.flatMap(\.self))
            #expect(try folder.names() == ["file"])
        }
    }

    @Test("A body that throws leaves the old file as it was")
    func failureKeepsOldFile() throws {
        _ = try folder.put([1, 2, 3], in: "file")
        #expect(throws: Refusal.self) {
            try AtomicFile.write(to: folder.path("file")) { writer in
                try writer.write([UInt8](repeating: 9, count: 1_000_000))
                throw Refusal()
            }
        }
        #expect(try folder.contents(of: "file") == [1, 2, 3])
        #expect(try folder.names() == ["file"])
    }

    @Test("A body that throws leaves no file where there was none")
    func failureLeavesNothing() throws {
        #expect(throws: Refusal.self) {
            try AtomicFile.write(to: folder.path("file")) { writer in
                try writer.write("begun")
                throw Refusal()
            }
        }
        #expect(try folder.names().isEmpty)
    }

    @Test("A target that cannot be replaced is an error and leaves nothing behind")
    func targetIsFolder() throws {
        try FileManager.default.createDirectory(atPath: folder.path("taken"), withIntermediateDirectories: false)
        let error = try #require(throws: FileError.self) {
            try AtomicFile.write(to: folder.path("taken")) { writer in try writer.write("text") }
        }
        #expect(error.operation == "replace")
        #expect(error.path == folder.path("taken"))
        #expect(try folder.names() == ["taken"])
    }

    @Test("A folder that does not exist is an error, and the body is not called")
    func folderIsMissing() throws {
        let error = try #require(throws: FileError.self) {
            try AtomicFile.write(to: folder.path("no/file")) { _ in Issue.record("the body was called") }
        }
        #expect(error.isMissing)
    }

    @Test(
        "A folder that may not be written is an error",
        .enabled(if: geteuid() != 0, "the superuser may write to every folder"))
    func folderIsReadOnly() throws {
        try #require(chmod(folder.url.path, 0o500) == 0)
        defer { chmod(folder.url.path, 0o700) }
        let error = try #require(throws: FileError.self) { try AtomicFile.write(to: folder.path("file")) { _ in } }
        #expect(error.isPermission)
    }

    @Test(
        "A full disk is an error that says so",
        .enabled(if: access("/dev/full", W_OK) == 0, "only Linux has a device that is always full"),
        arguments: [1, 1_000_000])
    func diskIsFull(size: Int) throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let error = try #require(throws: FileError.self) {
            var writer = FileWriter(descriptor: descriptor, path: "/dev/full")
            try writer.write([UInt8](repeating: 0, count: size))
            try writer.flush()
        }
        #expect(error.isOutOfSpace)
        #expect(error.operation == "write")
    }

    @Test("Leftovers of processes that are gone are removed; everything else stays")
    func removesLeftovers() throws {
        // No system gives out a number this high.
        let dead = Int32.max
        let kept = [
            "index", "index.tmp-\(getpid())-1", "index.tmp-1-2", "index.tmp-", "index.tmp-x-1", "index.tmp",
            "other.tmp-\(dead)-1", "my-index.tmp-\(dead)-1",
        ]
        for name in kept + ["index.tmp-\(dead)-1", "index.tmp-\(dead)-4294967295"] { _ = try folder.put([1], in: name) }
        AtomicFile.removeLeftovers(of: folder.path("index"))
        #expect(try folder.names() == kept.sorted())
        AtomicFile.removeLeftovers(of: folder.path("missing/index"))
    }

    @Test("A reader sees one version or another, never a mixture")
    func readersSeeWholeFiles() async throws {
        let path = folder.path("file")
        let size = 300_000
        @Sendable func write(_ version: UInt8) throws {
            try AtomicFile.write(to: path) { writer in try writer.write([UInt8](repeating: version, count: size)) }
        }
        try write(0)
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for version in 1...60 { try write(UInt8(version)) }
                return 60
            }
            group.addTask {
                var newest = 0
                while newest < 60 {
                    let file = try MappedFile(path: path)
                    let version = try #require(file.bytes.first)
                    try #require(file.bytes.count == size && file.bytes.allSatisfy { $0 == version })
                    try #require(Int(version) >= newest)
                    newest = Int(version)
                    await Task.yield()
                }
                return newest
            }
            for try await newest in group { #expect(newest == 60) }
        }
        #expect(try folder.names() == ["file"])
    }
}
