import CKernels
import Platform

/// How much of an archive is checked before it is used.
public enum ArchiveVerification: Sendable, Hashable {
    /// The header, keys, scales, upper levels and the codebook, with their checksums. Not the checksums of the nodes and
    /// vectors, where damage could change what is found but never crash; ``HNSWIndex/verifyArchive(at:)`` finds it.
    case structure
    /// Every byte of the file.
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
    /// - Throws: ``VectorIndexError/file(path:reason:isMissing:isOutOfSpace:)`` if it cannot be written.
    public func save(to path: String, label: [UInt8] = []) throws(VectorIndexError) {
        guard label.count <= ArchiveHeader.maximumLabelLength else {
            throw .invalidParameter(
                name: "label length", value: label.count, allowed: "at most \(ArchiveHeader.maximumLabelLength)")
        }
        // Writers wait until the file is written; searches go on.
        let failure = writing.withLock { _ -> VectorIndexError? in
            attachUnreachable()
            do {
                try AtomicFile.write(to: path) { writer in try write(to: &writer, label: label) }
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

    private func write(to writer: inout FileWriter, label: [UInt8]) throws {
        let rows = store.rows
        var header = ArchiveHeader()
        header.metric = metric.rawValue
        header.dimension = UInt32(dimension)
        header.keyTag = Key.archiveTag
        header.rowCount = UInt64(rows.count)
        header.liveCount = UInt64(rows.liveCount)
        header.M = UInt32(configuration.M)
        header.efConstruction = UInt32(configuration.efConstruction)
        header.efSearch = UInt32(configuration.efSearch)
        header.layout = configuration.layout.rawValue
        header.seed = configuration.seed
        header.entry = store.entry?.row ?? .max
        header.upperCount = UInt64(store.upper.listCount)
        header.label = label
        let codebook = store.codebook?.archived() ?? []
        header.codebookByteCount = UInt64(codebook.count)

        var keyBytes: [UInt8] = []
        var keyOffsets: [UInt64] = []
        for row in 0..<rows.count {
            if Key.archiveWidth == nil { keyOffsets.append(UInt64(keyBytes.count).littleEndian) }
            keyColumn[UInt32(row)].archive(into: &keyBytes)
        }
        if Key.archiveWidth == nil {
            keyOffsets.append(UInt64(keyBytes.count).littleEndian)
            header.keyByteCount = UInt64(keyBytes.count)
        }
        guard header.layOut(keyWidth: Key.archiveWidth) else {
            throw VectorIndexError.capacityExceeded(limit: RowStore.maximumCount)
        }
        let words = (rows.count + 63) / 64
        var live = rows.live.words
        live.append(contentsOf: repeatElement(0, count: max(0, words - live.count)))
        var linked = BitSet(capacity: rows.count)
        var factors: [Float] = []
        factors.reserveCapacity(rows.count * 2)
        for row in 0..<UInt32(rows.count) {
            let isFree = !store.isLinked(row)
            if !isFree { linked.insert(row) }
            let entry = rows.factors.row(Int(row)).pointee
            factors.append(isFree ? 0 : entry.scale)
            factors.append(isFree ? 0 : entry.bias)
        }
        let noNode = [UInt8](repeating: 0, count: store.layout.blockSize)

        /// Lends the bytes of a section, in pieces.
        func withBytes(of section: ArchiveHeader.Section, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            switch section {
            case .keyOffsets: try keyOffsets.withUnsafeBytes(body)
            case .keys: try keyBytes.withUnsafeBytes(body)
            case .live: try live.withUnsafeBytes(body)
            case .linked: try linked.words.withUnsafeBytes(body)
            case .factors: try factors.withUnsafeBytes(body)
            case .upperRows: try store.upper.rows.withUnsafeBytes(body)
            case .upperLinks: try store.upper.links.withUnsafeBytes(body)
            case .codebook: try codebook.withUnsafeBytes(body)
            case .nodes:
                for row in 0..<rows.count {
                    if let block = rows.block(UInt32(row)), linked.contains(UInt32(row)) {
                        try body(UnsafeRawBufferPointer(start: block, count: noNode.count))
                    } else {
                        try noNode.withUnsafeBytes(body)
                    }
                }
            case .vectors: try rows.vectors.forEachRun(rows: rows.count, body)
            }
        }

        for section in ArchiveHeader.Section.allCases {
            var checksum: UInt32 = 0
            try withBytes(of: section) { checksum = CRC32C.checksum($0, continuing: checksum) }
            header[section].checksum = checksum
        }
        try header.encoded().withUnsafeBytes { try writer.write($0) }
        let zeros = [UInt8](repeating: 0, count: ArchiveHeader.pageSize)
        for section in ArchiveHeader.Section.allCases {
            let gap = Int(header[section].offset) - writer.position
            try zeros.withUnsafeBytes { try writer.write(UnsafeRawBufferPointer(rebasing: $0.prefix(gap))) }
            try withBytes(of: section) { try writer.write($0) }
        }
        let gap = Int(header.fileLength) - writer.position
        if gap > 0 { try zeros.withUnsafeBytes { try writer.write(UnsafeRawBufferPointer(rebasing: $0.prefix(gap))) } }
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
        try reader.verify(verification)
        let (store, keys) = try reader.contents(of: Key.self)
        self.init(store: store, keys: keys, rowsByKey: KeyMap(keys: keys, live: store.rows.live))
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
