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
    /// Directories that a search may still be reading. They are small, and few.
    private var outgrown: [UnsafeMutablePointer<UnsafeMutablePointer<Element>>] = []
    /// Whether each chunk lies in an archive, where it must not be written.
    private var isMapped: [Bool] = []
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
        let whole = rows / Self.rowsPerChunk
        for chunk in 0..<whole {
            append(UnsafeMutablePointer(mutating: base + chunk * Self.rowsPerChunk * stride), isMapped: true)
        }
        // The chunk that has room for more rows is the index's own.
        let rest = rows - whole * Self.rowsPerChunk
        if rest > 0 {
            ensureCapacity(rows)
            directory[whole].update(from: base + whole * Self.rowsPerChunk * stride, count: rest * stride)
        }
    }

    deinit {
        for memory in memory { memory.deallocate() }
        for old in outgrown { old.deallocate() }
        directory.deallocate()
    }

    /// Makes room for `rows` rows. Rows that are there stay where they are.
    func ensureCapacity(_ rows: Int) {
        while chunkCount * Self.rowsPerChunk < rows { append(allocateChunk(), isMapped: false) }
    }

    /// Sees to it that a row may be written: if it lies in an archive, its chunk is copied. Searches that have begun go on
    /// with the old one.
    func makeWritable(_ row: Int) {
        let chunk = row >> Self.chunkShift
        guard isMapped[chunk] else { return }
        let copy = allocateChunk()
        copy.update(from: directory[chunk], count: Self.rowsPerChunk * stride)
        replaceDirectory(room: directoryRoom)
        directory[chunk] = copy
        isMapped[chunk] = false
    }

    private func allocateChunk() -> UnsafeMutablePointer<Element> {
        let chunk = AlignedMemory(byteCount: Self.rowsPerChunk * stride * MemoryLayout<Element>.stride)
        memory.append(chunk)
        return chunk.base.bindMemory(to: Element.self, capacity: Self.rowsPerChunk * stride)
    }

    private func append(_ chunk: UnsafeMutablePointer<Element>, isMapped mapped: Bool) {
        if chunkCount == directoryRoom { replaceDirectory(room: max(8, directoryRoom * 2)) }
        directory[chunkCount] = chunk
        isMapped.append(mapped)
        chunkCount += 1
    }

    private func replaceDirectory(room: Int) {
        let replacement = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: room)
        replacement.update(from: directory, count: chunkCount)
        outgrown.append(directory)
        directory = replacement
        directoryRoom = room
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
