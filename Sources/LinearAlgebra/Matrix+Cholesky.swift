/// The Cholesky factor of a symmetric positive definite matrix, ready to solve with.
public struct CholeskyFactor: Sendable {
    /// Rows and columns of the matrix that was factored.
    public let size: Int
    /// Column-major, upper triangle.
    private let factor: [Double]

    fileprivate init(size: Int, factor: [Double]) {
        (self.size, self.factor) = (size, factor)
    }

    /// The lower triangular matrix `L` with `L transpose(L)` equal to the matrix that was factored.
    public var lower: Matrix {
        // The upper triangle of columns is the lower triangle of rows.
        Matrix(rows: size, columns: size) { target in
            for row in 0..<size {
                for column in 0..<size {
                    target.initializeElement(
                        at: row * size + column, to: column <= row ? Float(factor[row * size + column]) : 0)
                }
            }
        }
    }

    /// The solution `x` of `a x = b`, for each column of `b`, where `a` was factored. O(n²) a column.
    ///
    /// - Throws: ``LinearAlgebraError/dimensionMismatch(operation:leftRows:leftColumns:rightRows:rightColumns:)``,
    ///   ``LinearAlgebraError/notFinite(operation:row:column:)`` or
    ///   ``LinearAlgebraError/tooLarge(operation:rows:columns:)``.
    public func solve(_ b: Matrix) throws(LinearAlgebraError) -> Matrix {
        let operation = "Cholesky solution"
        guard b.rows == size else {
            throw .dimensionMismatch(
                operation: operation, leftRows: size, leftColumns: size, rightRows: b.rows, rightColumns: b.columns)
        }
        try b.checkSize(operation)
        try b.checkFinite(operation)
        guard !b.isEmpty else { return b }
        var solution = b.columnMajorDoubles(height: size)
        let info = LAPACK.choleskySolve(size, b.columns, factor, &solution)
        guard info == 0 else { throw .routineFailed(routine: "dpotrs", info: info) }
        return Matrix(rows: size, columns: b.columns, columnMajorDoubles: solution, height: size)
    }

    /// The solution `x` of `a x = b`, where `a` was factored. O(n²).
    ///
    /// - Throws: as for a matrix.
    public func solve(_ b: [Float]) throws(LinearAlgebraError) -> [Float] {
        try solve(Matrix(rows: b.count, columns: 1, elements: b)).elements
    }
}

extension Matrix {
    /// The Cholesky factor of a symmetric positive definite matrix, of which only the lower triangle is used. O(n³).
    ///
    /// Computed in double precision (LAPACK's `dpotrf`). A matrix that is singular but for rounding may pass or not.
    /// - Throws: ``LinearAlgebraError/notPositiveDefinite(minor:)``,
    ///   ``LinearAlgebraError/notSquare(operation:rows:columns:)``,
    ///   ``LinearAlgebraError/notFinite(operation:row:column:)`` or
    ///   ``LinearAlgebraError/tooLarge(operation:rows:columns:)``.
    public func choleskyFactor() throws(LinearAlgebraError) -> CholeskyFactor {
        let operation = "Cholesky factor"
        try checkSquare(operation)
        try checkWorkspace(operation)
        try checkFinite(operation)
        var factor = rowMajorDoubles()
        let info = LAPACK.choleskyFactor(rows, &factor)
        guard info >= 0 else { throw .routineFailed(routine: "dpotrf", info: info) }
        guard info == 0 else { throw .notPositiveDefinite(minor: info) }
        return CholeskyFactor(size: rows, factor: factor)
    }
}
