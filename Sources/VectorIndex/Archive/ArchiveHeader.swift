/// The first page of an archive: what is in the file and where.
///
/// All numbers are little-endian. The sections follow in the order of ``Section``, each from a multiple of 4096 bytes,
/// zeros in between, so that the place of everything follows from the counts alone; a reader computes the places and
/// refuses a file that says otherwise.
struct ArchiveHeader: Equatable {
    static let magic: [UInt8] = Array("FPINDEX\0".utf8)
    static let version: UInt32 = 3
    static let pageSize = 4096
    static let maximumLabelLength = 1024

    enum Section: UInt32, CaseIterable {
        case keyOffsets = 1, keys, live, linked, factors, upperRows, upperLinks, codebook, nodeChecksums
        case vectorChecksums, nodes, vectors

        /// Whether it is read in regions, which have their own checksums.
        var isInRegions: Bool { self == .nodes || self == .vectors }

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
            case .nodeChecksums: "checksums of the nodes"
            case .vectorChecksums: "checksums of the vectors"
            case .nodes: "nodes"
            case .vectors: "vectors"
            }
        }
    }

    struct Entry: Equatable {
        /// 0 for a section in regions.
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
    /// See ``isMultiple``; all others are zero.
    var flags: UInt32 = 0
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
    static let isMultiple: UInt32 = 1

    var configuration: HNSWConfiguration {
        HNSWConfiguration(
            M: Int(M), efConstruction: Int(efConstruction), efSearch: Int(efSearch),
            layout: HNSWConfiguration.Layout(rawValue: layout) ?? .compact, seed: seed)
    }

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
        return switch section {
        case .keyOffsets: keyWidth == nil ? product(rowCount + 1, 8) : 0
        case .keys: keyWidth.map { product(rowCount, UInt64($0)) } ?? keyByteCount
        case .live: product((rowCount + 63) / 64, 8)
        case .linked: product((rowCount + 63) / 64, 8)
        case .factors: product(rowCount, 8)
        case .upperRows: product(upperCount, 4)
        case .upperLinks: product(upperCount, UInt64(M) * 4)
        case .codebook: codebookByteCount
        case .nodeChecksums: product(UInt64(regions(of: .nodes).count), 4)
        case .vectorChecksums: product(UInt64(regions(of: .vectors).count), 4)
        case .nodes, .vectors: product(rowCount, UInt64(rowSize(of: section)))
        }
    }

    /// Bytes of a row in a section of rows.
    private func rowSize(of section: Section) -> Int {
        section == .nodes
            ? NodeLayout(dimension: Int(dimension), configuration: configuration).blockSize
            : RowStore.vectorStride(Int(dimension)) * MemoryLayout<Float>.stride
    }

    /// How ``Section/nodes`` or ``Section/vectors`` is divided.
    func regions(of section: Section) -> ArchiveRegions {
        // Searches come to read nearly all nodes, but few vectors.
        ArchiveRegions(
            rowCount: Int(clamping: rowCount), rowSize: rowSize(of: section),
            size: section == .nodes ? 1 << 16 : 1 << 12)
    }
}
