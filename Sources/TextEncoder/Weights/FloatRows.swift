import CKernels

/// The rows of a matrix as `Float`s, one at a time: for reading weights once without keeping a copy of all.
struct FloatRows: ~Copyable {
    private let file: SafetensorsFile
    private let tensor: SafetensorsFile.Tensor
    private let table: RowTable
    private let row: UnsafeMutablePointer<Float>

    /// - Throws: `mismatchedTensor` where the numbers are not such as weights are stored as.
    init(_ file: SafetensorsFile, _ tensor: SafetensorsFile.Tensor) throws(EncoderError) {
        self.file = file
        self.tensor = tensor
        table = try RowTable(file, tensor)
        row = .allocate(capacity: max(1, table.dimension))
    }

    deinit { row.deallocate() }

    /// Calls `body` with the numbers of row `index`.
    func withRow<Result>(_ index: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result {
        let size = table.dimension
        if let widen = Widening(tensor.type) {
            file.withUnsafeBytes(of: tensor) { bytes in
                precondition(index >= 0 && index < table.count)
                guard let start = bytes.baseAddress else { return }
                widen(start + index * size * tensor.type.size, to: row, count: size)
            }
        } else {
            row.initialize(repeating: 0, count: size)
            table.add(index, times: 1, to: row)
        }
        return body(row)
    }
}

/// The kernels that turn numbers of a smaller type into `Float`s.
enum Widening {
    case float16, float8E4M3

    /// Nil for types that have no kernel.
    init?(_ type: ElementType) {
        switch type {
        case .float16: self = .float16
        case .float8E4M3: self = .float8E4M3
        default: return nil
        }
    }

    /// Writes `count` numbers, which need not be aligned where they are read.
    func callAsFunction(_ bytes: UnsafeRawPointer, to floats: UnsafeMutablePointer<Float>, count: Int) {
        let kernels = fp_kernels_current().pointee.network.pointee
        switch self {
        case .float16: kernels.widen_f16(bytes, floats, count)
        case .float8E4M3: kernels.widen_e4m3(bytes.assumingMemoryBound(to: UInt8.self), floats, count)
        }
    }
}
