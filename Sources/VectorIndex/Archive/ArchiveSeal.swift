import Platform

/// Makes the checksums of an archive's bytes match them, whatever they are: for tests of what stands behind the
/// checksums.
package enum ArchiveSeal {
    /// Nil if the first page is no header that could be read.
    package static func seal(_ bytes: [UInt8]) -> [UInt8]? {
        var bytes = bytes
        let page = ArchiveHeader.pageSize
        guard bytes.count >= page else { return nil }
        func checksum(_ range: Range<Int>) -> UInt32 {
            bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
        func put(_ value: UInt32, at position: Int) {
            withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(position..<(position + 4), with: $0) }
        }
        put(checksum(0..<(page - 4)), at: page - 4)
        guard var header = bytes.withUnsafeBytes({ try? ArchiveHeader(reading: $0, path: "") }) else { return nil }
        func range(_ section: ArchiveHeader.Section) -> Range<Int>? {
            let entry = header[section]
            guard entry.offset <= UInt64(bytes.count), entry.length <= UInt64(bytes.count) - entry.offset else {
                return nil
            }
            return Int(entry.offset)..<Int(entry.offset + entry.length)
        }
        for (section, checksums) in [(ArchiveHeader.Section.nodes, .nodeChecksums), (.vectors, .vectorChecksums)]
            as [(ArchiveHeader.Section, ArchiveHeader.Section)]
        {
            let regions = header.regions(of: section)
            guard let content = range(section), let place = range(checksums), place.count >= regions.count * 4,
                content.count >= regions.rowCount * regions.rowSize
            else { continue }
            for region in 0..<regions.count {
                let part = regions.bytes(of: region)
                put(
                    checksum((content.lowerBound + part.lowerBound)..<(content.lowerBound + part.upperBound)),
                    at: place.lowerBound + region * 4)
            }
        }
        for section in ArchiveHeader.Section.allCases where !section.isInRegions {
            if let range = range(section) { header[section].checksum = checksum(range) }
        }
        bytes.replaceSubrange(0..<page, with: header.encoded())
        return bytes
    }
}
