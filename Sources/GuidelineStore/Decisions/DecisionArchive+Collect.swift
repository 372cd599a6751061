import Foundation
import GRDB
import Platform

/// What collecting a log came to.
public struct CollectionOutcome: Sendable, Hashable {
    /// Records and notes that were new.
    public var entries = 0
    /// Files that were finished, and are gone now.
    public var finishedSegments = 0
    /// Files that are still written to, of which what is there was taken.
    public var liveSegments = 0
    /// Lines that cannot be read. They are kept in the archive as they are.
    public var rejectedLines = 0
    /// Last lines that a process or a machine did not get to write to their ends. Their appends never returned.
    public var tornLines = 0

    public init() {}
}

extension DecisionArchive {
    /// Takes in what the log's files have, and removes those that are finished.
    ///
    /// Each file goes after the transaction that took in its last line: whenever this process is killed, what was logged is
    /// in the file or in the archive, and a second run finds it once. Any number of processes may log meanwhile, and another
    /// one may collect.
    ///
    /// - Throws: ``GuidelineStoreError``.
    @discardableResult
    public func collect(progress: ((_ completedBytes: Int, _ totalBytes: Int) -> Void)? = nil) throws
        -> CollectionOutcome
    {
        guard mode == .readWrite else { throw GuidelineStoreError.readOnly(path: folder.path) }
        let log = DecisionLog.folder(in: folder)
        let files = LogSegment.all(in: log)
        let total = files.reduce(0) { $0 + (LibraryFile.size($1.path) ?? 0) }
        var (outcome, done) = (CollectionOutcome(), 0)
        for file in files {
            let size = LibraryFile.size(file.path) ?? 0
            try collect(file, into: &outcome) { progress?(done + $0, total) }
            done += size
            progress?(done, total)
        }
        try removeLeftovers(log)
        return outcome
    }

    private func collect(
        _ file: URL, into outcome: inout CollectionOutcome, progress: (Int) -> Void
    ) throws {
        do {
            // Held to the end, so that nobody else takes the file away meanwhile.
            if let descriptor = try LogSegment.lock(file.path) {
                defer { LogSegment.close(descriptor) }
                guard LibraryFile.size(file.path) != nil else { return }
                try read(file, descriptor, isFinished: true, into: &outcome, progress: progress)
                guard unlink(file.path) == 0 else { throw FileError.last("remove", file.path) }
                try write { try $0.change("DELETE FROM segment WHERE name = ?", [file.lastPathComponent]) }
                outcome.finishedSegments += 1
                return
            }
            // Gone, if another process has collected it.
            guard let descriptor = try LogSegment.open(file.path, O_RDONLY) else { return }
            defer { LogSegment.close(descriptor) }
            try read(file, descriptor, isFinished: false, into: &outcome, progress: progress)
            outcome.liveSegments += 1
        } catch let error as FileError {
            throw GuidelineStoreError(error)
        }
    }

    private static var chunkBytes: Int { 4 << 20 }

    /// Takes in the lines from where the last time ended, in transactions of a few megabytes.
    private func read(
        _ file: URL, _ descriptor: Int32, isFinished: Bool, into outcome: inout CollectionOutcome,
        progress: (Int) -> Void
    ) throws {
        let name = file.lastPathComponent
        var (position, number) = try read { database in
            try database.firstRow("SELECT position, lines FROM segment WHERE name = ?", [name]) {
                (try $0.value(0) as Int, try $0.value(1) as Int)
            } ?? (0, 0)
        }
        var buffer: [UInt8] = []
        while true {
            let count = try Self.read(descriptor, at: position + buffer.count, into: &buffer, of: file)
            let isAtEnd = count == 0
            guard let end = buffer.lastIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }) ?? (isAtEnd ? 0 : nil) else {
                continue
            }
            let lines = buffer[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            let found = try insert(lines, of: file, from: number, position: position + end)
            outcome.entries += found.entries
            outcome.rejectedLines += found.rejected
            position += end
            number += lines.count
            buffer.removeFirst(end)
            progress(position)
            guard isAtEnd else { continue }
            // The rest of a file that nobody writes to any more is a line whose append never returned.
            if isFinished, !buffer.isEmpty { outcome.tornLines += 1 }
            return
        }
    }

    /// Adds what stands at a place of a file, a few megabytes of it at most; 0 at its end.
    private static func read(
        _ descriptor: Int32, at position: Int, into buffer: inout [UInt8], of file: URL
    ) throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last("read", file.path) }
        let wanted = min(chunkBytes, max(1, Int(status.st_size) - position))
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { bytes, initialized in
            repeat {
                count = pread(descriptor, bytes.baseAddress, wanted, off_t(position))
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw .last("read", file.path) }
        buffer.append(contentsOf: bytes)
        return count
    }

    private func insert(
        _ lines: some Collection<ArraySlice<UInt8>>, of file: URL, from number: Int, position: Int
    ) throws -> (entries: Int, rejected: Int) {
        guard !lines.isEmpty else { return (0, 0) }
        return try write { database in
            var insertion = Insertion(database)
            var rejected = 0
            for (place, line) in lines.enumerated() {
                // Lines that were forgotten are blank.
                guard line.contains(where: { $0 != UInt8(ascii: " ") }) else { continue }
                do {
                    let location = InputLocation(file: file.path, line: number + place + 1)
                    try insertion.add(DecisionEntry(line: line, location: location))
                } catch let error as GuidelineStoreError where error.location?.line != nil {
                    rejected += 1
                    try database.change(
                        "INSERT INTO rejected (segment, number, reason, line) VALUES (?, ?, ?, ?)",
                        [file.lastPathComponent, number + place + 1, error.description, Data(line)])
                }
            }
            try insertion.finish()
            try database.change(
                """
                INSERT INTO segment (name, position, lines) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET position = excluded.position, lines = excluded.lines
                """, [file.lastPathComponent, position, number + lines.count])
            return (insertion.count, rejected)
        }
    }

    /// Files of writers that were killed before they wrote a line.
    private func removeLeftovers(_ folder: URL) throws {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix("." + LogSegment.prefix) && name.hasSuffix(LogSegment.suffix) {
            let path = folder.appendingPathComponent(name).path
            guard let descriptor = try? LogSegment.lock(path) else { continue }
            // One that is being made is locked, or it is about to be; one of yesterday is not.
            var status = stat()
            if fstat(descriptor, &status) == 0, time(nil) - Int(status.st_mtim.tv_sec) > 60 { unlink(path) }
            LogSegment.close(descriptor)
        }
    }
}

extension DecisionEntry {
    /// Reads a line of JSON.
    init(line: ArraySlice<UInt8>, location: InputLocation) throws {
        let value = try line.withUnsafeBytes { bytes in
            do throws(JSONSyntaxError) {
                return try JSONParser.parse(bytes)
            } catch {
                throw error.located(
                    in: bytes, file: location.file, firstLine: location.line ?? 1, byteOffset: 0, isAtEnd: false)
            }
        }
        guard case .object(let members) = value else {
            throw GuidelineStoreError.syntax(location, format: "JSON Lines", problem: "each line must be an object")
        }
        try self.init(JSONLine(members: members, location: location))
    }
}
