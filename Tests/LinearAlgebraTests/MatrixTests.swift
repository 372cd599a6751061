import LinearAlgebra
import Platform
import Testing

@Suite("Matrix")
struct MatrixTests {
    @Test("Elements lie row after row in aligned memory")
    func layout() throws {
        let matrix = try Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        #expect(matrix[0, 2] == 3 && matrix[1, 0] == 4)
        #expect(matrix.elements == [1, 2, 3, 4, 5, 6])
        #expect(matrix.row(1) == [4, 5, 6])
        #expect(matrix.withRow(0) { $0.reduce(0, +) } == 6)
        #expect(try matrix == Matrix([[1, 2, 3], [4, 5, 6]]))
        #expect(matrix.description == "Matrix(2x3)")
        for columns in 0..<40 {
            let address = Matrix(rows: 3, columns: columns).withUnsafeElements { UInt(bitPattern: $0.baseAddress) }
            #expect(address % 64 == 0 && address != 0)
        }
    }

    @Test("Wrong counts and ragged rows are refused with both figures")
    func wrongCounts() {
        #expect(throws: LinearAlgebraError.elementCount(expectedRows: 2, expectedColumns: 3, actual: 5)) {
            try Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5])
        }
        #expect(throws: LinearAlgebraError.elementCount(expectedRows: -1, expectedColumns: 3, actual: 0)) {
            try Matrix(rows: -1, columns: 3, elements: [])
        }
        #expect(throws: LinearAlgebraError.elementCount(expectedRows: .max, expectedColumns: 2, actual: 1)) {
            try Matrix(rows: .max, columns: 2, elements: [1])
        }
        #expect(throws: LinearAlgebraError.raggedRows(row: 2, expected: 2, actual: 3)) {
            try Matrix([[1, 2], [3, 4], [5, 6, 7]])
        }
    }

    @Test("Empty matrices keep their shape")
    func empty() throws {
        let wide = Matrix(rows: 0, columns: 5)
        let tall = Matrix(rows: 5, columns: 0)
        #expect(wide.isEmpty && tall.isEmpty && wide != tall)
        #expect(wide.transposed == tall)
        #expect(tall.row(4) == [])
        #expect(try Matrix([]) == Matrix(rows: 0, columns: 0))
        #expect(try Matrix([[], []]) == Matrix(rows: 2, columns: 0))
        #expect(Matrix.identity(0).isEmpty)
    }

    @Test("A copy is a value of its own")
    func values() {
        var a = Matrix(rows: 2, columns: 2, repeating: 1)
        var b = a
        let address = { (matrix: Matrix) in matrix.withUnsafeElements { $0.baseAddress } }
        #expect(address(a) == address(b), "a copy shares memory until it changes")
        b[0, 1] = 7
        #expect(a.elements == [1, 1, 1, 1] && b.elements == [1, 7, 1, 1])
        let own = address(b)
        b[1, 1] = 8
        #expect(address(b) == own, "memory of one's own is changed in place")
        let kept = a
        a.withUnsafeMutableElements { $0[3] = 9 }
        a.withMutableRow(0) { $0[0] = 5 }
        #expect(a.elements == [5, 1, 1, 9] && kept.elements == [1, 1, 1, 1])
    }

    @Test("Errors thrown in a closure come out as they are")
    func closureErrors() {
        struct Stop: Error {}
        var matrix = Matrix(rows: 1, columns: 1)
        #expect(throws: Stop.self) { try matrix.withUnsafeElements { _ throws(Stop) in throw Stop() } }
        #expect(throws: Stop.self) { try matrix.withMutableRow(0) { _ throws(Stop) in throw Stop() } }
        #expect(throws: Stop.self) { try Matrix(rows: 2, columns: 2) { _ throws(Stop) in throw Stop() } }
    }

    @Test("Transposition over random shapes")
    func transposed() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<60 {
            let matrix = random.matrix(random.dimension(), random.dimension())
            #expect(matrix.transposed == naiveTranspose(matrix))
            #expect(matrix.transposed.transposed == matrix)
        }
    }

    @Test("A NaN makes matrices unequal")
    func equality() {
        let matrix = Matrix(rows: 1, columns: 1, repeating: .nan)
        #expect(matrix != matrix)
        #expect(Matrix(rows: 1, columns: 1, repeating: 0) == Matrix(rows: 1, columns: 1, repeating: -0.0))
    }

    @Test("Every error says what to do in one line")
    func errorTexts() {
        let errors: [(LinearAlgebraError, String)] = [
            (
                .dimensionMismatch(operation: "p", leftRows: 1, leftColumns: 2, rightRows: 3, rightColumns: 4),
                "1x2 does not fit 3x4"
            ),
            (.elementCount(expectedRows: 2, expectedColumns: 3, actual: 5), "2x3"),
            (.raggedRows(row: 4, expected: 2, actual: 3), "row 4"),
            (.notSquare(operation: "p", rows: 2, columns: 3), "2x3"),
            (.notFinite(operation: "p", row: 2, column: 3), "row 2, column 3"),
            (.notPositiveDefinite(minor: 7), "minor 7"),
            (.noConvergence(operation: "p", routine: "dsyevd", info: 3), "dsyevd"),
            (.routineFailed(routine: "dpotrf", info: -4), "dpotrf"),
            (.tooLarge(operation: "p", rows: 5, columns: 6), "5x6"),
            (.invalidNumPyFile(path: "a.npy", reason: "because"), "a.npy"),
            (.file(path: "a.npy", reason: "cannot open a.npy: no"), "cannot open a.npy: no"),
            (.file(path: "a.npy", reason: "no"), "a.npy: no"),
        ]
        for (error, part) in errors {
            let text = "\(error)"
            #expect(text.contains(part))
            #expect(!text.contains("\n"))
        }
    }
}
