/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen: Sendable {
    /// The eigenvalues, ascending.
    public let values: [Float]
    /// The eigenvectors, one a row in the order of the values: orthonormal, the component of largest magnitude positive
    /// (the first of them where several are equal).
    public let vectors: Matrix
}

extension Matrix {
    /// The eigenvalues and eigenvectors of a symmetric matrix, of which only the lower triangle is used. O(n³).
    ///
    /// Computed in double precision by divide and conquer (LAPACK's `dsyevd`). An empty matrix has none.
    /// - Throws: ``LinearAlgebraError/notSquare(operation:rows:columns:)``,
    ///   ``LinearAlgebraError/notFinite(operation:row:column:)``,
    ///   ``LinearAlgebraError/tooLarge(operation:rows:columns:)`` or
    ///   ``LinearAlgebraError/noConvergence(operation:routine:info:)``.
    public func symmetricEigen() throws(LinearAlgebraError) -> SymmetricEigen {
        let operation = "symmetric eigenvectors"
        try checkSquare(operation)
        try checkWorkspace(operation)
        try checkFinite(operation)
        let size = rows
        guard size > 0 else { return SymmetricEigen(values: [], vectors: self) }
        // The lower triangle of rows is the upper triangle of columns.
        var vectors = rowMajorDoubles()
        var values = [Double](repeating: 0, count: size)
        let info = LAPACK.symmetricEigen(size, &vectors, &values)
        guard info >= 0 else { throw .routineFailed(routine: "dsyevd", info: info) }
        guard info == 0 else { throw .noConvergence(operation: operation, routine: "dsyevd", info: info) }
        // Columns of columns are rows of rows: each eigenvector lies contiguous already.
        for row in 0..<size { Self.makeLargestPositive(&vectors, (row * size)..<((row + 1) * size)) }
        return SymmetricEigen(
            values: values.map(Float.init), vectors: Matrix(rows: size, columns: size, rowMajorDoubles: vectors))
    }

    /// Fixes the sign that the problem leaves open, so that every library gives the same vector. Returns whether the
    /// sign was turned.
    @discardableResult
    static func makeLargestPositive(_ elements: inout [Double], _ range: Range<Int>) -> Bool {
        var largest = 0.0
        for index in range where abs(elements[index]) > abs(largest) { largest = elements[index] }
        guard largest < 0 else { return false }
        for index in range { elements[index] = -elements[index] }
        return true
    }
}
