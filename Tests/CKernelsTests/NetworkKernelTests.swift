import CKernels
import Foundation
import Testing

@Suite("Encoder kernels")
struct NetworkKernelTests {
    // MARK: - Products

    /// Shapes with every kind of ragged edge.
    private static func shapes(_ random: inout SplitMix64) -> [(rows: Int, outputs: Int, inputs: Int)] {
        let few = [(1, 1, 1), (2, 16, 4), (3, 17, 5), (6, 64, 64), (7, 65, 63), (13, 128, 256), (17, 48, 1040)]
        return few
            + (0..<40).map { _ in
                (
                    Int.random(in: 1...30, using: &random), Int.random(in: 1...140, using: &random),
                    Int.random(in: 1...300, using: &random)
                )
            }
    }

    @Test("Sums of products are exact for every shape", arguments: Kernels.all)
    func exactProducts(kernels: Kernels) {
        var random = SplitMix64(seed: 31)
        for (rows, outputs, inputs) in Self.shapes(&random) {
            // The largest that quantization gives, all of one sign, must not saturate anywhere.
            for isExtreme in [false, true] {
                func codes(_ count: Int) -> [Int8] {
                    isExtreme
                        ? .init(repeating: random.next() % 2 == 0 ? 127 : -127, count: count)
                        : random.bytes(count).map { max(-127, $0) }
                }
                let (weights, x) = (codes(outputs * inputs), codes(rows * inputs))
                let linear = Linear(
                    kernels, codes: weights, scales: .init(repeating: 1, count: outputs),
                    bias: .init(repeating: 0, count: outputs), inputs: inputs)
                let activations = Activations(rows: rows, inputs: inputs)
                activations.set(x)
                let found = linear.multiply(activations, rows: rows, FP_STORE, onto: 0)
                var wrong = 0
                for row in 0..<rows {
                    for output in 0..<outputs {
                        var sum = 0
                        for i in 0..<inputs { sum += Int(x[row * inputs + i]) * Int(weights[output * inputs + i]) }
                        if found[row * outputs + output] != Float(sum) { wrong += 1 }
                    }
                }
                #expect(wrong == 0, "\(rows) rows, \(outputs) outputs, \(inputs) inputs")
            }
        }
    }

    @Test("What follows a product is what it should be, and the same bits everywhere")
    func finishes() {
        var random = SplitMix64(seed: 32)
        let (rows, outputs, inputs) = (9, 70, 50)
        let weights = random.bytes(outputs * inputs).map { max(-127, $0) }
        let scales = random.floats(outputs).map { abs($0) * 1e-3 + 1e-5 }
        let bias = random.floats(outputs)
        let x = random.floats(rows * inputs)
        for finish in [FP_STORE, FP_ADD, FP_GELU, FP_TANH_GELU, FP_RELU] {
            var first: [Float]?
            for kernels in Kernels.all {
                let linear = Linear(kernels, codes: weights, scales: scales, bias: bias, inputs: inputs)
                let activations = Activations(rows: rows, inputs: inputs)
                activations.quantize(x, kernels, rows: rows)
                let found = linear.multiply(activations, rows: rows, finish, onto: 0.5)
                #expect(first ?? found == found, "\(kernels.name), finish \(finish.rawValue)")
                first = found
                for row in 0..<rows {
                    for output in 0..<outputs {
                        var sum = 0.0
                        for i in 0..<inputs {
                            sum += Double(activations.value(row, i)) * Double(weights[output * inputs + i])
                        }
                        let y = sum * Double(scales[output]) + Double(bias[output])
                        let expected =
                            switch finish {
                            case FP_ADD: y + 0.5
                            case FP_GELU: y * (1 + erf(y / 2.0.squareRoot())) / 2
                            case FP_TANH_GELU: y / (1 + exp(-2 * 0.797_884_560_8 * (y + 0.044_715 * y * y * y)))
                            case FP_RELU: max(0, y)
                            default: y
                            }
                        #expect(abs(Double(found[row * outputs + output]) - expected) < 4e-6)
                    }
                }
            }
        }
    }

