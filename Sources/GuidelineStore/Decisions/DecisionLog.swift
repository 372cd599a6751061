import Dispatch
import Foundation
import Platform

/// Where checks write down what they said, one line of JSON each, in files under `log/` of a library's folder.
///
/// An append is one write to a file of this process alone, so it costs microseconds, takes no lock that another process
/// holds, and leaves searches alone. What an append has returned for is with the system: it outlives the process, however
/// that ends; see ``Options/sync`` for what outlives the machine. ``DecisionArchive/collect(progress:)`` takes finished
/// files into a database.
public final class DecisionLog: Sendable {
    public struct Options: Sendable, Hashable {
        /// When what is appended is forced to the disk.
        public enum Sync: Sendable, Hashable {
            /// The system decides; seconds to half a minute may be lost with the machine, nothing with the process.
            case system
            /// So long after the append at the latest, by a thread of its own that no append waits for. If the disk fails
            /// then, the next append, or ``DecisionLog/close()``, throws.
            case every(Duration)
            /// By each append, which then takes as long as the disk does.
            case always
        }

        public var sync = Sync.system
        /// A file that has grown so large is finished, and another begun.
        public var segmentBytes = 64 << 20
        /// So is one that is so old, so that it can be collected.
        public var segmentAge = Duration.seconds(3_600)
        /// What all files may take up together. When they do, appends throw: a log that quietly drops decisions is none.
        public var folderBytes = 8 << 30

        public init() {}
    }

    public let folder: URL
    private let options: Options
    private let state: Locked<State>

    private let disk: LogDisk
    /// Files that are being finished.
    private let finishing = DispatchGroup()

    private struct State {
        var segment: LogSegmentWriter?
        /// Whether a timer runs that will force the segment to the disk.
        var isSyncPending = false
        /// Why the disk did not take what an append had returned for.
        var syncError: FileError?
        /// What other files take up, as last looked at.
        var otherBytes = 0
        var isClosed = false
    }

    /// Opens the log of a library's folder, or of any other. Nothing is written before the first append.
    ///
    /// - Throws: ``GuidelineStoreError`` if the folder's `log` can be neither found nor made.
    public convenience init(in folder: URL, options: Options = Options()) throws {
        try self.init(in: folder, options: options, disk: LogDisk())
    }

    init(in folder: URL, options: Options, disk: LogDisk) throws {
        self.folder = Self.folder(in: folder)
        self.options = options
        self.disk = disk
        state = Locked(State())
        try makeFolder()
    }

    deinit {
        // Nobody is left to tell of a disk that fails; who has to know closes the log.
        state.withLock { state in
            if state.isSyncPending { try? state.segment?.close() }
        }
    }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw GuidelineStoreError.unreadable(path: folder.path, reason: "the folder cannot be made")
        }
    }

    static func folder(in folder: URL) -> URL { folder.appendingPathComponent("log", isDirectory: true) }

    /// Appends the records of a decision, all in one write.
    ///
    /// - Throws: ``GuidelineStoreError/logFull(path:bytes:limit:)``, `diskFull`, `closed` and the like; then none of them is
    ///   in the log.
    public func append(_ records: [DecisionRecord]) throws {
        guard !records.isEmpty else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * 768)
        for record in records {
            record.append(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        try append(bytes)
    }

    /// Appends a note on a decision.
    ///
    /// - Throws: as ``append(_:)-([DecisionRecord])``.
    public func append(_ note: DecisionNote) throws {
        var bytes: [UInt8] = []
        note.append(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        try append(bytes)
    }

    private func append(_ bytes: [UInt8]) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw GuidelineStoreError.closed(path: folder.path) }
            try tellSyncError(&state)
            if let segment = state.segment, segment.isFinished(options, adding: bytes.count) {
                state.segment = nil
                do {
                    try finish(segment)
                } catch let error as FileError {
                    throw GuidelineStoreError(error)
                }
            }
            if state.otherBytes + (state.segment?.size ?? 0) + bytes.count > options.folderBytes || state.segment == nil
            {
                // Files may have been collected since.
                state.otherBytes = LogSegment.all(in: folder).reduce(0) { sum, file in
                    file.lastPathComponent == state.segment?.name ? sum : sum + (LibraryFile.size(file.path) ?? 0)
                }
                let total = state.otherBytes + (state.segment?.size ?? 0) + bytes.count
                guard total <= options.folderBytes else {
                    throw GuidelineStoreError.logFull(path: folder.path, bytes: total, limit: options.folderBytes)
                }
            }
            // Somebody may have removed it meanwhile.
            if state.segment == nil { try makeFolder() }
            do {
                let segment = try state.segment ?? LogSegmentWriter(in: folder, disk: disk)
                state.segment = segment
                try segment.append(bytes, sync: options.sync)
            } catch let error as FileError {
                throw GuidelineStoreError(error)
            }
            if case .every(let interval) = options.sync, !state.isSyncPending {
                state.isSyncPending = true
                DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + interval.dispatched) { [weak self] in
                    self?.synchronize()
                }
            }
        }
    }

    /// Lets go of a file that nothing more is written to, and has it forced to the disk, which takes tens of milliseconds that
    /// no append waits for.
    private func finish(_ segment: LogSegmentWriter) throws(FileError) {
        let path = segment.path
        defer { segment.release() }
        // Opened once more, so that its lock goes now; one that is gone has been collected.
        guard let descriptor = try LogSegment.open(path, O_WRONLY) else { return }
        DispatchQueue.global(qos: .utility).async(group: finishing) { [state, disk] in
            defer { LogSegment.close(descriptor) }
            do throws(FileError) {
                try disk.synchronize(descriptor, path)
            } catch {
                state.withLock { $0.syncError = error }
            }
        }
    }

    /// Forces what was appended to the disk, while others go on appending.
    private func synchronize() {
        do throws(FileError) {
            let file = try state.withLock { state throws(FileError) -> (descriptor: Int32, path: String)? in
                state.isSyncPending = false
                // A file that was finished meanwhile was forced to the disk then.
                // It is opened once more, so that its lock goes when the writer closes it.
                guard let path = state.segment?.path, let descriptor = try LogSegment.open(path, O_WRONLY) else {
                    return nil
                }
                return (descriptor, path)
            }
            guard let file else { return }
            defer { LogSegment.close(file.descriptor) }
            try disk.synchronize(file.descriptor, file.path)
        } catch {
            state.withLock { $0.syncError = error }
        }
    }

    private func tellSyncError(_ state: inout State) throws {
        guard let error = state.syncError else { return }
        state.syncError = nil
        throw GuidelineStoreError(error)
    }

    /// Finishes the file that is written to, so that it can be collected; the next append begins another.
    ///
    /// - Throws: ``GuidelineStoreError`` if the disk does not take it, or did not take one before it.
    public func rotate() throws {
        let segment = state.withLock { state in
            defer { state.segment = nil }
            return state.segment
        }
        do throws(FileError) {
            if let segment { try finish(segment) }
        } catch {
            throw GuidelineStoreError(error)
        }
        finishing.wait()
        try state.withLock { try tellSyncError(&$0) }
    }

    /// Finishes the log. Later appends throw. A log that is let go finishes itself.
    public func close() throws {
        state.withLock { $0.isClosed = true }
        try rotate()
    }
}

extension Duration {
    fileprivate var dispatched: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        // Ten years are for ever.
        let whole = max(0, min(seconds, 315_360_000))
        return .nanoseconds(Int(whole) * 1_000_000_000 + Int(max(0, attoseconds) / 1_000_000_000))
    }
}
