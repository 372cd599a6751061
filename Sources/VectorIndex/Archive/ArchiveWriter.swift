import Platform

/// What an archive is to hold, as bytes.
struct ArchiveWriter<Key: IndexKey> {
    private let store: GraphStore
    private var header = ArchiveHeader()
    private var keyOffsets: [UInt64] = []
    private var keyBytes: [UInt8] = []
    private var live: [UInt64]
    private var linked: BitSet
    private var factors: [Float] = []
    private let codebook: [UInt8]
    private var regionChecksums: [ArchiveHeader.Section: [UInt32]] = [:]

    /// - Throws: ``VectorIndexError/capacityExceeded(limit:)`` if it would be too large for any file.
    init(_ store: GraphStore, keys: KeyColumn<Key>, flags: UInt32, label: [UInt8]) throws(VectorIndexError) {
        self.store = store
        let rows = store.rows
        codebook = store.codebook?.archived() ?? []
        live = rows.live.words
        live.append(contentsOf: repeatElement(0, count: max(0, (rows.count + 63) / 64 - live.count)))
        linked = BitSet(capacity: rows.count)
        describe(label: label, flags: flags)
        encode(keys)
        collectRows()
        guard header.layOut(keyWidth: Key.archiveWidth) else {
            throw .capacityExceeded(limit: RowStore.maximumCount)
        }
        regionChecksums[.nodes] = checksums(of: .nodes)
        regionChecksums[.vectors] = checksums(of: .vectors)
        for section in ArchiveHeader.Section.allCases where !section.isInRegions {
            var checksum: UInt32 = 0
            withPieces(of: section) { checksum = CRC32C.checksum($0, continuing: checksum) }
            header[section].checksum = checksum
        }
    }

    private mutating func describe(label: [UInt8], flags: UInt32) {
        let (rows, configuration) = (store.rows, store.configuration)
        header.metric = rows.metric.rawValue
        header.dimension = UInt32(rows.dimension)
        header.keyTag = Key.archiveTag
        header.rowCount = UInt64(rows.count)
        header.liveCount = UInt64(rows.liveCount)
        header.M = UInt32(configuration.M)
        header.efConstruction = UInt32(configuration.efConstruction)
        header.efSearch = UInt32(configuration.efSearch)
        header.layout = configuration.layout.rawValue
        header.seed = configuration.seed
        header.flags = flags
        header.entry = store.entry?.row ?? .max
        header.upperCount = UInt64(store.upper.listCount)
        header.codebookByteCount = UInt64(codebook.count)
        header.label = label
    }

    private mutating func encode(_ keys: KeyColumn<Key>) {
        let isFixed = Key.archiveWidth != nil
        for row in 0..<store.rows.count {
            if !isFixed { keyOffsets.append(UInt64(keyBytes.count).littleEndian) }
            keys[UInt32(row)].archive(into: &keyBytes)
        }
        guard !isFixed else { return }
        keyOffsets.append(UInt64(keyBytes.count).littleEndian)
        header.keyByteCount = UInt64(keyBytes.count)
    }

    /// What rows that are in no graph have does not matter, and is written as zeros.
    private mutating func collectRows() {
        factors.reserveCapacity(store.rows.count * 2)
        for row in 0..<UInt32(store.rows.count) {
            guard store.isLinked(row) else {
                factors += [0, 0]
                continue
            }
            linked.insert(row)
            let entry = store.rows.factors.row(Int(row)).pointee
            factors += [entry.scale, entry.bias]
        }
    }

    private func checksums(of section: ArchiveHeader.Section) -> [UInt32] {
        let regions = header.regions(of: section)
        var result: [UInt32] = []
        result.reserveCapacity(regions.count)
        var checksum: UInt32 = 0
        var done = 0
        withPieces(of: section) { piece in
            var piece = piece
            // Pieces are rows or runs of rows, cut here where a region ends.
            while !piece.isEmpty {
                let end = regions.bytes(of: result.count).upperBound
                let length = min(piece.count, end - done)
                checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: piece[..<length]), continuing: checksum)
                done += length
                piece = UnsafeRawBufferPointer(rebasing: piece[length...])
                if done == end {
                    result.append(checksum.littleEndian)
                    checksum = 0
                }
            }
        }
        return result
    }

    /// Lends the bytes of a section, in pieces.
    private func withPieces(
        of section: ArchiveHeader.Section, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        switch section {
        case .keyOffsets: try keyOffsets.withUnsafeBytes(body)
        case .keys: try keyBytes.withUnsafeBytes(body)
        case .live: try live.withUnsafeBytes(body)
        case .linked: try linked.words.withUnsafeBytes(body)
        case .factors: try factors.withUnsafeBytes(body)
        case .upperRows: try store.upper.rows.withUnsafeBytes(body)
        case .upperLinks: try store.upper.links.withUnsafeBytes(body)
        case .codebook: try codebook.withUnsafeBytes(body)
        case .nodeChecksums: try regionChecksums[.nodes, default: []].withUnsafeBytes(body)
        case .vectorChecksums: try regionChecksums[.vectors, default: []].withUnsafeBytes(body)
        case .nodes:
            let none = [UInt8](repeating: 0, count: store.layout.blockSize)
            for row in 0..<UInt32(store.rows.count) {
                if linked.contains(row), let block = store.rows.block(row) {
                    try body(UnsafeRawBufferPointer(start: block, count: none.count))
                } else {
                    try none.withUnsafeBytes(body)
                }
            }
        case .vectors: try store.rows.vectors.forEachRun(rows: store.rows.count, body)
        }
    }

    func write(to writer: inout FileWriter) throws {
        try header.encoded().withUnsafeBytes { try writer.write($0) }
        let zeros = [UInt8](repeating: 0, count: ArchiveHeader.pageSize)
        func fill(to position: UInt64, _ writer: inout FileWriter) throws {
            let gap = Int(position) - writer.position
            try zeros.withUnsafeBytes { try writer.write(UnsafeRawBufferPointer(rebasing: $0.prefix(gap))) }
        }
        for section in ArchiveHeader.Section.allCases {
            try fill(to: header[section].offset, &writer)
            try withPieces(of: section) { try writer.write($0) }
        }
        try fill(to: header.fileLength, &writer)
    }
}
