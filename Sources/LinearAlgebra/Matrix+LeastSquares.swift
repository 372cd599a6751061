/// What minimises the length of `a x - b`, column by column.
public struct LeastSquaresSolution: Sendable {
    /// The solution: as many rows as `a` has columns, as many columns as `b`.
    public let solution: Matrix
    /// The rank that `a` was found to have.
    public let rank: Int
    /// The singular values of `a`, descending.
    public let singularValues: [Float]
}

extension Matrix {
    /// The `x` that minimises the length of `self x - b` for each column of `b`, and among several the shortest.
    /// O(m n²).
    ///
    /// With full column rank that is *the* solution; with less, or with more columns than rows, it is the one of least
    /// norm. Computed in double precision through singular values (LAPACK's `dgelsd`).
    /// - Parameter tolerance: singular values up to this fraction of the largest count as zero. By default the larger
    ///   dimension times the precision of a `Float`, which is as exactly as the elements are known.
    /// - Throws: ``LinearAlgebraError/dimensionMismatch(operation:leftRows:leftColumns:rightRows:rightColumns:)``,
    ///   ``LinearAlgebraError/notFinite(operation:row:column:)``,
    ///   ``LinearAlgebraError/tooLarge(operation:rows:columns:)`` or
    ///   ``LinearAlgebraError/noConvergence(operation:routine:info:)``.
    public func leastSquares(
        rightHandSide b: Matrix, tolerance: Double? = nil
    ) throws(LinearAlgebraError) -> LeastSquaresSolution {
        let operation = "least squares"
        guard b.rows == rows else {
            throw .dimensionMismatch(
                operation: operation, leftRows: rows, leftColumns: columns, rightRows: b.rows, rightColumns: b.columns)
        }
        try checkWorkspace(operation, sides: b.columns)
        try b.checkSize(operation)
        try checkFinite(operation)
        try b.checkFinite(operation)
        let height = max(rows, columns)
        guard !isEmpty else {
            return LeastSquaresSolution(
                solution: Matrix(rows: columns, columns: b.columns), rank: 0, singularValues: [])
        }
        var left = columnMajorDoubles(height: rows)
        var right = b.columnMajorDoubles(height: height)
        // The routine refuses to work for no columns at all; rank and singular values are wanted still.
        if right.isEmpty { right = [Double](repeating: 0, count: height) }
        var values = [Double](repeating: 0, count: min(rows, columns))
        var rank = 0
        let info = LAPACK.leastSquares(
            rows, columns, max(1, b.columns), &left, &right, &values,
            tolerance: tolerance ?? Double(height) * Double(Float.ulpOfOne), rank: &rank)
        guard info >= 0 else { throw .routineFailed(routine: "dgelsd", info: info) }
        guard info == 0 else { throw .noConvergence(operation: operation, routine: "dgelsd", info: info) }
        return LeastSquaresSolution(
            solution: Matrix(rows: columns, columns: b.columns, columnMajorDoubles: right, height: height), rank: rank,
            singularValues: values.map(Float.init))
    }
}
