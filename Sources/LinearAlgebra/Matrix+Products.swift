import CKernels
import Platform

// Products. Whatever is cut into panels for the sake of threads is cut the same way for every number of threads, so
// that results do not depend on it, to the last bit.

extension Matrix {
    /// The matrix product `op(self) op(other)`, where `op` transposes if asked. O(m n k) for m x k times k x n.
    ///
    /// - Parameter threads: how many threads may share the work, the calling one included. The result is the same,
    ///   bit for bit, for any number.
    /// - Throws: ``LinearAlgebraError/dimensionMismatch(operation:leftRows:leftColumns:rightRows:rightColumns:)`` with
    ///   the shapes after transposition; ``LinearAlgebraError/tooLarge(operation:rows:columns:)``.
    public func multiplied(
        by other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false, threads: Int = 1
    ) throws(LinearAlgebraError) -> Matrix {
        let product = try Product(self, other, transposingSelf, transposingOther)
        return Matrix(rows: product.m, columns: product.n) { result in
            // Without elements there is nothing to initialise.
            guard let c = result.baseAddress, !result.isEmpty else { return }
            nonisolated(unsafe) let target = c
            product.forEachPanel(threads: threads) { rows, columns in
                product.compute(
                    rows, columns, into: target + rows.lowerBound * product.n + columns.lowerBound,
                    leading: product.n)
            }
        }
    }

    /// The matrix product `op(self) op(other)`, where `op` transposes if asked, a block of rows at a time: for
    /// products too large to hold, of which each row is used up at once (scores of many queries, say).
    ///
    /// `body` gets a range of rows and those rows of the product, one after the other, in memory that is good only
    /// within the call. It is called from `threads` threads at once, in no particular order. The memory in use is
    /// `threads` blocks of `blockRows` rows.
    /// - Throws: as ``multiplied(by:transposingSelf:transposingOther:threads:)``.
    public func forEachProductBlock(
        by other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false, blockRows: Int = 64,
        threads: Int = 1, _ body: @Sendable (_ rows: Range<Int>, _ block: UnsafeBufferPointer<Float>) -> Void
    ) throws(LinearAlgebraError) {
        let product = try Product(self, other, transposingSelf, transposingOther)
        let blockRows = max(1, min(blockRows, product.m))
        let workers = max(1, min(threads, product.m))
        let scratch = (0..<workers).map { _ in MatrixStorage(count: blockRows * product.n) }
        Parallel.forEachRange(product.m, chunk: blockRows, threads: workers) { rows, worker in
            let block = scratch[worker].elements
            if let target = block.baseAddress { product.compute(rows, 0..<product.n, into: target, leading: product.n) }
            body(rows, UnsafeBufferPointer(block.extracting(0..<(rows.count * product.n))))
        }
    }

    /// The product `op(self) vector`, where `op` transposes if asked. O(`rows` `columns`), on the calling thread.
    ///
    /// - Throws: ``LinearAlgebraError/dimensionMismatch(operation:leftRows:leftColumns:rightRows:rightColumns:)``;
    ///   ``LinearAlgebraError/tooLarge(operation:rows:columns:)``.
    public func multiplied(by vector: [Float], transposingSelf: Bool = false) throws(LinearAlgebraError) -> [Float] {
        let (outputs, inputs) = transposingSelf ? (columns, rows) : (rows, columns)
        guard vector.count == inputs else {
            throw .dimensionMismatch(
                operation: "matrix-vector product", leftRows: outputs, leftColumns: inputs,
                rightRows: vector.count, rightColumns: 1)
        }
        try checkSize("matrix-vector product")
        return [Float](unsafeUninitializedCapacity: outputs) { result, count in
            count = outputs
            guard outputs > 0, let y = result.baseAddress else { return }
            withUnsafeElements { elements in
                vector.withUnsafeBufferPointer { x in
                    guard let a = elements.baseAddress, let x = x.baseAddress, inputs > 0 else {
                        return y.initialize(repeating: 0, count: outputs)
                    }
                    if transposingSelf {
                        BLAS.multiply(
                            transposingA: true, rows: rows, columns: columns, a: a, leadingA: columns, x: x, into: y)
                    } else {
                        // A dot product per row: our kernels are as fast as the best BLAS here, with any BLAS.
                        fp_kernels_current().pointee.dot_f32_rows(x, a, columns, columns, rows, y)
                    }
                }
            }
        }
    }

    func checkSize(_ operation: String) throws(LinearAlgebraError) {
        guard max(rows, columns) <= BLAS.largestSize else {
            throw .tooLarge(operation: operation, rows: rows, columns: columns)
        }
    }
}

/// A product that has been checked, ready to be computed in parts.
private struct Product: Sendable {
    let left: Matrix
    let right: Matrix
    let transposingLeft: Bool
    let transposingRight: Bool
    let m: Int
    let n: Int
    let k: Int

    init(_ left: Matrix, _ right: Matrix, _ transposingLeft: Bool, _ transposingRight: Bool)
        throws(LinearAlgebraError)
    {
        let operation = "matrix product"
        let (leftRows, leftColumns) =
            transposingLeft ? (left.columns, left.rows) : (left.rows, left.columns)
        let (rightRows, rightColumns) =
            transposingRight ? (right.columns, right.rows) : (right.rows, right.columns)
        guard leftColumns == rightRows else {
            throw .dimensionMismatch(
                operation: operation, leftRows: leftRows, leftColumns: leftColumns, rightRows: rightRows,
                rightColumns: rightColumns)
        }
        try left.checkSize(operation)
        try right.checkSize(operation)
        guard !leftRows.multipliedReportingOverflow(by: rightColumns).overflow,
            leftRows * rightColumns <= Int.max / MemoryLayout<Float>.stride
        else { throw .tooLarge(operation: operation, rows: leftRows, columns: rightColumns) }
        (self.left, self.right) = (left, right)
        (self.transposingLeft, self.transposingRight) = (transposingLeft, transposingRight)
        (m, n, k) = (leftRows, rightColumns, leftColumns)
    }

    /// Computes a rectangle of the product.
    func compute(
        _ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutablePointer<Float>, leading: Int
    ) {
        left.withUnsafeElements { left in
            right.withUnsafeElements { right in
                guard let a = left.baseAddress, let b = right.baseAddress else { return }
                let (leadingA, leadingB) = (transposingLeft ? m : k, transposingRight ? k : n)
                BLAS.multiply(
                    transposingA: transposingLeft, transposingB: transposingRight, m: rows.count, n: columns.count,
                    k: k, a: a + rows.lowerBound * (transposingLeft ? 1 : leadingA), leadingA: max(1, leadingA),
                    b: b + columns.lowerBound * (transposingRight ? leadingB : 1), leadingB: max(1, leadingB),
                    into: target, leadingC: max(1, leading))
            }
        }
    }

    /// Cuts the longer side of the product into panels and calls `body` for each.
    func forEachPanel(threads: Int, _ body: @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
        // Long enough that packing the other operand anew for each panel costs little beside its arithmetic (6 % at 256
        // rows and 12 % at 128, measured on OpenBLAS), short enough that there are panels for every core.
        let length = max(m, n) >= 1024 ? 256 : 128
        if m >= n {
            Parallel.forEachRange(m, chunk: length, threads: threads) { rows, _ in body(rows, 0..<n) }
        } else {
            Parallel.forEachRange(n, chunk: length, threads: threads) { columns, _ in body(0..<m, columns) }
        }
    }
}
