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

    /// The bytes of a section. ``verify(_:)`` has made sure that they lie in the file.
    private func bytes(_ section: ArchiveHeader.Section) -> UnsafeRawBufferPointer {
        let entry = header[section]
        return UnsafeRawBufferPointer(rebasing: file.bytes[Int(entry.offset)..<Int(entry.offset + entry.length)])
    }

    /// Checksums and the zeros between sections.
    func verify(_ verification: ArchiveVerification) throws(VectorIndexError) {
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
            if verification == .structure, section == .codes || section == .vectors { continue }
            guard CRC32C.checksum(bytes(section)) == entry.checksum else {
                throw corrupt(section.name, "the checksum does not match")
            }
        }
    }

    /// The rows and the graph, with every count, offset and link checked.
    func contents<Key: IndexKey>(
        of _: Key.Type
    ) throws(VectorIndexError) -> (KeyedRows<Key>, HNSWGraph) {
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

        let live = BitSet(words: Array(bytes(.live).bindMemory(to: UInt64.self)))
        guard live.count == Int(header.liveCount),
            (count..<(live.words.count * 64)).allSatisfy({ !live.contains(UInt32($0)) })
        else { throw corrupt("live rows", "their number does not match the header") }
        let keys = KeyTable<Key>(keys: try keys(count: count), live: live)
        let rows = VectorRows(
            dimension: dimension, metric: metric,
            vectors: Column(stride: VectorRows.vectorStride(dimension), mapped: bytes(.vectors), of: file),
            codes: Column(stride: VectorRows.codeStride(dimension), mapped: bytes(.codes), of: file),
            factors: Column(stride: 2, mapped: bytes(.factors), of: file), count: count, live: live)
        return (KeyedRows(rows: rows, keys: keys), try graph(count: count))
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

    private func graph(count: Int) throws(VectorIndexError) -> HNSWGraph {
        let configuration = header.configuration
        let levels = Array(bytes(.levels))
        guard levels.allSatisfy({ Int($0) <= HNSWConfiguration.maximumLevel }) else {
            throw corrupt("levels", "a level is above \(HNSWConfiguration.maximumLevel)")
        }
        guard levels.reduce(0, { $0 + UInt64($1) }) == header.upperCount else {
            throw corrupt("levels", "they do not add up to the upper links")
        }
        let links = bytes(.baseLinks).bindMemory(to: UInt32.self)
        let upperLinks = bytes(.upperLinks).bindMemory(to: UInt32.self)
        for (section, ids) in [(ArchiveHeader.Section.baseLinks, links), (.upperLinks, upperLinks)] {
            let largest = fp_max_u32(ids.baseAddress, ids.count, HNSWGraph.noLink)
            guard largest < max(count, 1) else { throw corrupt(section.name, "a link to row \(largest) of \(count)") }
        }
        let graph = HNSWGraph(
            configuration: configuration,
            base: Column(stride: configuration.baseDegree, mapped: bytes(.baseLinks), of: file),
            upper: Column(stride: configuration.M, mapped: bytes(.upperLinks), of: file), levels: levels,
            entry: header.entry == .max ? nil : header.entry)
        // A link on an upper level must lead to a node that is on that level, or its lists would be another's.
        for row in levels.indices where levels[row] > 0 {
            for level in 1...Int(levels[row]) {
                let list = graph.links(UInt32(row), level: level)
                for index in 0..<configuration.M where list[index] != HNSWGraph.noLink {
                    guard Int(levels[Int(list[index])]) >= level else {
                        throw corrupt(
                            "upper links", "row \(row) links to \(list[index]), which is not on level \(level)")
                    }
                }
            }
        }
        return graph
    }
}
