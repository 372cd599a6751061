import CKernels
import Platform

/// How much of an archive is checked before it is used.
public enum ArchiveVerification: Sendable, Hashable {
    /// The header, keys, scales, upper levels and the codebook. Nodes and vectors are checked in regions of a few
    /// kilobytes, each when it is first used: a search that comes upon damage throws.
    case structure
    /// Every byte of the file, on opening.
    case everything
}

/// Where the graph of an opened archive is.
public enum ArchiveResidency: Sendable, Hashable {
    /// In the file, mapped into memory: read when it is first used, shared between processes, and dropped by the system
    /// when memory is short.
    case mapped
    /// In memory of the index's own, copied and checked on opening: huge pages where the system has them, on which
    /// searches are somewhat faster. Vectors stay in the file.
    case loaded
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
    /// it is saved. The file must not be written to meanwhile; putting another in its place, as ``save(to:label:)`` does,
    /// is fine.
    ///
    /// - Complexity: mapped, O(rows) with a few nanoseconds for each; loaded, the time to read the graph.
    /// - Throws: ``VectorIndexError`` if the file is missing, no archive, of another version, for another kind of key, or
    ///   damaged. Nothing in a damaged file can make a search read outside it.
    public convenience init(
        archive path: String, verification: ArchiveVerification = .structure, residency: ArchiveResidency = .mapped
    ) throws(VectorIndexError) {
        let reader = try ArchiveReader(path: path)
        try reader.verify()
        let (store, keys) = try reader.contents(of: Key.self)
        if verification == .everything {
            try store.checkNodes(threads: Processors.available)
            try store.checkVectors(threads: Processors.available)
        }
        if residency == .loaded { try store.loadNodes(threads: Processors.available) }
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
