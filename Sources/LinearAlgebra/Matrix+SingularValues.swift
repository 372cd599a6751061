/// A matrix as `transpose(left) diagonal(values) right`, with as many values as the shorter dimension.
public struct SingularValueDecomposition: Sendable {
    /// The singular values, descending, none negative.
    public let values: [Float]
    /// The left singular vectors, one a row in the order of the values: orthonormal.
    public let left: Matrix
    /// The right singular vectors, one a row in the order of the values: orthonormal, the component of largest
    /// magnitude positive.
    public let right: Matrix
}

extension Matrix {
    /// The thin singular value decomposition. O(m n min(m, n)).
    ///
    /// Computed in double precision by divide and conquer (LAPACK's `dgesdd`).
    /// - Throws: ``LinearAlgebraError/notFinite(operation:row:column:)``,
    ///   ``LinearAlgebraError/tooLarge(operation:rows:columns:)`` or
    ///   ``LinearAlgebraError/noConvergence(operation:routine:info:)``.
    public func singularValueDecomposition() throws(LinearAlgebraError) -> SingularValueDecomposition {
        let operation = "singular values"
        try checkWorkspace(operation)
        try checkFinite(operation)
        let rank = min(rows, columns)
        guard rank > 0 else {
            return SingularValueDecomposition(
                values: [], left: Matrix(rows: 0, columns: rows), right: Matrix(rows: 0, columns: columns))
        }
        // Read by columns, the elements are the transpose: its left vectors are our right ones, one a contiguous
        // column; our left ones come as the rows of `vt`.
        var elements = rowMajorDoubles()
        var values = [Double](repeating: 0, count: rank)
        var right = [Double](repeating: 0, count: columns * rank)
        var left = [Double](repeating: 0, count: rank * rows)
        let info = LAPACK.singularValues(columns, rows, &elements, &values, &right, &left)
        guard info >= 0 else { throw .routineFailed(routine: "dgesdd", info: info) }
        guard info == 0 else { throw .noConvergence(operation: operation, routine: "dgesdd", info: info) }
        for index in 0..<rank where Self.makeLargestPositive(&right, (index * columns)..<((index + 1) * columns)) {
            for row in 0..<rows { left[row * rank + index] = -left[row * rank + index] }
        }
        return SingularValueDecomposition(
            values: values.map(Float.init),
            left: Matrix(rows: rank, columns: rows, columnMajorDoubles: left, height: rank),
            right: Matrix(rows: rank, columns: columns, rowMajorDoubles: right))
    }
}
