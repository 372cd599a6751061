import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// Several threads, several processes, and processes that die.
@Suite struct LibraryProcessTests {
    @Test func readersSeeWholeTransactionsWhileOneWrites() async throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        func batch(_ round: Int) -> [Guideline] {
            (0..<20).map { Guideline(id: "g\($0)", text: "Text \($0)", priority: round) }
        }
        try library.upsert(batch(0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 1...60 { try library.upsert(batch(round)) }
            }
            for _ in 0..<3 {
                group.addTask {
                    var last = 0
                    while last < 60 {
                        var rounds: Set<Int> = []
                        try library.forEachGuideline { _, guideline in rounds.insert(guideline.priority) }
                        #expect(rounds.count == 1, "a reader saw half of a transaction")
                        let round = rounds.first ?? 0
                        #expect(round >= last)
                        last = round
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try library.generation == 61)
        #expect(try library.verify().isEmpty)
    }

    @Test func aSecondWriterWaitsAndThenGivesUp() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        try LibraryDatabase.create(at: url).close()
        let holder = try HelperProcess(["hold", url.path])
        #expect(holder.nextLine() == "holding")
        var configuration = LibraryDatabase.Configuration()
        configuration.busyTimeout = 0.2
        let library = try LibraryDatabase.open(at: url, configuration: configuration)
        #expect(try library.count == 0)
        let error = storeError { _ = try library.upsert([Guideline(id: "a", text: "x")]) }
        #expect(error == .busy(path: url.path, waitedSeconds: 0.2))
        holder.kill()
        #expect(try library.upsert([Guideline(id: "a", text: "x")]).added == ["a"])
        #expect(try library.ids() == ["a"])
    }

    @Test func aKilledWriterLosesNothingItAcknowledged() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        var generator = SplitMix64(seed: 21)
        var rounds: [String: Int] = [:]
        for iteration in 0..<15 {
            let writer = try HelperProcess(["write", url.path, "0"])
            // The first ones are killed while the library is being made.
            if iteration > 3 { #expect(writer.nextLine() == "ready") }
            usleep(useconds_t.random(in: 0...(iteration > 3 ? 150_000 : 60_000), using: &generator))
            writer.kill()
            let acknowledged = writer.remainingLines()
            guard LibraryDatabase.exists(at: url) else { continue }
            let library = try LibraryDatabase.open(at: url)
            let last = apply(acknowledged, to: &rounds)
            #expect(try library.verify().isEmpty)

            // The transaction after the last one acknowledged may have been committed before the kill.
            let open = last.map { "g0.\(($0 + 1) % 40)" }
            for slot in 0..<40 {
                let id = "g0.\(slot)"
                let found = try library.guideline(id: id)?.priority
                if id == open || last == nil, found != rounds[id] { rounds[id] = found }
                #expect(found == rounds[id], "\(id) in iteration \(iteration)")
            }
            let pending = Set(try library.pendingPassages(limit: 100_000).map(\.id))
            for line in acknowledged where line.hasPrefix("encoded ") {
                let ids = line.dropFirst(8).split(separator: ",").compactMap { Int64($0) }
                #expect(pending.isDisjoint(with: ids), "a vector that was acknowledged is gone")
            }
            try library.close()
        }
        #expect(!rounds.isEmpty, "the writer never came to write")
    }

    /// Returns the last round that was acknowledged.
    private func apply(_ lines: [String], to rounds: inout [String: Int]) -> Int? {
        var last: Int?
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count == 3, let round = Int(words[2]) else { continue }
            rounds[String(words[1])] = words[0] == "stored" ? round : nil
            last = round
        }
        return last
    }

    @Test func twoProcessesMakeOneLibrary() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        let makers = try (0..<4).map { _ in try HelperProcess(["create", url.path]) }
        let outputs = makers.map { $0.remainingLines() }
        #expect(outputs.count { $0.isEmpty } == 1, "\(outputs)")
        #expect(try LibraryDatabase.open(at: url).verify().isEmpty)
    }

    // MARK: Folders that cannot be written

    /// Only root can take another user's id, and permissions do not bind root.
    static var canChangeUser: Bool { getuid() == 0 }

    @Test(.enabled(if: canChangeUser, "needs root, to give its rights up"))
    func aReadOnlyFolderIsRead() throws {
        let folder = try TemporaryFolder()
        chmod(folder.url.path, 0o755)
        let url = folder.file("library ?#%")
        let library = try LibraryDatabase.create(at: url)
        try library.upsert([Guideline(id: "a", text: "Some text"), Guideline(id: "b", text: "More text")])
        func inspect() throws -> [String] { try HelperProcess(["inspect", url.path, "65534"]).remainingLines() }

        // While the writer is there, its shared memory is read.
        #expect(try inspect() == ["readOnly count 2 problems 0 immutable false", "found 2", "readWrite read_only"])
        try library.close()
        #expect(try inspect() == ["readOnly count 2 problems 0 immutable true", "found 2", "readWrite read_only"])

        // A writer that died leaves a log, and what is in it is not passed over.
        let writer = try HelperProcess(["write", url.path, "5"])
        while let line = writer.nextLine(), !line.hasPrefix("stored") {}
        writer.kill()
        let found = try inspect()
        #expect(
            found.first?.hasPrefix("readOnly count ") == true && found.first?.contains("problems 0") == true, "\(found)"
        )
        #expect(found.first?.hasPrefix("readOnly count 2 ") == false, "\(found)")
        try FileManager.default.removeItem(atPath: library.path + "-shm")
        #expect(try inspect() == ["readOnly needs_recovery", "readWrite read_only"])
    }
}

/// The helper executable, started.
final class HelperProcess {
    private let process = Process()
    private let pipe = Pipe()
    private var buffer: [UInt8] = []

    init(_ arguments: [String]) throws {
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// Beside the test bundle, where the package manager builds it.
    private static func executable() throws -> URL {
        let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
        let candidates = (bundles + [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap(\.self))
            .flatMap { [$0.deletingLastPathComponent(), $0] }
            .map { $0.appendingPathComponent("GuidelineStoreCrashHelper") }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return found
    }

    /// The next whole line that it prints, or nil when it has ended.
    func nextLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            buffer += more
        }
    }

    /// All whole lines until it has ended.
    func remainingLines() -> [String] {
        var lines: [String] = []
        while let line = nextLine() { lines.append(line) }
        process.waitUntilExit()
        return lines
    }

    func kill() {
        #if canImport(Darwin)
        Darwin.kill(process.processIdentifier, SIGKILL)
        #else
        Glibc.kill(process.processIdentifier, SIGKILL)
        #endif
        process.waitUntilExit()
    }
}
