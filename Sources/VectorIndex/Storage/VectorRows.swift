import CKernels

/// The rows of an index: vectors in full precision, their int8 codes if the index traverses on codes, and which rows
/// are alive. Row numbers are given in order of insertion and never reused.
///
/// Every metric is reduced to one form, so that the hot loops know none of them: a row's *affinity* to a query is
/// `query · row + bias`, where the bias is 0 for cosine and the inner product, and minus half the squared length for
/// L2. A larger affinity is a nearer row. A code's dot product with a query's code, times both scales, estimates the
/// inner product.
struct VectorRows: Sendable {
    let dimension: Int
    let metric: Metric
    let hasCodes: Bool

    let vectors: Column<Float>
    let codes: Column<Int8>
    /// Two numbers a row: the code's scale and the bias.
    let factors: Column<Float>

    /// Rows in use, dead ones included.
    var count = 0
    /// The rows that a search may find.
    var live = BitSet()
    var liveCount = 0

    /// 2^31 - 2: the top bit of a row number marks expanded nodes, and all ones mark the end of a list of links.
    static let maximumCount = Int(Int32.max) - 1

    init(dimension: Int, metric: Metric, hasCodes: Bool) {
        self.dimension = dimension
        self.metric = metric
        self.hasCodes = hasCodes
        vectors = Column(stride: Self.vectorStride(dimension))
        codes = Column(stride: hasCodes ? Self.codeStride(dimension) : 0)
        factors = Column(stride: 2)
    }

    init(
        dimension: Int, metric: Metric, vectors: Column<Float>, codes: Column<Int8>, factors: Column<Float>, count: Int,
        live: BitSet
    ) {
        self.dimension = dimension
        self.metric = metric
        hasCodes = codes.stride > 0
        self.vectors = vectors
        self.codes = codes
        self.factors = factors
        self.count = count
        self.live = live
        liveCount = live.count
    }

    /// Whole cache lines.
    static func vectorStride(_ dimension: Int) -> Int { (dimension + 15) / 16 * 16 }
    static func codeStride(_ dimension: Int) -> Int { (dimension + 63) / 64 * 64 }

    func ensureCapacity(_ rows: Int) {
        vectors.ensureCapacity(rows)
        factors.ensureCapacity(rows)
        if hasCodes { codes.ensureCapacity(rows) }
    }

    func vector(_ row: UInt32) -> UnsafePointer<Float> { UnsafePointer(vectors.row(Int(row))) }
    func code(_ row: UInt32) -> UnsafePointer<Int8> { UnsafePointer(codes.row(Int(row))) }
    func scale(_ row: UInt32) -> Float { factors.base[Int(row) * 2] }
    func bias(_ row: UInt32) -> Float { factors.base[Int(row) * 2 + 1] }

    /// Whether two rows have the same code, so that no search can tell them apart before reranking.
    func isCopy(_ row: UInt32, of other: UInt32) -> Bool {
        guard scale(row) == scale(other) else { return false }
        let a = UnsafeBufferPointer(start: code(row), count: codes.stride)
        let b = UnsafeBufferPointer(start: code(other), count: codes.stride)
        return a.elementsEqual(b)
    }

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

    /// Writes validated vectors behind the rows in use. Capacity must be there; the rows are not alive yet.
    func write(_ values: UnsafePointer<Float>, at row: Int, kernels: fp_kernels) {
        let destination = vectors.row(row)
        destination.update(from: values, count: dimension)
        if metric == .cosine { normalize(destination, kernels) }
        if hasCodes {
            factors.row(row)[0] = quantize(destination, into: codes.row(row), kernels)
        }
        factors.row(row)[1] = metric == .squaredL2 ? -0.5 * kernels.dot_f32(destination, destination, dimension) : 0
    }

    /// Scales to unit length in two steps, so that neither very small nor very large vectors lose their direction.
    func normalize(_ vector: UnsafeMutablePointer<Float>, _ kernels: fp_kernels) {
        let largest = kernels.max_abs_f32(vector, dimension)
        guard largest > 0 else { return }
        if largest < 1e-15 || largest > 1e15 {
            for element in 0..<dimension { vector[element] /= largest }
        }
        _ = kernels.normalize_f32(vector, dimension)
    }

    /// Symmetric quantization with one scale a row. Returns the scale: value = code * scale.
    func quantize(
        _ vector: UnsafePointer<Float>, into code: UnsafeMutablePointer<Int8>, _ kernels: fp_kernels
    ) -> Float {
        let largest = kernels.max_abs_f32(vector, dimension)
        // Below this the reciprocal overflows; such a row has no direction worth coding.
        guard largest > 1e-35 else {
            code.update(repeating: 0, count: codes.stride)
            return 0
        }
        kernels.quantize_i8(vector, 127 / largest, code, dimension)
        return largest / 127
    }

    /// The score of a metric from an affinity; `querySquaredLength` matters to L2 alone.
    func score(affinity: Float, querySquaredLength: Float) -> Float {
        metric == .squaredL2 ? min(0, 2 * affinity - querySquaredLength) : affinity
    }
}
