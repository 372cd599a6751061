import Platform

/// The first page of an archive: what is in the file and where.
///
/// All numbers are little-endian. The sections follow in the order of ``Section``, each from a multiple of 4096 bytes,
/// zeros in between, so that the place of everything follows from the counts alone; a reader computes the places and
/// refuses a file that says otherwise.
struct ArchiveHeader: Equatable {
    static let magic: [UInt8] = Array("FPINDEX\0".utf8)
    static let version: UInt32 = 2
    static let pageSize = 4096
    static let maximumLabelLength = 1024

    enum Section: UInt32, CaseIterable {
        case keyOffsets = 1, keys, live, linked, factors, upperRows, upperLinks, codebook, nodes, vectors

        var name: String {
            switch self {
            case .keyOffsets: "key offsets"
            case .keys: "keys"
            case .live: "live rows"
            case .linked: "linked rows"
            case .factors: "scales"
            case .upperRows: "upper lists"
            case .upperLinks: "upper links"
            case .codebook: "codebook"
            case .nodes: "nodes"
            case .vectors: "vectors"
            }
        }
    }

    struct Entry: Equatable {
        var checksum: UInt32 = 0
        var offset: UInt64 = 0
        var length: UInt64 = 0
    }

    var kind: UInt32 = ArchiveHeader.graphKind
    var metric: UInt32 = 0
    var dimension: UInt32 = 0
    var keyTag: UInt32 = 0
    var rowCount: UInt64 = 0
    var liveCount: UInt64 = 0
    var fileLength: UInt64 = 0
    var M: UInt32 = 0
    var efConstruction: UInt32 = 0
    var efSearch: UInt32 = 0
    var layout: UInt32 = 0
    var entry: UInt32 = .max
    var seed: UInt64 = 0
    /// Lists of links above level 0.
    var upperCount: UInt64 = 0
    /// 0 without a codebook.
    var codebookByteCount: UInt64 = 0
    /// Bytes of the variable-length keys; 0 where their width is fixed.
    var keyByteCount: UInt64 = 0
    var label: [UInt8] = []
    var entries = [Entry](repeating: Entry(), count: Section.allCases.count)

    static let graphKind: UInt32 = 2

    subscript(section: Section) -> Entry {
        get { entries[Int(section.rawValue) - 1] }
        set { entries[Int(section.rawValue) - 1] = newValue }
    }

    /// Sets offsets and lengths from the counts. Nil if they overflow.
    mutating func layOut(keyWidth: Int?) -> Bool {
        var offset = UInt64(Self.pageSize)
        for section in Section.allCases {
            guard let length = expectedLength(section, keyWidth: keyWidth) else { return false }
            self[section].offset = offset
            self[section].length = length
            let (end, overflow) = offset.addingReportingOverflow(length)
            guard !overflow, end < UInt64(Int64.max) - UInt64(Self.pageSize) else { return false }
            offset = (end + UInt64(Self.pageSize) - 1) / UInt64(Self.pageSize) * UInt64(Self.pageSize)
            fileLength = end
        }
        return true
    }

    private func expectedLength(_ section: Section, keyWidth: Int?) -> UInt64? {
        func product(_ a: UInt64, _ b: UInt64) -> UInt64? {
            let (value, overflow) = a.multipliedReportingOverflow(by: b)
            return overflow ? nil : value
        }
        let dimension = Int(dimension)
        return switch section {
        case .keyOffsets: keyWidth == nil ? product(rowCount + 1, 8) : 0
        case .keys: keyWidth.map { product(rowCount, UInt64($0)) } ?? keyByteCount
        case .live: product((rowCount + 63) / 64, 8)
        case .linked: product((rowCount + 63) / 64, 8)
        case .factors: product(rowCount, 8)
        case .upperRows: product(upperCount, 4)
        case .upperLinks: product(upperCount, UInt64(M) * 4)
        case .codebook: codebookByteCount
        case .nodes:
            product(
                rowCount, UInt64(NodeLayout(dimension: dimension, configuration: configuration).blockSize))
        case .vectors: product(rowCount, UInt64(RowStore.vectorStride(dimension)) * 4)
        }
    }

    // MARK: Bytes

