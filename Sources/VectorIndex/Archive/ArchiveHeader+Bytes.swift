import Platform

/// The bytes of the page: it ends in the checksum of all that is before it.
extension ArchiveHeader {
    /// One page, ending in the checksum of all that is before it.
    func encoded() -> [UInt8] {
        var bytes = Self.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        for value in [Self.version, kind, metric, dimension, keyTag, M, efConstruction, efSearch, layout, flags, entry]
        {
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
        flags = next(UInt32.self)
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
        guard flags & ~Self.isMultiple == 0 else { throw corrupt("flags \(flags)") }
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
}
