import Foundation
import Platform

/// A folder of files that comes into being as a whole, or not at all.
struct TrainingFolder {
    /// The file by which a folder of training data is known.
    static let manifest = "manifest.json"

    let path: String
    let temporary: String

    /// - Throws: ``GuideAlignError/folderNotEmpty(path:)``, unless `replaces` says that training data may be replaced;
    ///   ``GuideAlignError/notTrainingData(path:)`` for a folder that holds something else.
    init(path: String, replaces: Bool) throws {
        self.path = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        try Self.check(self.path, replaces: replaces)
        temporary = Self.temporary(of: self.path)
        do {
            // Whoever had this number before is gone.
            if FileManager.default.fileExists(atPath: temporary) {
                try FileManager.default.removeItem(atPath: temporary)
            }
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
        } catch {
            throw GuideAlignError.folder(path: self.path, problem: "it cannot be made: \(error.localizedDescription)")
        }
    }

    static func check(_ path: String, replaces: Bool) throws(GuideAlignError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else { throw .folder(path: path, problem: "it is a file; name a folder") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .folder(path: path, problem: "it cannot be read")
        }
        guard !names.isEmpty else { return }
        guard replaces else { throw .folderNotEmpty(path: path) }
        guard names.contains(manifest) else { throw .notTrainingData(path: path) }
    }

    /// Where the files are until all are written. One process writes a folder once at a time.
    static func temporary(of path: String) -> String { "\(path).tmp-\(getpid())" }

    func file(_ name: String) -> String { "\(temporary)/\(name)" }

    /// Puts the folder in its place.
    func commit() throws(GuideAlignError) {
        let old = "\(temporary)-old"
        let hadOne = FileManager.default.fileExists(atPath: path)
        if hadOne, rename(path, old) != 0 { throw failure("replaced") }
        guard rename(temporary, path) == 0 else {
            let failure = failure("made")
            if hadOne { rename(old, path) }
            throw failure
        }
        if hadOne { try? FileManager.default.removeItem(atPath: old) }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(parent, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot sync a folder; the rename itself has succeeded.
        _ = fsync(descriptor)
        close(descriptor)
    }

    func discard() { try? FileManager.default.removeItem(atPath: temporary) }

    private func failure(_ done: String) -> GuideAlignError {
        .folder(path: path, problem: "it cannot be \(done): \(String(cString: strerror(errno)))")
    }
}

/// A file that is written line by line and hashed as it is.
final class HashedLines {
    let name: String
    private(set) var rows = 0
    private(set) var bytes = 0
    private var hash = SHA256()
    private var writer: FileWriter
    private let descriptor: Int32
    private let path: String

    init(name: String, in folder: TrainingFolder) throws {
        self.name = name
        path = folder.file(name)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.last("create", path) }
        writer = FileWriter(descriptor: descriptor, path: path)
    }

    deinit { Foundation.close(descriptor) }

    func append(_ text: String) throws {
        var line = text + "\n"
        try line.withUTF8 { utf8 in
            let buffer = UnsafeRawBufferPointer(utf8)
            hash.update(buffer)
            bytes += buffer.count
            try writer.write(buffer)
        }
        rows += 1
    }

    /// Writes what is left, waits until it is on the medium, and returns the digest.
    func finish() throws -> String {
        try writer.flush()
        guard fsync(descriptor) == 0 else { throw FileError.last("sync", path) }
        return SHA256.hexadecimal(hash.finalize())
    }
}
