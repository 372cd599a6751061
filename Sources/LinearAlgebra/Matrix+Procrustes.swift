extension Matrix {
    /// The `x` that minimises `|self x - b|² + penalty |x|²`, column by column: ridge regression (Hoerl and Kennard,
    /// Technometrics 1970). O(m n² + n³) for m x n.
    ///
    /// - Parameters:
    ///   - penalty: above 0, so that there is one solution whatever the rank.
    ///   - threads: the result does not depend on it.
    /// - Throws: as ``multiplied(by:transposingSelf:transposingOther:threads:)`` and ``choleskyFactor()``.
    public func ridgeRegression(
        rightHandSide b: Matrix, penalty: Float, threads: Int = 1
    ) throws(LinearAlgebraError) -> Matrix {
        var gram = try multiplied(by: self, transposingSelf: true, threads: threads)
        for index in 0..<columns { gram[index, index] += penalty }
        return try gram.choleskyFactor().solve(multiplied(by: b, transposingSelf: true, threads: threads))
    }

    /// The orthogonal `x` that minimises `|self x - b|` (Schönemann, Psychometrika 1966). O(m n² + n³) for m x n.
    ///
    /// - Throws: as ``multiplied(by:transposingSelf:transposingOther:threads:)`` and ``singularValueDecomposition()``.
    public func orthogonalProcrustes(
        rightHandSide b: Matrix, threads: Int = 1
    ) throws(LinearAlgebraError) -> Matrix {
        let found = try multiplied(by: b, transposingSelf: true, threads: threads).singularValueDecomposition()
        return try found.left.multiplied(by: found.right, transposingSelf: true)
    }
}
