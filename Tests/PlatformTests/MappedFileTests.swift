import Foundation
import Testing

@testable import Platform

@Suite("Mapped files")
struct MappedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The bytes are the file's", arguments: [1, 4095, 4096, 4097, 100_000])
    func content(size: Int) throws {
        var random = SplitMix64(seed: UInt64(size))
        let bytes = random.bytes(size)
        let file = try MappedFile(path: try folder.put(bytes, in: "file"))
        #expect(file.bytes.elementsEqual(bytes))
        file.willNeed()
        #expect(file.bytes.elementsEqual(bytes))
    }

    @Test("An empty file is an empty buffer, not an error")
    func empty() throws {
        let file = try MappedFile(path: try folder.put([], in: "empty"))
        #expect(file.bytes.isEmpty)
        file.willNeed()
        file.release(0..<1)
    }

    @Test("Bytes let go of are the file's still", arguments: [1, 4096, 4097, 100_000])
    func release(size: Int) throws {
        var random = SplitMix64(seed: UInt64(size))
        let bytes = random.bytes(size)
        let file = try MappedFile(path: try folder.put(bytes, in: "file"))
        for _ in 0..<20 {
            let start = Int.random(in: 0...size, using: &random)
            file.release(start..<Int.random(in: start...(size + 5000), using: &random))
            #expect(file.bytes.elementsEqual(bytes))
        }
    }

    #if os(Linux)
    @Test("Whole pages let go of are in memory no more, and those that a range has part of are")
    func releaseFreesMemory() throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let file = try MappedFile(path: try folder.put(Array(repeating: 7, count: 64 * page), in: "file"))
        #expect(file.bytes.allSatisfy { $0 == 7 })
        #expect(try residentBytes(of: file) == 64 * page)
        file.release((page - 1)..<(11 * page - 1))
        #expect(try residentBytes(of: file) == (64 - 9) * page)
        file.release(0..<file.bytes.count)
        #expect(try residentBytes(of: file) == 0)
    }

    private func residentBytes(of file: MappedFile) throws -> Int {
        let start = String(UInt(bitPattern: file.bytes.baseAddress), radix: 16)
        // The kernel says that this file has no bytes, so it is read until it ends.
        let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let mapping = try #require(lines.firstIndex { $0.drop { $0 == "0" }.hasPrefix(start + "-") })
        let resident = try #require(lines[mapping...].first { $0.hasPrefix("Rss:") })
        return try #require(resident.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 1024
    }
    #endif

    @Test("A missing file is an error that says so and names the file")
    func missing() throws {
        let path = folder.path("missing")
        let error = try #require(throws: FileError.self) { try MappedFile(path: path) }
        #expect(error.isMissing)
        #expect(error.path == path)
        #expect(error.description.contains(path))
        let inside = try folder.put([1], in: "file") + "/within"
        #expect(try #require(throws: FileError.self) { try MappedFile(path: inside) }.isMissing)
    }

    @Test("A folder is an error")
    func folderIsNoFile() throws {
        let error = try #require(throws: FileError.self) { try MappedFile(path: folder.url.path) }
        #expect(error.code == EISDIR)
        #expect(!error.isMissing)
    }

    @Test("What is neither file nor folder is an error, at once")
    func specialFiles() throws {
        #expect(try #require(throws: FileError.self) { try MappedFile(path: "/dev/null") }.code == EINVAL)
        // Opening a pipe that nobody writes to would wait for ever.
        let pipe = folder.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(try #require(throws: FileError.self) { try MappedFile(path: pipe) }.code == EINVAL)
    }

    @Test("A mapping outlives the replacement and the removal of its file")
    func outlivesFile() throws {
        var random = SplitMix64(seed: 7)
        let old = random.bytes(50_000)
        let path = try folder.put(old, in: "file")
        let file = try MappedFile(path: path)
        try AtomicFile.write(to: path) { writer in try writer.write("new") }
        #expect(file.bytes.elementsEqual(old))
        try FileManager.default.removeItem(atPath: path)
        #expect(file.bytes.elementsEqual(old))
    }
}
