import Platform

/// Fixed-size rows of numbers in one aligned allocation, or in a mapped archive until the first change.
///
/// The only file beside the graph's where memory is managed by hand: bytes beyond the filled rows are always zero, so
/// that what is written to an archive depends on the rows alone.
final class Column<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    /// Elements from the start of one row to the start of the next.
    let stride: Int
    /// Rows that `base` has room for.
    private(set) var capacity: Int
    private(set) var base: UnsafeMutablePointer<Element>
    /// Set while the rows lie in an archive, where they must not be written.
    private var mapping: MappedFile?

    private static var alignment: Int { 64 }

    init(stride: Int, capacity: Int = 0) {
        self.stride = stride
        self.capacity = 0
        base = Self.allocate(elements: 0)
        ensureCapacity(capacity)
    }

    /// Rows in a mapped file. The caller has checked that `bytes` lie in it, are aligned and hold whole rows.
    init(stride: Int, mapped bytes: UnsafeRawBufferPointer, of file: MappedFile) {
        self.stride = stride
        let elements = bytes.bindMemory(to: Element.self)
        guard let address = elements.baseAddress, !elements.isEmpty else {
            capacity = 0
            base = Self.allocate(elements: 0)
            return
        }
        capacity = elements.count / stride
        base = UnsafeMutablePointer(mutating: address)
        mapping = file
    }

    deinit {
        if mapping == nil { base.deallocate() }
    }

    /// Makes room for `rows` rows and makes the rows writable. Pointers taken before are invalid afterwards.
    func ensureCapacity(_ rows: Int) {
        guard rows > capacity || mapping != nil else { return }
        let newCapacity = max(rows, capacity + capacity / 2)
        let replacement = Self.allocate(elements: newCapacity * stride)
        replacement.update(from: base, count: capacity * stride)
        if mapping == nil { base.deallocate() }
        mapping = nil
        base = replacement
        capacity = newCapacity
    }

    func row(_ row: Int) -> UnsafeMutablePointer<Element> { base + row * stride }

    /// The bytes of the first `rows` rows.
    func bytes(rows: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: rows * stride * MemoryLayout<Element>.stride)
    }

    private static func allocate(elements: Int) -> UnsafeMutablePointer<Element> {
        let size = max(elements, 1) * MemoryLayout<Element>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        return memory.bindMemory(to: Element.self, capacity: max(elements, 1))
    }
}
