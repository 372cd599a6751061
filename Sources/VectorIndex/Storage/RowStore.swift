import CKernels

/// What turns the product of a row's code into an affinity.
struct RowFactors: BitwiseCopyable, Sendable {
    /// Of the int8 code: value = code * scale.
    var scale: Float
    /// Added to inner products to make affinities; see ``RowView``.
    var bias: Float
}

/// Where a row's node is; see ``NodeLayout``. Nil without a graph, or while the row is in none. Searches read it through
/// ``RowView/block(_:)``, since the writer may put another in its place at any time.
struct BlockReference: BitwiseCopyable, @unchecked Sendable {
    var block: UnsafeMutableRawPointer?
}

/// The rows of an index as the one writer has them: vectors in full precision, codes, and which rows are alive.
///
/// Rows are numbered in order of insertion. What a row number stands for never changes while a search may see it: a
/// removed row's number is given to another only after ``reclaim(_:)``.
final class RowStore: @unchecked Sendable {
    let dimension: Int
    let metric: Metric
    let vectors: ChunkedColumn<Float>
    let factors: ChunkedColumn<RowFactors>
    /// The blocks that searches see, and those that the writer is working on.
    private let blocks = ChunkedColumn<BlockReference>(stride: 1)
    private let ownBlocks = ChunkedColumn<BlockReference>(stride: 1)
    /// Of what lies in an archive.
    let checksums: Checksums?

    /// Row numbers in use, dead rows included.
    private(set) var count = 0
    private(set) var live = BitSet()
    private(set) var liveCount = 0
    /// Numbers below ``count`` that stand for nothing: neither alive nor in the graph.
    private(set) var free: [UInt32] = []

    /// 2^30 - 2: searches mark row numbers with the two top bits, and all ones mark the end of a list of links.
    static let maximumCount = 1 << 30 - 2

    /// Checksums of the two sections of an archive that are checked as they are used.
    struct Checksums: Sendable {
        let nodes: RegionChecksums
        let vectors: RegionChecksums
    }

    init(dimension: Int, metric: Metric) {
        checksums = nil
        self.dimension = dimension
        self.metric = metric
        vectors = ChunkedColumn(stride: Self.vectorStride(dimension))
        factors = ChunkedColumn(stride: 1)
    }

    /// Rows of an archive.
    init(
        dimension: Int, metric: Metric, vectors: ChunkedColumn<Float>, factors: ChunkedColumn<RowFactors>, count: Int,
        live: BitSet, free: [UInt32], checksums: Checksums
    ) {
        self.checksums = checksums
        self.dimension = dimension
        self.metric = metric
        self.vectors = vectors
        self.factors = factors
        self.count = count
        self.live = live
        self.free = free
        liveCount = live.count
        blocks.ensureCapacity(count)
        ownBlocks.ensureCapacity(count)
    }

    /// Whole cache lines.
    static func vectorStride(_ dimension: Int) -> Int { (dimension + 15) / 16 * 16 }

    func ensureCapacity(_ rows: Int) {
        vectors.ensureCapacity(rows)
        factors.ensureCapacity(rows)
        blocks.ensureCapacity(rows)
        ownBlocks.ensureCapacity(rows)
    }

    /// Numbers for new rows: those of the free ones, in order, then new ones. There is room for them, they are not
    /// alive, and nothing but their numbers has been settled.
    func claim(_ wanted: Int) -> [UInt32] {
        var rows: [UInt32] = []
        rows.reserveCapacity(wanted)
        let reused = min(wanted, free.count)
        rows.append(contentsOf: free.prefix(reused))
        for row in rows {
            vectors.makeWritable(Int(row))
            factors.makeWritable(Int(row))
        }
        free.removeFirst(reused)
        ensureCapacity(count + wanted - reused)
        rows.append(contentsOf: UInt32(count)..<UInt32(count + wanted - reused))
        count += wanted - reused
        return rows
    }

    // MARK: Nodes

    /// A row's block as the writer has it.
    func block(_ row: UInt32) -> UnsafeMutableRawPointer? { ownBlocks.row(Int(row)).pointee.block }

    /// Gives a row a block that searches do not see before ``publishBlock(_:)``.
    func setBlock(_ row: UInt32, _ block: UnsafeMutableRawPointer?) { ownBlocks.row(Int(row)).pointee.block = block }

    /// Lets searches see a row's block, whole.
    func publishBlock(_ row: UInt32) {
        let place = UnsafeMutableRawPointer(blocks.row(Int(row))).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
        fp_store_pointer(place, block(row))
    }

    // MARK: Life

    func revive(_ row: UInt32) {
        live.insert(row)
        liveCount += 1
    }

    /// A dead row keeps its place, so that searches still travel through it.
    func kill(_ row: UInt32) {
        live.remove(row)
        liveCount -= 1
    }

    /// Frees the numbers of dead rows that nothing leads to and no search can see.
    func reclaim(_ rows: [UInt32]) {
        free = (free + rows).sorted()
    }

    /// What searches see, or the writer. The bits of live rows are a copy that the caller keeps.
    func view(
        live: UnsafeBufferPointer<UInt64>, blocks ordered: BlockView = .none, forWriter: Bool = false
    ) -> RowView {
        RowView(
            dimension: dimension, metric: metric, count: count, liveCount: liveCount, live: live,
            factors: factors.directory, blockReferences: (forWriter ? ownBlocks : blocks).directory,
            vectors: vectors.directory,
            vectorStride: vectors.stride,
            orderedBlocks: ordered, nodeChecksums: checksums.map { Unmanaged.passUnretained($0.nodes) },
            vectorChecksums: checksums.map { Unmanaged.passUnretained($0.vectors) })
    }

    // MARK: Vectors from outside

    /// Checks vectors that come from outside, before anything is changed.
    func validate(_ values: UnsafeBufferPointer<Float>) throws(VectorIndexError) {
        guard values.count % dimension == 0 else {
            throw .dimensionMismatch(expected: dimension, actual: values.count)
        }
        let kernels = fp_kernels_current().pointee
        guard let base = values.baseAddress else { return }
        for row in 0..<(values.count / dimension) {
            let vector = base + row * dimension
            let largest = kernels.max_abs_f32(vector, dimension)
            guard largest.isFinite else {
                let element = (0..<dimension).first { !vector[$0].isFinite } ?? 0
                throw .nonFiniteElement(row: row, element: element)
            }
            if metric == .cosine, largest == 0 { throw .zeroVector(row: row) }
        }
    }

    /// Writes a validated vector into a claimed row.
    func write(_ values: UnsafePointer<Float>, at row: UInt32, kernels: fp_kernels) {
        let destination = vectors.row(Int(row))
        destination.update(from: values, count: dimension)
        if metric == .cosine { VectorMath.normalize(destination, dimension, kernels) }
        let bias = metric == .squaredL2 ? -0.5 * kernels.dot_f32(destination, destination, dimension) : 0
        factors.row(Int(row)).pointee = RowFactors(scale: 0, bias: bias)
    }
}

/// Bits that do not change while a search may read them.
final class BitStorage: @unchecked Sendable {
    let words: UnsafeBufferPointer<UInt64>

    init(_ bits: BitSet) {
        let copy = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: bits.words.count)
        _ = copy.initialize(from: bits.words)
        words = UnsafeBufferPointer(copy)
    }

    deinit { words.deallocate() }
}
