import CKernels
import Platform

/// Checksums of a section that is too large to be read when an archive is opened: each region of it, a run of rows, is
/// checked when one of them is first used.
///
/// Any number of threads may ask at once.
final class RegionChecksums: @unchecked Sendable {
    let regions: ArchiveRegions
    private let section: ArchiveHeader.Section
    private let file: MappedFile
    private let bytes: UnsafeRawBufferPointer
    private let checksums: UnsafeBufferPointer<UInt32>
    /// One bit a region: it has been found sound.
    private let sound: UnsafeMutablePointer<UInt64>
    private let left: Locked<Int>
    /// 1 once all regions have been found sound.
    private let complete: UnsafeMutablePointer<UInt64>

    /// - Parameters:
    ///   - bytes: those of the section, in `file`.
    ///   - checksums: one for each region, in `file`.
    init(
        section: ArchiveHeader.Section, regions: ArchiveRegions, bytes: UnsafeRawBufferPointer,
        checksums: UnsafeBufferPointer<UInt32>, of file: MappedFile
    ) {
        self.section = section
        self.regions = regions
        self.file = file
        self.bytes = bytes
        self.checksums = checksums
        let words = max(1, (regions.count + 63) / 64)
        sound = .allocate(capacity: words)
        sound.initialize(repeating: 0, count: words)
        complete = .allocate(capacity: 1)
        complete.initialize(to: regions.count == 0 ? 1 : 0)
        left = Locked(regions.count)
        advise(.random)
    }

    deinit {
        sound.deallocate()
        complete.deallocate()
    }

    @inline(__always)
    func isSound(region: Int) -> Bool {
        fp_load_word(sound + region >> 6) & (1 << UInt64(region & 63)) != 0
    }

    /// Reads a region that has not been found sound yet. False if it is damaged.
    @inline(never)
    func check(region: Int) -> Bool {
        let range = regions.bytes(of: region)
        let found = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[range]))
        guard UInt32(littleEndian: checksums[region]) == found else { return false }
        let bit: UInt64 = 1 << UInt64(region & 63)
        if fp_set_bits(sound + region >> 6, bit) & bit == 0 {
            left.withLock { left in
                left -= 1
                if left == 0 { fp_store_word(complete, 1) }
            }
        }
        return true
    }

    var isComplete: Bool { fp_load_word(complete) == 1 }

    /// Reads all regions that have not been found sound yet.
    ///
    /// - Throws: ``VectorIndexError/corruptArchive(path:section:reason:)`` naming the first that is damaged.
    func checkAll(threads: Int) throws(VectorIndexError) {
        guard !isComplete else { return }
        advise(.sequential)
        defer { advise(.random) }
        let damaged = Locked(Int.max)
        Parallel.forEachRange(regions.count, chunk: 64, threads: threads) { range, _ in
            for region in range where !self.isSound(region: region) && !self.check(region: region) {
                damaged.withLock { $0 = min($0, region) }
            }
        }
        let first = damaged.withLock { $0 }
        if first < regions.count { throw error(region: first) }
    }

    /// Tells the system how the section is going to be read, if it is a large one of which searches read little: what
    /// stands around that would only fill the memory.
    func advise(_ pattern: MappedFile.AccessPattern) {
        guard section == .vectors, bytes.count >= Self.largeByteCount, let start = file.bytes.baseAddress,
            let own = bytes.baseAddress
        else { return }
        file.advise(pattern, for: (own - start)..<(own - start + bytes.count))
    }

    private static var largeByteCount: Int { 256 << 20 }

    func error(row: UInt32) -> VectorIndexError { error(region: Int(row >> regions.shift)) }

    private func error(region: Int) -> VectorIndexError {
        let rows = regions.rows(of: region)
        return .corruptArchive(
            path: file.path, section: section.name,
            reason: "the checksum of rows \(rows.lowerBound) to \(rows.upperBound - 1) does not match")
    }
}

/// How a section of rows is divided: into runs of a power of two of them.
struct ArchiveRegions: Equatable {
    let rowCount: Int
    let rowSize: Int
    /// Rows of a region, as a power of two.
    let shift: UInt32

    /// - Parameter size: bytes of a region, at most, unless a row alone has more.
    init(rowCount: Int, rowSize: Int, size: Int) {
        self.rowCount = rowCount
        self.rowSize = rowSize
        let rows = max(1, size / max(1, rowSize))
        shift = UInt32(Int.bitWidth - 1 - rows.leadingZeroBitCount)
    }

    var count: Int { (rowCount + 1 << shift - 1) >> shift }

    func rows(of region: Int) -> Range<Int> { (region << shift)..<min(rowCount, (region + 1) << shift) }

    func bytes(of region: Int) -> Range<Int> {
        let rows = rows(of: region)
        return (rows.lowerBound * rowSize)..<(rows.upperBound * rowSize)
    }
}

/// ``RegionChecksums`` as a search asks it about rows: nothing to retain.
struct RegionGuard: @unchecked Sendable {
    private let checksums: Unmanaged<RegionChecksums>
    private let rowCount: UInt32
    private let shift: UInt32

    /// Nil if there is nothing left to check.
    init?(_ checksums: Unmanaged<RegionChecksums>?) {
        guard let checksums else { return nil }
        let object = checksums._withUnsafeGuaranteedRef { $0 }
        if object.isComplete { return nil }
        self.checksums = checksums
        rowCount = UInt32(object.regions.rowCount)
        shift = object.regions.shift
    }

    /// Whether what the archive has of a row may be used. Rows that came later are not in it.
    @inline(__always)
    func admits(_ row: UInt32) -> Bool {
        guard row < rowCount else { return true }
        return checksums._withUnsafeGuaranteedRef {
            $0.isSound(region: Int(row >> shift)) || $0.check(region: Int(row >> shift))
        }
    }

    func error(_ row: UInt32) -> VectorIndexError { checksums._withUnsafeGuaranteedRef { $0.error(row: row) } }
}
