import CKernels

/// The rows of an index as a search sees them: plain pointers, with nothing to retain. What keeps the memory is the
/// ``Version`` that a search holds, or the writer.
///
/// Every metric is reduced to one form, so that the hot loops know none of them: a row's *affinity* to a query is
/// `query · row + bias`, where the bias is 0 for cosine and the inner product, and minus half the squared length for
/// L2. A larger affinity is a nearer row. A code's dot product with a query's code, times both scales, estimates the
/// inner product.
struct RowView: @unchecked Sendable {
    let dimension: Int
    let metric: Metric
    /// Row numbers in use, dead rows included.
    let count: Int
    let liveCount: Int
    /// One bit a row.
    let live: UnsafeBufferPointer<UInt64>
    let factors: UnsafeMutablePointer<UnsafeMutablePointer<RowFactors>>
    let blockReferences: UnsafeMutablePointer<UnsafeMutablePointer<BlockReference>>
    let vectors: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    let vectorStride: Int
    let orderedBlocks: BlockView
    let nodeChecksums: Unmanaged<RegionChecksums>?
    let vectorChecksums: Unmanaged<RegionChecksums>?

    @inline(__always)
    func factors(_ row: UInt32) -> UnsafeMutablePointer<RowFactors> {
        let shift = UInt32(ChunkedColumn<RowFactors>.chunkShift)
        return factors[Int(row >> shift)] + Int(row & (1 << shift - 1))
    }

    /// A node's block. Only rows that the graph leads to have one.
    @inline(__always)
    func block(_ row: UInt32) -> UnsafeMutableRawPointer {
        if let block = orderedBlocks.block(row) { return block }
        return listedBlock(row).unsafelyUnwrapped
    }

    func listedBlock(_ row: UInt32) -> UnsafeMutableRawPointer? {
        let shift = UInt32(ChunkedColumn<BlockReference>.chunkShift)
        let reference = blockReferences[Int(row >> shift)] + Int(row & (1 << shift - 1))
        return fp_load_pointer(
            UnsafeMutableRawPointer(reference).assumingMemoryBound(to: UnsafeMutableRawPointer?.self))
    }

    @inline(__always)
    func code(_ row: UInt32) -> UnsafePointer<Int8> {
        UnsafePointer(block(row).assumingMemoryBound(to: Int8.self))
    }

    @inline(__always) func scale(_ row: UInt32) -> Float { factors(row).pointee.scale }
    @inline(__always) func bias(_ row: UInt32) -> Float { factors(row).pointee.bias }

    @inline(__always)
    func vector(_ row: UInt32) -> UnsafePointer<Float> {
        let shift = UInt32(ChunkedColumn<Float>.chunkShift)
        return UnsafePointer(vectors[Int(row >> shift)] + Int(row & (1 << shift - 1)) * vectorStride)
    }

    /// Whether the vectors of a run of rows stand one behind the other.
    func areAdjacent(_ first: UInt32, _ last: UInt32) -> Bool {
        first >> UInt32(ChunkedColumn<Float>.chunkShift) == last >> UInt32(ChunkedColumn<Float>.chunkShift)
    }

    /// A copy of the vector of a row that is alive under a key.
    func vector<Key: IndexKey>(
        _ row: UInt32, ifOf key: Key, _ keys: KeyView<Key>
    ) throws(VectorIndexError) -> [Float]? {
        guard isLive(row), keys[row] == key else { return nil }
        if let vectors = RegionGuard(vectorChecksums), !vectors.admits(row) { throw vectors.error(row) }
        return Array(UnsafeBufferPointer(start: vector(row), count: dimension))
    }

    @inline(__always)
    func isLive(_ row: UInt32) -> Bool {
        let word = Int(row >> 6)
        return word < live.count && live[word] & (1 << UInt64(row & 63)) != 0
    }

    /// The rows of a filter that are alive, and how many they are.
    func living(_ filter: RowFilter) -> (bits: BitSet, count: Int) {
        // Nothing has died since the filter was made.
        if liveCount == count { return (filter.bits, filter.count) }
        let bits = filter.bits.intersection(live)
        return (bits, bits.count)
    }

    /// The score of a metric from an affinity; `querySquaredLength` matters to L2 alone.
    func score(affinity: Float, querySquaredLength: Float) -> Float {
        metric == .squaredL2 ? min(0, 2 * affinity - querySquaredLength) : affinity
    }
}

/// Blocks that stand one behind the other in the order of the rows, as building and opening leave them, so that their
/// place can be worked out. Looking it up in the table of rows would cost a search a wait for memory at each node.
struct BlockView: @unchecked Sendable {
    let base: UnsafeMutableRawPointer?
    let count: UInt32
    let blockSize: Int
    /// One bit a row: its block has been replaced by one that stands elsewhere.
    let moved: UnsafePointer<UInt64>?

    @inline(__always)
    func block(_ row: UInt32) -> UnsafeMutableRawPointer? {
        guard row < count, let base, let moved else { return nil }
        guard fp_load_word(moved + Int(row >> 6)) & (1 << UInt64(row & 63)) == 0 else { return nil }
        return base + Int(row) * blockSize
    }

    static var none: BlockView { BlockView(base: nil, count: 0, blockSize: 0, moved: nil) }
}

/// What is done to single vectors.
enum VectorMath {
    /// Scales to unit length in two steps, so that neither very small nor very large vectors lose their direction.
    static func normalize(_ vector: UnsafeMutablePointer<Float>, _ dimension: Int, _ kernels: fp_kernels) {
        let largest = kernels.max_abs_f32(vector, dimension)
        guard largest > 0 else { return }
        if largest < 1e-15 || largest > 1e15 {
            for element in 0..<dimension { vector[element] /= largest }
        }
        _ = kernels.normalize_f32(vector, dimension)
    }

    /// Symmetric quantization with one scale a vector. Returns the scale: value = code * scale. Bytes of the code beyond
    /// `dimension` are left alone.
    static func quantize(
        _ vector: UnsafePointer<Float>, _ dimension: Int, into code: UnsafeMutablePointer<Int8>, _ kernels: fp_kernels
    ) -> Float {
        let largest = kernels.max_abs_f32(vector, dimension)
        // Below this the reciprocal overflows; such a row has no direction worth coding.
        guard largest > 1e-35 else {
            code.update(repeating: 0, count: dimension)
            return 0
        }
        kernels.quantize_i8(vector, 127 / largest, code, dimension)
        return largest / 127
    }
}
