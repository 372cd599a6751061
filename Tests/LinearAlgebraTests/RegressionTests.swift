import LinearAlgebra
import Platform
import Testing

@Suite("Ridge regression and Procrustes")
struct RegressionTests {
    private func random(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix {
        var generator = SplitMix64(seed: seed)
        return try Matrix(
            rows: rows, columns: columns,
            elements: (0..<(rows * columns)).map { _ in Float.random(in: -1...1, using: &generator) })
    }

    @Test("One unknown: the sum of products over the sum of squares and the penalty")
    func oneUnknown() throws {
        let a = try Matrix([[1], [2], [3]])
        let b = try Matrix([[2, -1], [3, 0], [7, 5]])
        let found = try a.ridgeRegression(rightHandSide: b, penalty: 2)
        // (2 + 6 + 21) / (14 + 2) and (-1 + 15) / 16.
        #expect(abs(found[0, 0] - 29.0 / 16) < 1e-6 && abs(found[0, 1] - 14.0 / 16) < 1e-6)
    }

    @Test("A small penalty gives least squares, a large one nothing")
    func limits() throws {
        let a = try random(40, 6, seed: 1)
        let b = try random(40, 3, seed: 2)
        let exact = try a.leastSquares(rightHandSide: b).solution
        let small = try a.ridgeRegression(rightHandSide: b, penalty: 1e-5)
        let large = try a.ridgeRegression(rightHandSide: b, penalty: 1e7)
        for row in 0..<6 {
            for column in 0..<3 {
                #expect(abs(exact[row, column] - small[row, column]) < 1e-4)
                #expect(abs(large[row, column]) < 1e-4)
            }
        }
        // More unknowns than rows have one solution all the same.
        let wide = try random(4, 9, seed: 3)
        #expect(
            try wide.ridgeRegression(rightHandSide: random(4, 2, seed: 4), penalty: 0.1).elements.allSatisfy {
                $0.isFinite
            })
    }

    @Test("A rotation is recovered, and what is found is orthogonal whatever is given", arguments: [2, 5, 24])
    func rotation(size: Int) throws {
        let rotation = try random(size, size, seed: UInt64(size)).singularValueDecomposition().left
        let a = try random(3 * size, size, seed: 9)
        let found = try a.orthogonalProcrustes(rightHandSide: a.multiplied(by: rotation))
        for place in 0..<(size * size) { #expect(abs(found.elements[place] - rotation.elements[place]) < 1e-4) }
        let other = try a.orthogonalProcrustes(rightHandSide: random(3 * size, size, seed: 11))
        let product = try other.multiplied(by: other, transposingSelf: true)
        for row in 0..<size {
            for column in 0..<size { #expect(abs(product[row, column] - (row == column ? 1 : 0)) < 1e-4) }
        }
    }

    @Test("The result does not depend on the threads")
    func threads() throws {
        let (a, b) = (try random(700, 40, seed: 5), try random(700, 40, seed: 6))
        let one = try a.ridgeRegression(rightHandSide: b, penalty: 1, threads: 1)
        #expect(try a.ridgeRegression(rightHandSide: b, penalty: 1, threads: 5) == one)
        #expect(
            try a.orthogonalProcrustes(rightHandSide: b, threads: 1)
                == a.orthogonalProcrustes(rightHandSide: b, threads: 3))
    }

    @Test("Shapes that do not fit are told")
    func shapes() throws {
        #expect(throws: LinearAlgebraError.self) {
            try Matrix(rows: 3, columns: 2).ridgeRegression(rightHandSide: Matrix(rows: 4, columns: 2), penalty: 1)
        }
        #expect(throws: LinearAlgebraError.self) {
            try Matrix(rows: 3, columns: 2).orthogonalProcrustes(rightHandSide: Matrix(rows: 4, columns: 2))
        }
    }
}
