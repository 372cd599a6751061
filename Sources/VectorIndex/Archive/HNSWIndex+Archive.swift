import CKernels
import Platform

/// How much of an archive is checked before it is used.
public enum ArchiveVerification: Sendable, Hashable {
    /// The header, keys, scales, upper levels and the codebook. Nodes and vectors are checked in regions of some 64 kB,
    /// each when it is first used: a search that comes upon damage throws.
    case structure
    /// Every byte of the file, on opening.
    case everything
}

extension HNSWIndex {
    /// Writes the index to a file, which appears whole under its name or not at all, also after a crash.
    ///
    /// The bytes depend on the rows, their order and the configuration alone.
    ///
    /// - Parameters:
    ///   - path: the file, replaced where it exists.
    ///   - label: up to 1,024 bytes of the caller's own, given back by ``archiveLabel(at:)``.
    /// - Throws: ``VectorIndexError/file(path:reason:isMissing:isOutOfSpace:)`` if it cannot be written;
    ///   ``VectorIndexError/corruptArchive(path:section:reason:)`` if the index was opened from an archive that turns out
    ///   to be damaged.
    public func save(to path: String, label: [UInt8] = []) throws(VectorIndexError) {
        guard label.count <= ArchiveHeader.maximumLabelLength else {
            throw .invalidParameter(
                name: "label length", value: label.count, allowed: "at most \(ArchiveHeader.maximumLabelLength)")
        }
        // Writers wait until the file is written; searches go on.
        let failure = writing.withLock { _ -> VectorIndexError? in
            do {
                // What is damaged must not be given checksums that match.
                try store.checkNodes(threads: Processors.available)
                try store.checkVectors(threads: Processors.available)
                attachUnreachable()
                let archive = try ArchiveWriter(
                    store, keys: keyColumn, flags: isMultiple ? ArchiveHeader.isMultiple : 0, label: label)
                try AtomicFile.write(to: path) { writer in try archive.write(to: &writer) }
                return nil
            } catch let error as FileError {
                return VectorIndexError(error)
            } catch let error as VectorIndexError {
                return error
            } catch {
                return .file(path: path, reason: "\(error)", isMissing: false, isOutOfSpace: false)
            }
        }
        if let failure { throw failure }
    }

    /// Opens an archive by memory map. The index can be searched and changed like any other; changes stay in memory until
    /// it is saved.
    ///
    /// - Throws: ``VectorIndexError`` if the file is missing, no archive, of another version, for another kind of key, or
    ///   damaged. Nothing in a damaged file can make a search read outside it.
    public convenience init(
        archive path: String, verification: ArchiveVerification = .structure
    ) throws(VectorIndexError) {
        let reader = try ArchiveReader(path: path)
        try reader.verify()
        let (store, keys) = try reader.contents(of: Key.self)
        if verification == .everything {
            try store.checkNodes(threads: Processors.available)
            try store.checkVectors(threads: Processors.available)
        }
        self.init(
            store: store, keys: keys,
            rowsByKey: KeyMap(
                keys: keys, live: store.rows.live, isMultiple: reader.header.flags & ArchiveHeader.isMultiple != 0))
    }

    /// The label that an archive was saved with.
    ///
    /// - Complexity: O(1): only the header is read.
    public static func archiveLabel(at path: String) throws(VectorIndexError) -> [UInt8] {
        try ArchiveReader(path: path).header.label
    }

    /// Checks every byte of an archive against its checksums, and every invariant of the graph in it.
    ///
    /// - Throws: ``VectorIndexError`` naming what is damaged.
    public static func verifyArchive(at path: String) throws(VectorIndexError) {
        let index = try HNSWIndex(archive: path, verification: .everything)
        if let violation = index.violations().first {
            throw .corruptArchive(path: path, section: "graph", reason: violation)
        }
    }
}

extension VectorIndexError {
    init(_ error: FileError) {
        self = .file(
            path: error.path, reason: error.description, isMissing: error.isMissing, isOutOfSpace: error.isOutOfSpace)
    }
}