    /// One page, ending in the checksum of all that is before it.
    func encoded() -> [UInt8] {
        var bytes = Self.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        for value in [Self.version, kind, metric, dimension, keyTag, M, efConstruction, efSearch, layout, entry] {
            append(value)
        }
        append(UInt32(label.count))
        for value in [rowCount, liveCount, fileLength, seed, upperCount, codebookByteCount, keyByteCount] {
            append(value)
        }
        for entry in entries {
            append(entry.checksum)
            append(UInt32(0))
            append(entry.offset)
            append(entry.length)
        }
        bytes.append(contentsOf: label)
        bytes.append(contentsOf: repeatElement(0, count: Self.pageSize - 4 - bytes.count))
        append(bytes.withUnsafeBytes { CRC32C.checksum($0) })
        return bytes
    }

    /// Reads and checks the first page; everything that a later step relies on has been checked when this returns.
    init(reading bytes: UnsafeRawBufferPointer, path: String) throws(VectorIndexError) {
        func corrupt(_ reason: String) -> VectorIndexError {
            .corruptArchive(path: path, section: "header", reason: reason)
        }
        guard bytes.count >= Self.magic.count, bytes.prefix(Self.magic.count).elementsEqual(Self.magic) else {
            throw .notAnArchive(path: path)
        }
        guard bytes.count >= Self.pageSize else { throw corrupt("the file ends within it") }
        var position = Self.magic.count
        func next<Value: FixedWidthInteger>(_: Value.Type) -> Value {
            defer { position += MemoryLayout<Value>.size }
            return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
        }
        let found = next(UInt32.self)
        guard found == Self.version else {
            throw .unsupportedVersion(path: path, found: Int(found), supported: Int(Self.version))
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<(Self.pageSize - 4)])
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: Self.pageSize - 4, as: UInt32.self))
        guard CRC32C.checksum(checked) == checksum else { throw corrupt("the checksum does not match") }

        kind = next(UInt32.self)
        metric = next(UInt32.self)
        dimension = next(UInt32.self)
        keyTag = next(UInt32.self)
        M = next(UInt32.self)
        efConstruction = next(UInt32.self)
        efSearch = next(UInt32.self)
        layout = next(UInt32.self)
        entry = next(UInt32.self)
        let labelLength = Int(next(UInt32.self))
        rowCount = next(UInt64.self)
        liveCount = next(UInt64.self)
        fileLength = next(UInt64.self)
        seed = next(UInt64.self)
        upperCount = next(UInt64.self)
        codebookByteCount = next(UInt64.self)
        keyByteCount = next(UInt64.self)
        for index in entries.indices {
            entries[index].checksum = next(UInt32.self)
            _ = next(UInt32.self)
            entries[index].offset = next(UInt64.self)
            entries[index].length = next(UInt64.self)
        }
        guard labelLength <= Self.maximumLabelLength else { throw corrupt("a label of \(labelLength) bytes") }
        label = Array(bytes[position..<(position + labelLength)])

        guard kind == Self.graphKind else { throw .incompatibleArchive(path: path, reason: "holds no graph") }
        guard Metric(rawValue: metric) != nil else { throw corrupt("metric \(metric)") }
        guard (1...IndexLimits.maximumDimension).contains(Int(dimension)) else {
            throw corrupt("dimension \(dimension)")
        }
        guard HNSWConfiguration.Layout(rawValue: layout) != nil else { throw corrupt("layout \(layout)") }
        do { try configuration.validate() } catch { throw corrupt(error.description) }
        guard rowCount <= UInt64(RowStore.maximumCount) else { throw corrupt("\(rowCount) rows") }
        guard liveCount <= rowCount else { throw corrupt("\(liveCount) live rows of \(rowCount)") }
        guard upperCount <= rowCount * UInt64(HNSWConfiguration.maximumLevel) else {
            throw corrupt("\(upperCount) lists of upper links for \(rowCount) rows")
        }
        guard entry == .max ? liveCount == 0 : UInt64(entry) < rowCount else { throw corrupt("entry \(entry)") }
        guard codebookByteCount <= UInt64(NeighborCodebook.largestByteCount) else {
            throw corrupt("a codebook of \(codebookByteCount) bytes")
        }
    }

    init() {}

    var configuration: HNSWConfiguration {
        HNSWConfiguration(
            M: Int(M), efConstruction: Int(efConstruction), efSearch: Int(efSearch),
            layout: HNSWConfiguration.Layout(rawValue: layout) ?? .compact, seed: seed)
    }
}
