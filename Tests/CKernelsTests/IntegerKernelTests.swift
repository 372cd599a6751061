import CKernels
import Testing

@Suite("Integer kernels")
struct IntegerKernelTests {
    private static func dot(_ a: ArraySlice<Int8>, _ b: ArraySlice<Int8>) -> Int32 {
        zip(a, b).reduce(0) { $0 + Int32($1.0) * Int32($1.1) }
    }

    private static func squaredDistance(_ a: ArraySlice<Int8>, _ b: ArraySlice<Int8>) -> Int32 {
        zip(a, b).reduce(0) { sum, pair in
            let d = Int32(pair.0) - Int32(pair.1)
            return sum + d * d
        }
    }

    @Test("Dot products and distances are exact at every length and alignment")
    func everyLength() {
        var random = SplitMix64(seed: 5)
        for n in lengths {
            let a = random.bytes(n + misalignment)
            let b = random.bytes(n + misalignment)
            let (i, j) = (n % misalignment, (n / 3) % misalignment)
            let dot = Self.dot(a[i..<(i + n)], b[j..<(j + n)])
            let distance = Self.squaredDistance(a[i..<(i + n)], b[j..<(j + n)])
            for kernels in Kernels.all {
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        guard let a = a.baseAddress, let b = b.baseAddress else { return }
                        #expect(kernels.table.dot_i8(a + i, b + j, n) == dot, "\(kernels.name), n \(n)")
                        #expect(kernels.table.squared_l2_i8(a + i, b + j, n) == distance, "\(kernels.name), n \(n)")
                    }
                }
            }
        }
    }

    @Test("Extreme bytes everywhere", arguments: Kernels.all)
    func extremes(kernels: Kernels) {
        let values: [Int8] = [-128, -127, -1, 0, 1, 127]
        for n in lengths {
            for x in values {
                let a = [Int8](repeating: x, count: n)
                for y in values {
                    let b = [Int8](repeating: y, count: n)
                    let difference = Int(x) - Int(y)
                    let dot = Int(kernels.table.dot_i8(a, b, n))
                    let distance = Int(kernels.table.squared_l2_i8(a, b, n))
                    // An expectation for each of 300,000 cases would take longer than all the arithmetic.
                    if dot != n * Int(x) * Int(y) || distance != n * difference * difference {
                        Issue.record("bytes \(x) and \(y), n \(n): dot \(dot), squared distance \(distance)")
                    }
                }
            }
        }
    }

    @Test("The longest operands whose results fit, and beyond them the result modulo 2^32", arguments: Kernels.all)
    func longest(kernels: Kernels) {
        for n in [33_025, 131_071, 131_072, 300_001] {
            let low = [Int8](repeating: -128, count: n)
            let high = [Int8](repeating: 127, count: n)
            #expect(kernels.table.dot_i8(low, low, n) == Int32(truncatingIfNeeded: n * 128 * 128), "n \(n)")
            #expect(kernels.table.dot_i8(low, high, n) == Int32(truncatingIfNeeded: -n * 128 * 127), "n \(n)")
            #expect(kernels.table.squared_l2_i8(low, high, n) == Int32(truncatingIfNeeded: n * 255 * 255), "n \(n)")
        }
    }

    @Test("Gathered rows and runs of rows score as rows alone do", arguments: Kernels.all)
    func rows(kernels: Kernels) {
        var random = SplitMix64(seed: 6)
        for n in lengths where n < 140 || n % 7 == 0 || n % 128 == 0 {
            let rowCount = 11
            let stride = n + n % 3
            let query = random.bytes(n)
            let base = random.bytes(rowCount * stride + 1)
            let count = n % 14
            let runCount = min(n % 14, rowCount)
            let ids = (0..<count).map { _ in UInt32.random(in: 0..<UInt32(rowCount), using: &random) }
            let expected = (0..<rowCount).map { Self.dot(query[...], base[($0 * stride)..<($0 * stride + n)]) }
            var gathered = [Int32](repeating: .max, count: count + 1)
            var run = gathered
            base.withUnsafeBufferPointer { rows in
                guard let rows = rows.baseAddress else { return }
                let places = ids.map { Optional(rows + Int($0) * stride) }
                kernels.table.dot_i8_gather(query, places, n, count, &gathered)
            }
            kernels.table.dot_i8_rows(query, base, stride, n, runCount, &run)
            #expect(gathered == ids.map { expected[Int($0)] } + [.max], "n \(n)")
            #expect(Array(run.prefix(runCount)) == Array(expected.prefix(runCount)), "n \(n)")
            #expect(run[runCount] == .max, "wrote beyond the results")
        }
    }

    @Test("Quantisation rounds half to even and clamps, bitwise, at every length", arguments: Kernels.all)
    func quantize(kernels: Kernels) {
        var random = SplitMix64(seed: 7)
        for n in lengths {
            var v = random.floats(n)
            // Ties among them: multiples of a half.
            for k in stride(from: n % 3, to: n, by: 3) { v[k] = (v[k] * 280).rounded() / 2 }
            let scale: Float = n % 2 == 0 ? 1 : 131.7
            let expected = v.map { x -> Int8 in
                Int8(max(-127, min(127, (x * scale).rounded(.toNearestOrEven))))
            }
            var codes = [Int8](repeating: 99, count: n + 2)
            codes.withUnsafeMutableBufferPointer { codes in
                guard let start = codes.baseAddress else { return }
                kernels.table.quantize_i8(v, scale, start + 1, n)
            }
            #expect(codes == [99] + expected + [99], "n \(n)")
        }
    }

    @Test("What quantisation makes of numbers that are none", arguments: Kernels.all)
    func quantizeSpecial(kernels: Kernels) {
        let values: [Float] = [
            .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
            -0.0, 126.5, 127.5, -127.5, -128, 0.5, 1.5, -0.5, -2.5, 2_147_483_648,
        ]
        let expected: [Int8] = [0, 127, -127, 127, -127, 0, 0, 126, 127, -127, -127, 0, 2, 0, -2, 127]
        for rotation in 0..<values.count {
            for n in 1...50 {
                let v = (0..<n).map { values[($0 + rotation) % values.count] }
                var codes = [Int8](repeating: 99, count: n)
                kernels.table.quantize_i8(v, 1, &codes, n)
                #expect(codes == (0..<n).map { expected[($0 + rotation) % values.count] })
            }
        }
        var code: Int8 = 99
        kernels.table.quantize_i8([0], .infinity, &code, 1)
        #expect(code == 0)
    }

    @Test("The largest id, with one left out")
    func maxID() {
        var random = SplitMix64(seed: 8)
        for n in lengths {
            var ids = (0..<n).map { _ in UInt32(truncatingIfNeeded: random.next()) }
            for k in stride(from: 0, to: n, by: 5) { ids[k] = .max }
            #expect(fp_max_u32(ids, n, .max) == (ids.filter { $0 != .max }.max() ?? 0), "n \(n)")
            #expect(fp_max_u32(ids, n, 7) == (ids.max() ?? 0), "n \(n)")
        }
        #expect(fp_max_u32([.max, .max], 2, .max) == 0)
    }
}
