/// Memory for the nodes of a graph: blocks of one size, carved from large slabs.
///
/// Used by one thread at a time, the writer.
final class BlockStore: @unchecked Sendable {
    let blockSize: Int
    private var slabs: [AlignedMemory] = []
    private var free: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer?
    private var left = 0
    /// Blocks that slabs have room for.
    private(set) var capacity = 0

    init(blockSize: Int) { self.blockSize = blockSize }

    deinit { for slab in slabs { slab.deallocate() } }

    /// A block of zeros or of what a released one held.
    func allocate() -> UnsafeMutableRawPointer {
        if let block = free.popLast() { return block }
        if left == 0 { reserve(max(16, min(capacity, (16 << 20) / blockSize))) }
        guard let block = next else { preconditionFailure("a slab was just made") }
        next = block + blockSize
        left -= 1
        return block
    }

    /// Makes one slab that the next `count` allocations come from, one behind the other.
    func reserve(_ count: Int) {
        guard count > left else { return }
        if let next { for index in 0..<left { free.append(next + index * blockSize) } }
        let slab = AlignedMemory(byteCount: count * blockSize)
        slabs.append(slab)
        next = slab.base
        left = count
        capacity += count
    }

    func release(_ block: UnsafeMutableRawPointer) { free.append(block) }
}
