/// Memory for the elements of a matrix, aligned to a cache line.
@usableFromInline
final class MatrixStorage: @unchecked Sendable {
    // Unchecked, and true: `Matrix` writes only to storage that it alone refers to.
    @usableFromInline let elements: UnsafeMutableBufferPointer<Float>

    static let alignment = 64

    /// Memory that is not yet initialised.
    init(count: Int) {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: Self.alignment)
        elements = UnsafeMutableBufferPointer(start: raw.bindMemory(to: Float.self, capacity: count), count: count)
    }

    @usableFromInline
    func copy() -> MatrixStorage {
        let copy = MatrixStorage(count: elements.count)
        _ = copy.elements.initialize(fromContentsOf: elements)
        return copy
    }

    deinit { UnsafeMutableRawPointer(elements.baseAddress)?.deallocate() }
}
