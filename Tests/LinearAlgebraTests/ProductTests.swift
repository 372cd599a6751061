import LinearAlgebra
import Platform
import Testing

@Suite("Products")
struct ProductTests {
    @Test("Random shapes, each with all four transpositions")
    func shapes() throws {
        var random = SplitMix64(seed: 2)
        for _ in 0..<120 {
            let (m, n, k) = (random.dimension(), random.dimension(), random.dimension())
            let a = random.matrix(m, k)
            let b = random.matrix(k, n)
            let expected = naiveProduct(a, b)
            let threads = Int.random(in: 1...3, using: &random)
            let tolerance = 1e-6 * Double(max(1, k))
            for (left, transposingLeft) in [(a, false), (a.transposed, true)] {
                for (right, transposingRight) in [(b, false), (b.transposed, true)] {
                    let product = try left.multiplied(
                        by: right, transposingSelf: transposingLeft, transposingOther: transposingRight,
                        threads: threads)
                    #expect(product.rows == m && product.columns == n)
                    #expect(
                        distance(product.elements, expected) <= tolerance,
                        "\(m)x\(k) times \(k)x\(n), \(transposingLeft) \(transposingRight)")
                }
            }
        }
    }

    @Test("The number of threads does not change a bit", arguments: [(700, 90, 40), (90, 700, 40), (513, 513, 65)])
    func threads(m: Int, n: Int, k: Int) throws {
        var random = SplitMix64(seed: 3)
        let a = random.matrix(m, k)
        let b = random.matrix(n, k)
        let one = try a.multiplied(by: b, transposingOther: true)
        #expect(distance(one.elements, naiveProduct(a, b.transposed)) <= 1e-4)
        for threads in [2, 3, 8, 1000] {
            #expect(try a.multiplied(by: b, transposingOther: true, threads: threads) == one)
        }
        #expect(try a.multiplied(by: b, transposingOther: true, threads: 0) == one)
        #expect(try a.multiplied(by: b, transposingOther: true, threads: -1) == one)
    }

    @Test("Blocks cover every row once and hold the product's rows")
    func blocks() throws {
        var random = SplitMix64(seed: 4)
        for (m, n, k, blockRows) in [
            (1, 1, 1, 1), (100, 33, 17, 7), (64, 10, 8, 64), (65, 3, 0, 64), (0, 5, 5, 4), (9, 0, 4, 2),
            (10, 4, 4, 1000), (5, 4, 4, 0),
        ] {
            let a = random.matrix(m, k)
            let b = random.matrix(n, k)
            let expected = naiveProduct(a, b.transposed)
            let seen = Locked([Int: [Float]]())
            try a.forEachProductBlock(by: b, transposingOther: true, blockRows: blockRows, threads: 3) { rows, block in
                let values = Array(block)
                seen.withLock { $0[rows.lowerBound] = values }
            }
            let blocks = seen.withLock { $0 }.sorted { $0.key < $1.key }
            #expect(distance(blocks.flatMap(\.value), expected) <= 1e-5, "\(m)x\(n)x\(k)")
            #expect(blocks.count == (m + max(1, min(blockRows, m)) - 1) / max(1, min(blockRows, max(1, m))))
        }
    }

    @Test("Matrix times vector over random shapes")
    func vectors() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<80 {
            let a = random.matrix(random.dimension(), random.dimension())
            let x = random.floats(a.columns)
            let y = random.floats(a.rows)
            let column = try Matrix(rows: x.count, columns: 1, elements: x)
            let row = try Matrix(rows: 1, columns: y.count, elements: y)
            #expect(try distance(a.multiplied(by: x), naiveProduct(a, column)) <= 1e-5)
            #expect(try distance(a.multiplied(by: y, transposingSelf: true), naiveProduct(row, a)) <= 1e-5)
        }
    }

    @Test("Shapes that do not fit are named as they are after transposition")
    func mismatches() {
        let a = Matrix(rows: 2, columns: 3)
        let b = Matrix(rows: 2, columns: 4)
        func mismatch(_ operation: String, _ shape: (Int, Int), _ other: (Int, Int)) -> LinearAlgebraError {
            .dimensionMismatch(
                operation: operation, leftRows: shape.0, leftColumns: shape.1, rightRows: other.0,
                rightColumns: other.1)
        }
        #expect(throws: mismatch("matrix product", (2, 3), (2, 4))) { try a.multiplied(by: b) }
        #expect(throws: mismatch("matrix product", (2, 3), (4, 2))) { try a.multiplied(by: b, transposingOther: true) }
        #expect(throws: mismatch("matrix product", (2, 3), (2, 4))) { try a.forEachProductBlock(by: b) { _, _ in } }
        #expect(throws: mismatch("matrix-vector product", (2, 3), (2, 1))) { try a.multiplied(by: [1, 2]) }
        #expect(throws: mismatch("matrix-vector product", (3, 2), (3, 1))) {
            try a.multiplied(by: [1, 2, 3], transposingSelf: true)
        }
    }

    @Test("The raw product: leading dimensions, alpha, beta, and nothing beyond the result")
    func raw() {
        var random = SplitMix64(seed: 6)
        for _ in 0..<100 {
            let (m, n, k) = (random.dimension(), random.dimension(), random.dimension())
            let transposing = (Bool.random(using: &random), Bool.random(using: &random))
            let (rowsA, columnsA) = transposing.0 ? (k, m) : (m, k)
            let (rowsB, columnsB) = transposing.1 ? (n, k) : (k, n)
            let (leadingA, leadingB, leadingC) = (columnsA + 3, columnsB + 1, n + 2)
            let a = random.floats(rowsA * leadingA + 1)
            let b = random.floats(rowsB * leadingB + 1)
            let before = random.floats(m * leadingC + 1)
            let (alpha, beta): (Float, Float) = (
                [1, 0.5, -2].randomElement(using: &random) ?? 1, [0, 1, 0.25].randomElement(using: &random) ?? 0
            )
            // What beta 0 overwrites may be anything.
            var c = beta == 0 ? [Float](repeating: .nan, count: before.count) : before
            BLAS.multiply(
                transposingA: transposing.0, transposingB: transposing.1, m: m, n: n, k: k, alpha: alpha, a: a,
                leadingA: leadingA, b: b, leadingB: leadingB, beta: beta, into: &c, leadingC: leadingC)
            var worst = 0.0
            for i in 0..<m {
                for j in 0..<n {
                    var sum = 0.0
                    for l in 0..<k {
                        let x = transposing.0 ? a[l * leadingA + i] : a[i * leadingA + l]
                        let y = transposing.1 ? b[j * leadingB + l] : b[l * leadingB + j]
                        sum += Double(x) * Double(y)
                    }
                    let old = beta == 0 ? 0 : Double(beta) * Double(before[i * leadingC + j])
                    worst = max(worst, abs(Double(c[i * leadingC + j]) - (Double(alpha) * sum + old)))
                    if c[i * leadingC + j].isNaN { worst = .infinity }
                }
                for j in n..<leadingC {
                    let (now, was) = (c[i * leadingC + j], before[i * leadingC + j])
                    if beta == 0 ? !now.isNaN : now != was { worst = .infinity }
                }
            }
            #expect(worst <= 1e-5 * Double(max(1, k)), "\(m)x\(n)x\(k) \(transposing) \(alpha) \(beta)")
        }
    }

    @Test("The raw matrix-vector product")
    func rawVector() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<60 {
            let (rows, columns) = (random.dimension(), random.dimension())
            let transposing = Bool.random(using: &random)
            let leading = columns + 2
            let a = random.floats(rows * leading + 1)
            let (outputs, inputs) = transposing ? (columns, rows) : (rows, columns)
            let x = random.floats(inputs + 1)
            let before = random.floats(outputs + 1)
            for beta: Float in [0, 0.5] {
                var y = before
                BLAS.multiply(
                    transposingA: transposing, rows: rows, columns: columns, alpha: 2, a: a, leadingA: leading, x: x,
                    beta: beta, into: &y)
                let expected = (0..<outputs).map { o -> Double in
                    let sum = (0..<inputs).reduce(0.0) { sum, i in
                        sum + Double(transposing ? a[i * leading + o] : a[o * leading + i]) * Double(x[i])
                    }
                    return 2 * sum + Double(beta) * Double(before[o])
                }
                #expect(distance(Array(y.prefix(outputs)), expected) <= 1e-4)
                #expect(y[outputs] == before[outputs])
            }
        }
    }

    @Test("Products from many threads at once do not disturb each other")
    func concurrent() async throws {
        var random = SplitMix64(seed: 8)
        let a = random.matrix(70, 50)
        let b = random.matrix(50, 60)
        let expected = try a.multiplied(by: b)
        let results = await withTaskGroup(of: Bool.self, returning: [Bool].self) { group in
            for _ in 0..<32 {
                group.addTask { (try? a.multiplied(by: b, threads: 2)) == expected }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 32 && results.allSatisfy { $0 })
    }
}
