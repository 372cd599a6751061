import CKernels

/// Zeroed memory that starts at a page, and at a huge page where there is enough of it. Pages that are never touched
/// cost nothing.
struct AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = max(byteCount, 1)
        guard let memory = fp_map_memory(self.byteCount) else { fatalError("out of memory: \(byteCount) bytes") }
        base = memory
    }

    func deallocate() { fp_unmap_memory(base, byteCount) }
}
