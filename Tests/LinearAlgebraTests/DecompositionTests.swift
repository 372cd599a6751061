import LinearAlgebra
import Platform
import Testing

@Suite("Factorisations")
struct DecompositionTests {
    private static let sizes = [0, 1, 2, 3, 5, 8, 17, 40, 65]

    private static func symmetric(_ size: Int, _ random: inout SplitMix64) -> Matrix {
        var matrix = random.matrix(size, size)
        for i in 0..<size {
            for j in 0..<i { matrix[j, i] = matrix[i, j] }
        }
        return matrix
    }

    /// B transpose(B) plus a little of the identity.
    private static func positiveDefinite(_ size: Int, _ random: inout SplitMix64) -> Matrix {
        let factor = random.matrix(size, size)
        var matrix = factor.times(factor.transposed)
        for i in 0..<size { matrix[i, i] += 0.1 }
        return matrix
    }

    private static func orthonormality(_ rows: Matrix) -> Double {
        distance(rows.times(rows.transposed), .identity(rows.rows))
    }

    @Test("Eigenvectors satisfy their equation, are orthonormal, in order and of fixed sign", arguments: sizes)
    func eigen(size: Int) throws {
        var random = SplitMix64(seed: UInt64(size) + 10)
        let matrix = Self.symmetric(size, &random)
        let eigen = try matrix.symmetricEigen()
        #expect(eigen.values.count == size && eigen.vectors.rows == size)
        #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(Self.orthonormality(eigen.vectors) <= 1e-5)
        let transformed = eigen.vectors.times(matrix)
        for index in 0..<size {
            let expected = eigen.vectors.row(index).map { Double($0) * Double(eigen.values[index]) }
            #expect(distance(transformed.row(index), expected) <= 1e-5 * Double(size))
            let vector = eigen.vectors.row(index)
            let largest = vector.map { abs($0) }.max() ?? 0
            #expect(vector.contains(largest))
        }
        let trace = (0..<size).reduce(0.0) { $0 + Double(matrix[$1, $1]) }
        #expect(abs(eigen.values.reduce(0.0) { $0 + Double($1) } - trace) <= 1e-5 * Double(size + 1))
    }

    @Test("Eigenvalues that are known")
    func knownEigen() throws {
        let eigen = try Matrix([[2, 1], [1, 2]]).symmetricEigen()
        #expect(distance(eigen.values, [1, 3]) <= 1e-6)
        let half = 0.5.squareRoot()
        #expect(distance(eigen.vectors.row(1), [half, half]) <= 1e-6)
        let diagonal = try Matrix([[3, 0, 0], [0, -1, 0], [0, 0, 2]]).symmetricEigen()
        #expect(diagonal.values == [-1, 2, 3])
        #expect(try diagonal.vectors == Matrix([[0, 1, 0], [0, 0, 1], [1, 0, 0]]))
    }

    @Test("Only the lower triangle is used")
    func lowerTriangle() throws {
        let whole = try Matrix([[4, 1, 2], [1, 5, 3], [2, 3, 6]])
        let lower = try Matrix([[4, 100, -7], [1, 5, 55], [2, 3, 6]])
        #expect(try lower.symmetricEigen().values == whole.symmetricEigen().values)
        #expect(try lower.choleskyFactor().lower == whole.choleskyFactor().lower)
    }

