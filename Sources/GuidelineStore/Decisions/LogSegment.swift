import Foundation
import Platform

/// The files of a log.
enum LogSegment {
    static let (prefix, suffix) = ("decisions-", ".jsonl")

    /// All of them by name, which is by the time when they were begun.
    static func all(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted().map(folder.appendingPathComponent)
    }

    /// A name that is new, and sorts behind those of the past.
    static func newName() -> String {
        let time = String(LogTime.now.microseconds)
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return prefix + String(repeating: "0", count: max(0, 18 - time.count)) + time + "-" + random + suffix
    }

    /// Opens a file; nil where it is gone.
    static func open(_ path: String, _ flags: Int32) throws(FileError) -> Int32? {
        let descriptor = Foundation.open(path, flags | O_CLOEXEC)
        guard descriptor < 0 else { return descriptor }
        let error = FileError.last("open", path)
        if error.isMissing { return nil }
        throw error
    }

    static func close(_ descriptor: Int32) { _ = Foundation.close(descriptor) }

    /// Takes the lock of a file that nobody writes to any more; nil while somebody does, or where the file is gone.
    ///
    /// - Returns: A descriptor for reading and writing, to be closed.
    static func lock(_ path: String) throws(FileError) -> Int32? {
        guard let descriptor = try open(path, O_RDWR) else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

/// The disk as a log sees it; tests put another in its place.
struct LogDisk: Sendable {
    /// Forces what was written to a file to the disk; not 0, with `errno` set, where that fails.
    var force: @Sendable (_ descriptor: Int32) -> Int32 = { fdatasync($0) }

    func synchronize(_ descriptor: Int32, _ path: String) throws(FileError) {
        guard force(descriptor) == 0 else { throw .last("sync", path) }
    }
}

/// A file of a log that this process writes to. Whoever has it must see to it that one thread at a time uses it.
final class LogSegmentWriter: @unchecked Sendable {
    let name: String
    let path: String
    private var descriptor: Int32
    private(set) var size = 0
    /// Whether a write came in part and was taken back. Somebody may have read that part already and go on behind it, so that
    /// what were written there now would be passed over.
    private var isSpoilt = false
    private let began = ContinuousClock.now
    private let disk: LogDisk

    /// Makes a file. It gets its name when it is locked, so that nobody takes it for one that is finished.
    init(in folder: URL, disk: LogDisk) throws(FileError) {
        self.disk = disk
        name = LogSegment.newName()
        path = folder.appendingPathComponent(name).path
        let temporary = folder.appendingPathComponent(".\(name)").path
        descriptor = Foundation.open(temporary, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("create", temporary) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, rename(temporary, path) == 0 else {
            let error = FileError.last("lock", temporary)
            Foundation.close(descriptor)
            unlink(temporary)
            throw error
        }
    }

    deinit { release() }

    /// Lets the file go, and its lock, without forcing it to the disk.
    func release() {
        guard descriptor >= 0 else { return }
        Foundation.close(descriptor)
        descriptor = -1
    }

    func isFinished(_ options: DecisionLog.Options, adding count: Int) -> Bool {
        isSpoilt || !isPresent
            || size > 0 && (size + count > options.segmentBytes || ContinuousClock.now - began > options.segmentAge)
    }

    /// Whether the file still has its name: what is written to one that was removed is lost.
    private var isPresent: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// One write. What comes in part, as on a full disk, is taken back.
    func append(_ bytes: [UInt8], sync: DecisionLog.Options.Sync) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                let error = FileError.last("write", path)
                if written > 0 {
                    isSpoilt = true
                    ftruncate(descriptor, off_t(size))
                }
                throw error
            }
        }
        size += bytes.count
        if sync == .always { try disk.synchronize(descriptor, path) }
    }

    /// Forces the file to the disk and lets it go.
    func close() throws(FileError) {
        guard descriptor >= 0 else { return }
        defer { release() }
        try disk.synchronize(descriptor, path)
    }
}
