import Platform

/// Fixed-size rows of numbers in aligned chunks that never move, so that searches may read some rows while others are
/// added.
///
/// Bytes beyond the filled rows are zero, so that what is written to an archive depends on the rows alone.
final class ChunkedColumn<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    /// Elements from the start of one row to the start of the next.
    let stride: Int
    /// Pointers to the chunks, of ``rowsPerChunk`` rows each. Replaced when it is full; see ``outgrown``.
    private(set) var directory: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private(set) var chunkCount = 0
    private var directoryRoom = 0
    /// Directories that a search may still be reading. Together they are no larger than the one in use.
    private var outgrown: [UnsafeMutablePointer<UnsafeMutablePointer<Element>>] = []
    /// The chunks at the front that lie in an archive, where they must not be written.
    private var mappedChunks = 0
    private var memory: [AlignedMemory] = []
    private let mapping: MappedFile?

    static var rowsPerChunk: Int { 1 << chunkShift }
    static var chunkShift: Int { 12 }

    init(stride: Int) {
        self.stride = stride
        mapping = nil
        directory = .allocate(capacity: 1)
    }

    /// Rows in a mapped file. The caller has checked that `bytes` lie in it, are aligned and hold `rows` rows.
    init(stride: Int, mapped bytes: UnsafeRawBufferPointer, rows: Int, of file: MappedFile) {
        self.stride = stride
        directory = .allocate(capacity: 1)
        mapping = file
        let elements = bytes.bindMemory(to: Element.self)
        guard let base = elements.baseAddress, stride > 0 else { return }
        mappedChunks = rows / Self.rowsPerChunk
        for chunk in 0..<mappedChunks {
            append(UnsafeMutablePointer(mutating: base + chunk * Self.rowsPerChunk * stride))
        }
        // The chunk that has room for more rows is the index's own.
        let rest = rows - mappedChunks * Self.rowsPerChunk
        if rest > 0 {
            ensureCapacity(rows)
            directory[mappedChunks].update(from: base + mappedChunks * Self.rowsPerChunk * stride, count: rest * stride)
        }
    }

    deinit {
        for memory in memory { memory.deallocate() }
        for old in outgrown { old.deallocate() }
        directory.deallocate()
    }

    /// Makes room for `rows` rows. Rows that are there stay where they are.
    func ensureCapacity(_ rows: Int) {
        while chunkCount * Self.rowsPerChunk < rows {
            let bytes = Self.rowsPerChunk * stride * MemoryLayout<Element>.stride
            let chunk = AlignedMemory(byteCount: bytes)
            memory.append(chunk)
            append(chunk.base.bindMemory(to: Element.self, capacity: Self.rowsPerChunk * stride))
        }
    }

    private func append(_ chunk: UnsafeMutablePointer<Element>) {
        if chunkCount == directoryRoom {
            let room = max(8, directoryRoom * 2)
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: room)
            larger.update(from: directory, count: chunkCount)
            outgrown.append(directory)
            directory = larger
            directoryRoom = room
        }
        directory[chunkCount] = chunk
        chunkCount += 1
    }

    @inline(__always)
    func row(_ row: Int) -> UnsafeMutablePointer<Element> {
        directory[row >> Self.chunkShift] + (row & (Self.rowsPerChunk - 1)) * stride
    }

    /// Lends the bytes of the first `rows` rows, chunk by chunk.
    func forEachRun(rows: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var first = 0
        while first < rows {
            let run = min(Self.rowsPerChunk, rows - first)
            try body(
                UnsafeRawBufferPointer(start: row(first), count: run * stride * MemoryLayout<Element>.stride))
            first += run
        }
    }
}
