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
        if tensor.type == .float16 {
            file.withUnsafeBytes(of: tensor) { bytes in
                precondition(index >= 0 && index < table.count)
                guard let start = bytes.baseAddress else { return }
                fp_kernels_current().pointee.network.pointee.widen_f16(start + index * size * 2, row, size)
            }
        } else {
            row.initialize(repeating: 0, count: size)
            table.add(index, times: 1, to: row)
        }
        return body(row)
    }
}