    @Test("GELU is within 1e-6 of its definition from -12 to 12", arguments: Kernels.all)
    func gelu(kernels: Kernels) {
        // An output that is its bias alone.
        let count = 24_001
        let x = (0..<count).map { Float($0 - 12_000) / 1000 }
        let linear = Linear(
            kernels, codes: .init(repeating: 0, count: count), scales: .init(repeating: 0, count: count), bias: x,
            inputs: 1)
        let activations = Activations(rows: 1, inputs: 1)
        activations.set([0])
        let found = linear.multiply(activations, rows: 1, FP_GELU, onto: 0)
        var worst = 0.0
        for (x, y) in zip(x, found) {
            let expected = Double(x) * (1 + erf(Double(x) / 2.0.squareRoot())) / 2
            worst = max(worst, abs(Double(y) - expected) / max(1, abs(expected)))
        }
        #expect(worst < 1e-6)
    }

    // MARK: - Rows

    @Test("Half-precision numbers have their values, all 65,536 of them", arguments: Kernels.all)
    func halves(kernels: Kernels) {
        let halves = (0...UInt16.max).map { $0 }
        var wide = [Float](repeating: -1, count: halves.count)
        kernels.network.widen_f16(halves, &wide, halves.count)
        var wrong = 0
        for (bits, value) in zip(halves, wide) {
            let exponent = Int(bits >> 10 & 31)
            let fraction = Float(bits & 1023)
            let sign: Float = bits >> 15 == 0 ? 1 : -1
            let isSound =
                switch exponent {
                case 0: value == sign * fraction * 0x1p-24 && (value.sign == .minus) == (sign < 0)
                case 31: fraction == 0 ? value == sign * .infinity : value.isNaN
                default: value == Float(sign: .plus, exponent: exponent - 15, significand: sign * (1 + fraction / 1024))
                }
            if !isSound { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test("Numbers of 8 bits have their values, all 256 of them", arguments: Kernels.all)
    func bytes(kernels: Kernels) {
        let bytes = (0...UInt8.max).map { $0 }
        for count in [256, 255, 17, 3] {
            var wide = [Float](repeating: -1, count: count)
            kernels.network.widen_e4m3(bytes, &wide, count)
            for (bits, value) in zip(bytes, wide) {
                let exponent = Int(bits >> 3 & 15)
                let fraction = Float(bits & 7)
                let sign: Float = bits >> 7 == 0 ? 1 : -1
                if bits & 0x7F == 0x7F {
                    #expect(value.isNaN)
                } else {
                    let magnitude =
                        exponent == 0
                        ? fraction * 0x1p-9 : Float(sign: .plus, exponent: exponent - 7, significand: 1 + fraction / 8)
                    #expect(value == sign * magnitude && (value.sign == .minus) == (sign < 0))
                }
            }
        }
    }

    @Test("Quantized rows are off by half a unit at most; zeros, infinities and NaNs are seen", arguments: Kernels.all)
    func quantization(kernels: Kernels) {
        var random = SplitMix64(seed: 33)
        for n in [1, 2, 15, 16, 17, 63, 64, 65, 300] {
            let x = random.floats(n)
            let codes = Activations(rows: 1, inputs: n)
            codes.quantize(x, kernels, rows: 1)
            let largest = x.reduce(0) { max($0, abs($1)) }
            for i in 0..<n { #expect(abs(codes.value(0, i) - x[i]) <= largest / 127 * 0.501) }
            #expect(codes.sum(0) == (0..<n).reduce(0) { $0 + Int32(codes.code(0, $1)) })
            #expect((n..<codes.stride).allSatisfy { codes.code(0, $0) == 0 })
            for (special, isSound) in [
                (Float.nan, { (scale: Float) in scale.isNaN }), (.infinity, { $0 == .infinity }),
            ] {
                var spoiled = x
                spoiled[n / 2] = special
                codes.quantize(spoiled, kernels, rows: 1)
                #expect(isSound(codes.scale(0)))
            }
            codes.quantize(.init(repeating: 0, count: n), kernels, rows: 1)
            #expect(codes.scale(0) == 0 && (0..<n).allSatisfy { codes.code(0, $0) == 0 })
        }
    }

    @Test("Normalised rows have the mean and variance asked for, and the same bits everywhere")
    func normalization() {
        var random = SplitMix64(seed: 34)
        for n in [1, 5, 16, 33, 256, 300] {
            let rows = 3
            let (x, weight, shift) = (random.floats(rows * n), random.floats(n), random.floats(n))
            var first: (values: [Float], codes: [Int8])?
            for kernels in Kernels.all {
                var y = x
                let codes = Activations(rows: rows, inputs: n)
                codes.withView { kernels.network.normalize(&y, rows, n, weight, shift, 1e-12, $0) }
                let all = (0..<rows).flatMap { row in (0..<codes.stride).map { codes.code(row, $0) } }
                #expect(first?.values ?? y == y && first?.codes ?? all == all, "\(kernels.name), n \(n)")
                first = (y, all)
                for row in 0..<rows {
                    let values = x[(row * n)..<((row + 1) * n)].map(Double.init)
                    let mean = values.reduce(0, +) / Double(n)
                    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
                    for i in 0..<n {
                        let expected =
                            (values[i] - mean) / (variance + 1e-12).squareRoot() * Double(weight[i]) + Double(shift[i])
                        // A single number has no variance: it is its own mean, to the last bit.
                        #expect(abs(Double(y[row * n + i]) - expected) < 1e-5, "\(kernels.name), n \(n)")
                    }
                }
            }
        }
    }

    @Test("Attention is a softmax of scaled products, and the same bits everywhere")
    func attention() {
        var random = SplitMix64(seed: 35)
        for (tokens, heads, size) in [(1, 1, 1), (2, 3, 8), (15, 2, 32), (16, 1, 32), (17, 2, 33), (70, 2, 20)] {
            let hidden = heads * size
            let qkv = random.floats(tokens * 3 * hidden).map { $0 * 3 }
            var first: [Float]?
            for kernels in Kernels.all {
                var scratch = [Float](repeating: .nan, count: fp_attention_scratch(tokens, size))
                var context = [Float](repeating: .nan, count: tokens * hidden)
                kernels.network.attend(qkv, tokens, heads, size, &scratch, &context)
                #expect(first ?? context == context, "\(kernels.name), \(tokens) tokens")
                first = context
            }
            let found = first ?? []
            for head in 0..<heads {
                func number(_ part: Int, _ token: Int, _ d: Int) -> Double {
                    Double(qkv[token * 3 * hidden + part * hidden + head * size + d])
                }
                for token in 0..<tokens {
                    let scores = (0..<tokens).map { other in
                        (0..<size).reduce(0) { $0 + number(0, token, $1) * number(1, other, $1) }
                            / Double(size).squareRoot()
                    }
                    let powers = scores.map { exp($0 - (scores.max() ?? 0)) }
                    let total = powers.reduce(0, +)
                    for d in 0..<size {
                        let expected = (0..<tokens).reduce(0) { $0 + powers[$1] / total * number(2, $1, d) }
                        #expect(abs(Double(found[token * hidden + head * size + d]) - expected) < 1e-5)
                    }
                }
            }
        }
    }

    @Test("Pooled rows have length 1 whatever their size, and the same bits everywhere")
    func pooling() {
        var random = SplitMix64(seed: 36)
        for n in [1, 16, 31, 256] {
            for factor: Float in [1, 1e-30, 1e30] {
                let x = random.floats(4 * n).map { $0 * factor }
                var first: [Float]?
                for kernels in Kernels.all {
                    var row = [Float](repeating: .nan, count: n)
                    kernels.network.pool(x, 4, n, &row)
                    #expect(first ?? row == row)
                    #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
                    first = row
                }
            }
            for kernels in Kernels.all {
                var row = [Float](repeating: .nan, count: n)
                kernels.network.pool([Float](repeating: 0, count: n), 1, n, &row)
                #expect(row.allSatisfy { $0 == 0 })
            }
        }
    }

    @Test("Bytes are added with their factor", arguments: Kernels.all)
    func addition(kernels: Kernels) {
        var random = SplitMix64(seed: 37)
        for n in [0, 1, 16, 19, 300] {
            let (codes, before) = (random.bytes(n), random.floats(n))
            var sum = before
            kernels.network.add_i8(codes, 0.5, &sum, n)
            for i in 0..<n { #expect(sum[i] == Float(codes[i]) * 0.5 + before[i]) }
        }
    }
}

extension Kernels {
    var network: fp_network { table.network.pointee }
}

/// Packed weights.
private final class Linear {
    private let kernels: Kernels
    private let panels: UnsafeMutablePointer<UInt8>
    private let scales: UnsafeMutablePointer<Float>
    private let bias: UnsafeMutablePointer<Float>
    private let outputs: Int
    private let inputs: Int

    init(_ kernels: Kernels, codes: [Int8], scales: [Float], bias: [Float], inputs: Int) {
        self.kernels = kernels
        self.inputs = inputs
        outputs = scales.count
        let network = kernels.table.network
        let padded = fp_padded_outputs(network, outputs)
        let size = fp_packed_size(network, outputs, inputs)
        panels = .allocate(capacity: size)
        // Bytes of no output may be anything.
        panels.initialize(repeating: 0xA5, count: size)
        self.scales = .allocate(capacity: padded)
        self.scales.initialize(repeating: 0, count: padded)
        self.scales.update(from: scales, count: outputs)
        self.bias = .allocate(capacity: padded)
        self.bias.initialize(repeating: 0, count: padded)
        self.bias.update(from: bias, count: outputs)
        for output in 0..<outputs {
            fp_pack_row(network, Array(codes[(output * inputs)..<((output + 1) * inputs)]), inputs, output, panels)
        }
    }

    deinit {
        panels.deallocate()
        scales.deallocate()
        bias.deallocate()
    }

    func multiply(_ x: Activations, rows: Int, _ finish: fp_finish, onto value: Float) -> [Float] {
        // One number past each row must stay as it is.
        let stride = outputs + 1
        var out = [Float](repeating: value, count: rows * stride)
        var linear = fp_linear(outputs: outputs, inputs: inputs, panels: panels, scales: scales, bias: bias)
        x.withView { kernels.network.multiply(&linear, $0, rows, finish, &out, stride) }
        for row in 0..<rows { #expect(out[row * stride + outputs] == value) }
        return (0..<rows).flatMap { out[($0 * stride)..<($0 * stride + outputs)] }
    }
}

/// Quantized rows.
private final class Activations {
    private let view: fp_activations
    private let inputs: Int
    var stride: Int { view.stride }

    init(rows: Int, inputs: Int) {
        self.inputs = inputs
        let stride = fp_padded_inputs(inputs)
        view = fp_activations(
            codes: .allocate(capacity: rows * stride), stride: stride, scales: .allocate(capacity: rows),
            sums: .allocate(capacity: rows))
        view.codes.initialize(repeating: 0, count: rows * stride)
        view.scales.initialize(repeating: 1, count: rows)
        view.sums.initialize(repeating: 0, count: rows)
    }

    deinit {
        view.codes.deallocate()
        view.scales.deallocate()
        view.sums.deallocate()
    }

    func withView<Result>(_ body: (UnsafePointer<fp_activations>) -> Result) -> Result {
        withUnsafePointer(to: view, body)
    }

    /// Rows of these codes, with scales of 1.
    func set(_ codes: [Int8]) {
        for (index, code) in codes.enumerated() {
            view.codes[index / inputs * view.stride + index % inputs] = code
            view.sums[index / inputs] += Int32(code)
        }
    }

    func quantize(_ x: [Float], _ kernels: Kernels, rows: Int) {
        withView { kernels.network.quantize(x, inputs, rows, inputs, $0) }
    }

    func code(_ row: Int, _ index: Int) -> Int8 { view.codes[row * view.stride + index] }
    func scale(_ row: Int) -> Float { view.scales[row] }
    func sum(_ row: Int) -> Int32 { view.sums[row] }
    func value(_ row: Int, _ index: Int) -> Float { Float(code(row, index)) * scale(row) }
}
