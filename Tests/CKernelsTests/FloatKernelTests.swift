import CKernels
import Testing

@Suite("Float kernels")
struct FloatKernelTests {
    /// The bound that the header states.
    private static func bound(_ n: Int, _ magnitude: Double) -> Double {
        (Double(n) / 32 + 10) * 0x1p-24 * magnitude + Double(n) * 0x1p-149
    }

    @Test("Dot products and distances stay within the stated bound at every length and alignment")
    func everyLength() {
        var random = SplitMix64(seed: 1)
        for n in lengths {
            let a = random.floats(n + misalignment)
            let b = random.floats(n + misalignment)
            let (i, j) = (n % misalignment, (n / 3) % misalignment)
            var dot = 0.0
            var magnitude = 0.0
            var distance = 0.0
            for k in 0..<n {
                let (x, y) = (Double(a[i + k]), Double(b[j + k]))
                dot += x * y
                magnitude += abs(x * y)
                distance += (x - y) * (x - y)
            }
            for kernels in Kernels.all {
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        guard let a = a.baseAddress, let b = b.baseAddress else { return }
                        let gotDot = Double(kernels.table.dot_f32(a + i, b + j, n))
                        let gotDistance = Double(kernels.table.squared_l2_f32(a + i, b + j, n))
                        #expect(abs(gotDot - dot) <= Self.bound(n, magnitude), "\(kernels.name), n \(n)")
                        #expect(abs(gotDistance - distance) <= Self.bound(n, distance), "\(kernels.name), n \(n)")
                    }
                }
            }
        }
    }

    @Test("Nothing outside the operands is read into a result", arguments: Kernels.all)
    func surroundingsDoNotMatter(kernels: Kernels) {
        for n in 0...200 {
            var a = [Float](repeating: .nan, count: n + 200)
            var b = a
            for k in 0..<n { (a[k + 64], b[k + 64]) = (1, 2) }
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress else { return }
                    #expect(kernels.table.dot_f32(a + 64, b + 64, n) == Float(2 * n))
                    #expect(kernels.table.squared_l2_f32(a + 64, b + 64, n) == Float(n))
                    #expect(kernels.table.max_abs_f32(a + 64, n) == (n > 0 ? 1 : 0))
                }
            }
        }
    }

    @Test("Gathered rows and runs of rows score bitwise as rows alone do", arguments: Kernels.all)
    func rows(kernels: Kernels) {
        var random = SplitMix64(seed: 2)
        for n in lengths where n < 140 || n % 7 == 0 || n % 128 == 0 {
            let rowCount = 11
            let stride = n + n % 3
            let query = random.floats(n)
            let base = random.floats(rowCount * stride + 1)
            let count = n % 14
            let ids = (0..<count).map { _ in UInt32.random(in: 0..<UInt32(rowCount), using: &random) }
            var gathered = [Float](repeating: .nan, count: count + 1)
            var run = gathered
            let runCount = min(count, rowCount)
            base.withUnsafeBufferPointer { rows in
                guard let rows = rows.baseAddress else { return }
                let places = ids.map { Optional(rows + Int($0) * stride) }
                kernels.table.dot_f32_gather(query, places, n, count, &gathered)
                kernels.table.dot_f32_rows(query, rows, stride, n, runCount, &run)
                let alone = (0..<rowCount).map { kernels.table.dot_f32(query, rows + $0 * stride, n) }
                #expect(Array(gathered.dropLast()) == ids.map { alone[Int($0)] }, "n \(n)")
                #expect(Array(run.prefix(runCount)) == Array(alone.prefix(runCount)), "n \(n)")
            }
            #expect(gathered[count].isNaN && run[runCount].isNaN, "wrote beyond the results")
        }
    }

    @Test("Normalised vectors have length one, and the old length is returned", arguments: Kernels.all)
    func normalize(kernels: Kernels) {
        var random = SplitMix64(seed: 3)
        for n in lengths {
            // Scales at which squares overflow and underflow as well.
            let scale: Float = [1, 1e-3, 1e20, 3e38, 1e-25, 1e-38][n % 6]
            let v = random.floats(n).map { $0 * scale }
            let length = v.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            var unit = v
            let got = kernels.table.normalize_f32(&unit, n)
            if length < Double(Float.greatestFiniteMagnitude) {
                #expect(abs(Double(got) - length) <= 1e-5 * length + 0x1p-149, "n \(n)")
            } else {
                #expect(got == .infinity)
            }
            guard n > 0 else { continue }
            let worst = (0..<n).map { abs(Double(unit[$0]) - Double(v[$0]) / length) }.max() ?? 0
            #expect(worst <= 1e-6, "n \(n)")
        }
    }

    @Test("A zero vector stays zero; one that is not finite stays as it is", arguments: Kernels.all)
    func normalizeSpecial(kernels: Kernels) {
        for n in 1...70 {
            var zero = [Float](repeating: 0, count: n)
            #expect(kernels.table.normalize_f32(&zero, n) == 0)
            #expect(zero.allSatisfy { $0 == 0 })

            var infinite = [Float](repeating: 3, count: n)
            infinite[n - 1] = -.infinity
            let before = infinite
            #expect(kernels.table.normalize_f32(&infinite, n) == .infinity)
            #expect(infinite == before)

            var undefined = [Float](repeating: 3, count: n)
            undefined[n / 2] = .nan
            #expect(kernels.table.normalize_f32(&undefined, n).isNaN)
            #expect(undefined[n / 2].isNaN && (n == 1 || undefined.contains(3)))

            var denormal = [Float](repeating: 0, count: n)
            denormal[n - 1] = .leastNonzeroMagnitude
            #expect(kernels.table.normalize_f32(&denormal, n) == .leastNonzeroMagnitude)
            #expect(denormal[n - 1] == 1)
        }
    }

    @Test("The largest absolute value is exact, and NaN wherever a NaN is", arguments: Kernels.all)
    func maxAbs(kernels: Kernels) {
        var random = SplitMix64(seed: 4)
        for n in lengths {
            var v = random.floats(n)
            #expect(kernels.table.max_abs_f32(v, n) == (v.map { abs($0) }.max() ?? 0), "n \(n)")
            guard n > 0 else { continue }
            let place = Int.random(in: 0..<n, using: &random)
            v[place] = -.infinity
            #expect(kernels.table.max_abs_f32(v, n) == .infinity, "n \(n)")
            v[place] = -.nan
            #expect(kernels.table.max_abs_f32(v, n).isNaN, "n \(n)")
            for k in 0..<n { v[k] = -.leastNonzeroMagnitude }
            #expect(kernels.table.max_abs_f32(v, n) == .leastNonzeroMagnitude, "n \(n)")
        }
    }

    @Test("Infinities and overflow give infinities or NaN, and nothing stops", arguments: Kernels.all)
    func extremes(kernels: Kernels) {
        for n in 1...150 {
            let huge = [Float](repeating: .greatestFiniteMagnitude, count: n)
            let infinite = [Float](repeating: .infinity, count: n)
            let tiny = [Float](repeating: .leastNonzeroMagnitude, count: n)
            let zero = [Float](repeating: 0, count: n)
            #expect(kernels.table.dot_f32(huge, huge, n) == .infinity)
            #expect(kernels.table.dot_f32(infinite, huge, n) == .infinity)
            #expect(kernels.table.dot_f32(infinite, zero, n).isNaN)
            #expect(kernels.table.squared_l2_f32(infinite, zero, n) == .infinity)
            #expect(kernels.table.squared_l2_f32(infinite, infinite, n).isNaN)
            #expect(kernels.table.dot_f32(tiny, tiny, n) == 0)
            #expect(kernels.table.dot_f32(tiny, huge, n) > 0)
        }
    }
}