    @Test("Cholesky factors multiply back, and solve", arguments: sizes)
    func cholesky(size: Int) throws {
        var random = SplitMix64(seed: UInt64(size) + 20)
        let matrix = Self.positiveDefinite(size, &random)
        let factor = try matrix.choleskyFactor()
        let lower = factor.lower
        #expect(distance(lower.times(lower.transposed), matrix) <= 1e-5 * Double(size + 1))
        for i in 0..<size {
            #expect(lower[i, i] > 0)
            for j in (i + 1)..<max(i + 1, size) { #expect(lower[i, j] == 0) }
        }
        for sides in [0, 1, 3] {
            let b = random.matrix(size, sides)
            let x = try factor.solve(b)
            #expect(x.rows == size && x.columns == sides)
            #expect(distance(matrix.times(x), b) <= 1e-4 * Double(size + 1))
        }
        let vector = random.floats(size)
        let solution = try factor.solve(vector)
        #expect(try distance(matrix.multiplied(by: solution), vector.map(Double.init)) <= 1e-4 * Double(size + 1))
    }

    @Test("A matrix that is not positive definite is refused at the minor that is not")
    func notPositiveDefinite() throws {
        let matrix = try Matrix([[2, 0, 0], [0, 1, 0], [0, 0, -1]])
        #expect(throws: LinearAlgebraError.notPositiveDefinite(minor: 3)) { try matrix.choleskyFactor() }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(minor: 1)) {
            try Matrix(rows: 2, columns: 2).choleskyFactor()
        }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(minor: 2)) {
            try Matrix([[1, 2], [2, 1]]).choleskyFactor()
        }
    }

    @Test("Least squares: the residual is orthogonal to the columns, and the rank is found")
    func leastSquares() throws {
        var random = SplitMix64(seed: 30)
        for (m, n, sides) in [(1, 1, 1), (7, 3, 2), (40, 40, 1), (100, 17, 5), (33, 1, 1), (65, 20, 0)] {
            let a = random.matrix(m, n)
            let b = random.matrix(m, sides)
            let result = try a.leastSquares(rightHandSide: b)
            #expect(result.solution.rows == n && result.solution.columns == sides)
            #expect(result.rank == min(m, n))
            #expect(result.singularValues.count == min(m, n))
            let residual = try a.multiplied(by: result.solution).elements
            let difference = try Matrix(rows: m, columns: sides, elements: zip(residual, b.elements).map { $0 - $1 })
            #expect(a.transposed.times(difference).elements.allSatisfy { abs($0) <= 1e-3 }, "\(m)x\(n)")
        }
    }

    @Test("Least squares recovers what made the data")
    func leastSquaresExact() throws {
        var random = SplitMix64(seed: 31)
        let a = random.matrix(50, 6)
        let truth = random.matrix(6, 3)
        let result = try a.leastSquares(rightHandSide: a.times(truth))
        #expect(distance(result.solution, truth) <= 1e-5)
    }

    @Test("Without full rank the solution is the shortest")
    func leastSquaresRankDeficient() throws {
        var random = SplitMix64(seed: 32)
        // Twice the same columns: the shortest solution gives both halves the same weight.
        let half = random.matrix(30, 4)
        var a = Matrix(rows: 30, columns: 8)
        for i in 0..<30 {
            for j in 0..<4 { (a[i, j], a[i, j + 4]) = (half[i, j], half[i, j]) }
        }
        let truth = random.matrix(4, 2)
        let result = try a.leastSquares(rightHandSide: half.times(truth))
        #expect(result.rank == 4)
        for i in 0..<4 {
            for j in 0..<2 {
                #expect(abs(result.solution[i, j] - truth[i, j] / 2) <= 1e-5)
                #expect(abs(result.solution[i + 4, j] - truth[i, j] / 2) <= 1e-5)
            }
        }
        // More unknowns than equations: the solution is exact and lies in the span of the rows.
        let wide = random.matrix(3, 10)
        let b = random.matrix(3, 1)
        let shortest = try wide.leastSquares(rightHandSide: b)
        #expect(shortest.rank == 3)
        #expect(distance(wide.times(shortest.solution), b) <= 1e-5)
        let weights = try wide.transposed.leastSquares(rightHandSide: shortest.solution).solution
        #expect(distance(wide.transposed.times(weights), shortest.solution) <= 1e-5)
        // Nothing at all.
        #expect(try Matrix(rows: 5, columns: 2).leastSquares(rightHandSide: random.matrix(5, 1)).rank == 0)
    }

    @Test("A tolerance decides what counts as rank")
    func leastSquaresTolerance() throws {
        let a = try Matrix([[1, 0], [0, 1e-3], [0, 0]])
        let b = try Matrix([[1], [1], [1]])
        #expect(try a.leastSquares(rightHandSide: b).rank == 2)
        let cut = try a.leastSquares(rightHandSide: b, tolerance: 1e-2)
        #expect(cut.rank == 1)
        #expect(distance(cut.solution.elements, [1, 0]) <= 1e-6)
    }

    @Test("Least squares of nothing")
    func leastSquaresEmpty() throws {
        let none = try Matrix(rows: 0, columns: 3).leastSquares(rightHandSide: Matrix(rows: 0, columns: 2))
        #expect(none.solution == Matrix(rows: 3, columns: 2) && none.rank == 0)
        let noUnknowns = try Matrix(rows: 4, columns: 0).leastSquares(rightHandSide: Matrix(rows: 4, columns: 2))
        #expect(noUnknowns.solution == Matrix(rows: 0, columns: 2))
    }

    @Test(
        "Singular vectors are orthonormal and multiply back",
        arguments: [(0, 3), (3, 0), (1, 1), (1, 9), (9, 1), (8, 8), (40, 17), (17, 40)])
    func singularValues(rows: Int, columns: Int) throws {
        var random = SplitMix64(seed: UInt64(rows * 100 + columns))
        let matrix = random.matrix(rows, columns)
        let svd = try matrix.singularValueDecomposition()
        let rank = min(rows, columns)
        #expect(svd.values.count == rank)
        #expect(svd.left.rows == rank && svd.left.columns == rows)
        #expect(svd.right.rows == rank && svd.right.columns == columns)
        #expect(zip(svd.values, svd.values.dropFirst()).allSatisfy { $0 >= $1 } && svd.values.allSatisfy { $0 >= 0 })
        #expect(Self.orthonormality(svd.left) <= 1e-5 && Self.orthonormality(svd.right) <= 1e-5)
        var scaled = svd.right
        for i in 0..<rank {
            scaled.withMutableRow(i) { row in for j in row.indices { row[j] *= svd.values[i] } }
        }
        #expect(distance(svd.left.transposed.times(scaled), matrix) <= 1e-5)
        let gram = matrix.transposed.times(matrix)
        let eigenvalues = try gram.symmetricEigen().values.reversed().prefix(rank)
        #expect(zip(eigenvalues, svd.values).allSatisfy { abs($0 - $1 * $1) <= 1e-4 })
    }

    @Test("What has no answer is refused with its place")
    func refusals() {
        let wide = Matrix(rows: 2, columns: 3)
        #expect(throws: LinearAlgebraError.notSquare(operation: "symmetric eigenvectors", rows: 2, columns: 3)) {
            try wide.symmetricEigen()
        }
        #expect(throws: LinearAlgebraError.notSquare(operation: "Cholesky factor", rows: 2, columns: 3)) {
            try wide.choleskyFactor()
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            var matrix = Matrix.identity(3)
            matrix[1, 2] = bad
            func refused(_ operation: String) -> LinearAlgebraError {
                .notFinite(operation: operation, row: 1, column: 2)
            }
            #expect(throws: refused("symmetric eigenvectors")) { try matrix.symmetricEigen() }
            #expect(throws: refused("Cholesky factor")) { try matrix.choleskyFactor() }
            #expect(throws: refused("Cholesky solution")) { try Matrix.identity(3).choleskyFactor().solve(matrix) }
            #expect(throws: refused("singular values")) { try matrix.singularValueDecomposition() }
            #expect(throws: refused("least squares")) { try matrix.leastSquares(rightHandSide: .identity(3)) }
            #expect(throws: refused("least squares")) { try Matrix.identity(3).leastSquares(rightHandSide: matrix) }
        }
        #expect(
            throws: LinearAlgebraError.dimensionMismatch(
                operation: "least squares", leftRows: 2, leftColumns: 3, rightRows: 3, rightColumns: 1)
        ) { try wide.leastSquares(rightHandSide: Matrix(rows: 3, columns: 1)) }
        #expect(
            throws: LinearAlgebraError.dimensionMismatch(
                operation: "Cholesky solution", leftRows: 2, leftColumns: 2, rightRows: 3, rightColumns: 1)
        ) { try Matrix.identity(2).choleskyFactor().solve(Matrix(rows: 3, columns: 1)) }
        // An empty matrix of such a shape costs nothing to make, and would need too much to work on.
        #expect(throws: LinearAlgebraError.self) {
            try Matrix(rows: 1 << 40, columns: 0).multiplied(by: Matrix(rows: 0, columns: 1 << 40))
        }
    }
}
