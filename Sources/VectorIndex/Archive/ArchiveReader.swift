import CKernels
import Platform

/// A mapped archive whose header has been checked.
struct ArchiveReader {
    let header: ArchiveHeader
    private let file: MappedFile

    init(path: String) throws(VectorIndexError) {
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw VectorIndexError(error) }
        header = try ArchiveHeader(reading: file.bytes, path: path)
        guard header.fileLength == UInt64(file.bytes.count) else {
            throw corrupt("header", "the file has \(file.bytes.count) bytes, should have \(header.fileLength)")
        }
    }

    private func corrupt(_ section: String, _ reason: String) -> VectorIndexError {
        .corruptArchive(path: file.path, section: section, reason: reason)
    }

    /// The bytes of a section. ``verify()`` has made sure that they lie in the file.
    private func bytes(_ section: ArchiveHeader.Section) -> UnsafeRawBufferPointer {
        let entry = header[section]
        return UnsafeRawBufferPointer(rebasing: file.bytes[Int(entry.offset)..<Int(entry.offset + entry.length)])
    }

    /// Checksums, other than those of regions, and the zeros between sections.
    func verify() throws(VectorIndexError) {
        var position = ArchiveHeader.pageSize
        for section in ArchiveHeader.Section.allCases {
            let entry = header[section]
            guard entry.offset <= header.fileLength, entry.length <= header.fileLength - entry.offset,
                Int(entry.offset) >= position, entry.offset % UInt64(ArchiveHeader.pageSize) == 0
            else { throw corrupt(section.name, "it does not lie in the file") }
            guard file.bytes[position..<Int(entry.offset)].allSatisfy({ $0 == 0 }) else {
                throw corrupt(section.name, "there are stray bytes before it")
            }
            position = Int(entry.offset + entry.length)
            if section.isInRegions { continue }
            guard CRC32C.checksum(bytes(section)) == entry.checksum else {
                throw corrupt(section.name, "the checksum does not match")
            }
        }
    }

    /// The rows and the graph, with every count and offset checked, and every number that is followed outside the nodes.
    ///
    /// The links in the nodes are not read here: there are too many. A search looks at each before it follows it.
    func contents<Key: IndexKey>(
        of _: Key.Type
    ) throws(VectorIndexError) -> (GraphStore, KeyColumn<Key>) {
        guard header.keyTag == Key.archiveTag else {
            throw .incompatibleArchive(path: file.path, reason: "its keys are of another type than \(Key.self)")
        }
        var expected = header
        guard Key.archiveWidth == nil || header.keyByteCount == 0, expected.layOut(keyWidth: Key.archiveWidth),
            expected == header
        else {
            throw corrupt("header", "sections are not where they should be")
        }
        guard let metric = Metric(rawValue: header.metric) else { throw corrupt("header", "metric \(header.metric)") }
        let count = Int(header.rowCount)
        let dimension = Int(header.dimension)
        let live = try bits(.live, count: count)
        guard live.count == Int(header.liveCount) else {
            throw corrupt("live rows", "their number does not match the header")
        }
        let linked = try bits(.linked, count: count)
        guard zip(live.words, linked.words).allSatisfy({ $0 & ~$1 == 0 }) else {
            throw corrupt("linked rows", "a live row is not among them")
        }
        let keys = try keyColumn(of: Key.self, count: count)
        let rows = RowStore(
            dimension: dimension, metric: metric,
            vectors: ChunkedColumn(
                stride: RowStore.vectorStride(dimension), mapped: bytes(.vectors), rows: count, of: file),
            factors: ChunkedColumn(stride: 1, mapped: bytes(.factors), rows: count, of: file),
            count: count, live: live, free: (0..<UInt32(count)).filter { !linked.contains($0) },
            checksums: RowStore.Checksums(
                nodes: regionChecksums(.nodes, in: .nodeChecksums),
                vectors: regionChecksums(.vectors, in: .vectorChecksums)))
        fillNodes(rows)
        return (try graph(rows, linked: linked), keys)
    }

    private func regionChecksums(
        _ section: ArchiveHeader.Section, in checksums: ArchiveHeader.Section
    ) -> RegionChecksums {
        RegionChecksums(
            section: section, regions: header.regions(of: section), bytes: bytes(section),
            checksums: bytes(checksums).bindMemory(to: UInt32.self), of: file)
    }

    private func bits(_ section: ArchiveHeader.Section, count: Int) throws(VectorIndexError) -> BitSet {
        let bits = BitSet(words: Array(bytes(section).bindMemory(to: UInt64.self)))
        guard (count..<(bits.words.count * 64)).allSatisfy({ !bits.contains(UInt32($0)) }) else {
            throw corrupt(section.name, "there are more than rows")
        }
        return bits
    }

    /// Where the nodes are. Rows that are in no graph get their block as well, so that a link that
    /// damage has led there finds nothing worse than another list of links.
    private func fillNodes(_ rows: RowStore) {
        let nodes = bytes(.nodes)
        let size = NodeLayout(dimension: rows.dimension, configuration: header.configuration).blockSize
        for row in 0..<rows.count {
            rows.setBlock(UInt32(row), nodes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + row * size) })
            rows.publishBlock(UInt32(row))
        }
    }

    private func keyColumn<Key: IndexKey>(
        of _: Key.Type, count: Int
    ) throws(VectorIndexError) -> KeyColumn<Key> {
        KeyColumn(try keys(count: count))
    }

    private func keys<Key: IndexKey>(count: Int) throws(VectorIndexError) -> [Key] {
        let bytes = bytes(.keys)
        if let width = Key.archiveWidth {
            guard let keys = Key.keys(archived: bytes, width: width), keys.count == count else {
                throw corrupt("keys", "they cannot be read")
            }
            return keys
        }
        var keys: [Key] = []
        keys.reserveCapacity(count)
        let offsets = self.bytes(.keyOffsets).bindMemory(to: UInt64.self)
        var start = 0
        for row in 0..<count {
            guard offsets[row] == UInt64(start), offsets[row + 1] >= offsets[row],
                offsets[row + 1] <= UInt64(bytes.count)
            else { throw corrupt("key offsets", "the offset of row \(row) is out of order") }
            let end = Int(offsets[row + 1])
            guard let key = Key(archived: UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else {
                throw corrupt("keys", "the key of row \(row) cannot be read")
            }
            keys.append(key)
            start = end
        }
        guard start == bytes.count else { throw corrupt("keys", "there are \(bytes.count - start) bytes too many") }
        return keys
    }

    private func graph(_ rows: RowStore, linked: BitSet) throws(VectorIndexError) -> GraphStore {
        let configuration = header.configuration
        let upperRows = Array(bytes(.upperRows).bindMemory(to: UInt32.self))
        let upperLinks = Array(bytes(.upperLinks).bindMemory(to: UInt32.self))
        // A node's lists stand together, one for each of its levels.
        var starts: [UInt32: UInt32] = [:]
        var levels: [UInt8] = []
        levels.reserveCapacity(upperRows.count)
        var list = 0
        while list < upperRows.count {
            let row = upperRows[list]
            let level = configuration.level(ofRow: Int(row))
            guard Int(row) < rows.count, level > 0, list + level <= upperRows.count,
                upperRows[list..<(list + level)].allSatisfy({ $0 == row }),
                starts.updateValue(UInt32(list), forKey: row) == nil
            else { throw corrupt("upper lists", "list \(list) is not one of row \(row)") }
            for place in 1...level { levels.append(UInt8(place)) }
            list += level
        }
        for (place, target) in upperLinks.enumerated() where target != GraphView.noLink {
            let list = place / configuration.M
            guard Int(target) < levels.count, levels[Int(target)] == levels[list] else {
                throw corrupt("upper links", "list \(list) links to \(target), which is not on its level")
            }
        }
        var entry: GraphEntry?
        if header.entry != .max {
            let level = configuration.level(ofRow: Int(header.entry))
            guard linked.contains(header.entry), level == 0 || starts[header.entry] != nil else {
                throw corrupt("header", "entry \(header.entry) is no node")
            }
            let list = starts[header.entry].map { $0 + UInt32(level) - 1 }
            entry = GraphEntry(row: header.entry, level: level, list: list ?? GraphView.noLink)
        }
        var codebook: NeighborCodebook?
        if header.codebookByteCount > 0 {
            let groups = NodeLayout(dimension: rows.dimension, configuration: configuration).groups
            codebook = NeighborCodebook(
                archived: bytes(.codebook), dimension: rows.dimension, groups: groups)
            if codebook == nil { throw corrupt("codebook", "it cannot be read") }
        }
        return GraphStore(
            rows: rows, linked: linked, configuration: configuration,
            upper: UpperLevels(degree: configuration.M, rows: upperRows, links: upperLinks), upperStart: starts,
            entry: entry, codebook: codebook, mapping: file)
    }
}
