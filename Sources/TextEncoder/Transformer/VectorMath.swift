/// The elementwise functions of a network, eight numbers at a time.
///
/// Pointers and counts are the caller's promise: this file and `TransformerNetwork.swift` are where the encoder's
/// pointer arithmetic is.
enum VectorMath {
    typealias Lanes = SIMD8<Float>
    static let width = 8

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<Float>) -> Lanes {
        UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private static func store(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: Lanes.self)
    }

    /// Replaces `count` numbers by `body` of eight at a time. At the end, lanes without a number hold `fill`.
    @inline(__always)
    private static func map(
        _ values: UnsafeMutablePointer<Float>, count: Int, fill: Float = 0, _ body: (Lanes, _ index: Int) -> Lanes
    ) {
        var index = 0
        while index + width <= count {
            store(body(load(values + index), index), values + index)
            index += width
        }
        if index < count {
            var tail = Lanes(repeating: fill)
            for lane in 0..<(count - index) { tail[lane] = values[index + lane] }
            tail = body(tail, index)
            for lane in 0..<(count - index) { values[index + lane] = tail[lane] }
        }
    }

    /// e^x to 2 units in the last place for x from -87 to 88, and the value at the nearer end beyond: the polynomial
    /// of Cephes after taking out a power of two.
    @inline(__always)
    static func exp(_ x: Lanes) -> Lanes {
        // Not `clamped`, which the compiler leaves as calls.
        var x = x.replacing(with: -87, where: x .< -87)
        x.replace(with: 88, where: x .> 88)
        // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
        let magic = Lanes(repeating: 12_582_912)
        let shifted = x * 1.442_695_04 + magic
        let power = shifted - magic
        let rest = (x - power * 0.693_359_375) - power * -2.121_944_4e-4
        var sum = rest * 1.987_569_15e-4 + 1.398_199_95e-3
        sum = sum * rest + 8.333_451_9e-3
        sum = sum * rest + 4.166_579_6e-2
        sum = sum * rest + 1.666_666_55e-1
        sum = sum * rest + 5.000_000_1e-1
        sum = sum * (rest * rest) + rest + 1
        let bits = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ SIMD8(repeating: 127 &- 0x4B40_0000)
        return sum * unsafeBitCast(bits &<< 23, to: Lanes.self)
    }

    /// x times the normal distribution function at x, within 1e-6: the error function by formula 7.1.26 of
    /// Abramowitz and Stegun.
    @inline(__always)
    static func gelu(_ x: Lanes) -> Lanes {
        let scaled = x * 0.707_106_78
        let isNegative = scaled .< 0
        let size = scaled.replacing(with: -scaled, where: isNegative)
        let t = 1 / (size * 0.327_591_1 + 1)
        var sum = t * 1.061_405_429 - 1.453_152_027
        sum = sum * t + 1.421_413_741
        sum = sum * t - 0.284_496_736
        sum = sum * t + 0.254_829_592
        let error = 1 - sum * t * exp(-(size * size))
        return 0.5 * x * (error.replacing(with: -error, where: isNegative) + 1)
    }

    /// GELU through tanh, which is a logistic function: 0.5 (1 + tanh u) = 1 / (1 + e^-2u).
    @inline(__always)
    static func tanhGELU(_ x: Lanes) -> Lanes {
        let u = (x * x * x * 0.044_715 + x) * 0.797_884_56
        return x / (exp(-2 * u) + 1)
    }

    /// values = activation(values + bias), for `rows` rows.
    static func activate(
        _ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int, bias: UnsafePointer<Float>,
        _ activation: TransformerConfiguration.Activation
    ) {
        for row in 0..<rows {
            let start = values + row * columns
            for column in 0..<columns { start[column] += bias[column] }
            switch activation {
            case .gelu: map(start, count: columns) { x, _ in gelu(x) }
            case .tanhGELU: map(start, count: columns) { x, _ in tanhGELU(x) }
            case .relu: for column in 0..<columns { start[column] = max(0, start[column]) }
            }
        }
    }

    /// Fills each of `rows` rows with `bias`.
    static func fill(
        _ values: UnsafeMutablePointer<Float>, rows: Int, leading: Int, bias: UnsafePointer<Float>, columns: Int
    ) {
        for row in 0..<rows { (values + row * leading).update(from: bias, count: columns) }
    }

    /// Turns `count` scores into probabilities.
    static func softmax(_ values: UnsafeMutablePointer<Float>, count: Int) {
        guard count > 0 else { return }
        var largest = values[0]
        for index in 1..<max(1, count) { largest = max(largest, values[index]) }
        var sum = Lanes.zero
        // The fill makes the unused lanes of the tail as good as 0.
        map(values, count: count, fill: largest - 1000) { x, _ in
            let y = exp(x - largest)
            sum += y
            return y
        }
        let inverse = 1 / sum.sum()
        for index in 0..<count { values[index] *= inverse }
    }

    /// values = normalised(values + addend + bias) * weight + shift in each of `rows` rows: what follows every block.
    /// `addend` and `bias` may be nil.
    static func addAndNormalize(
        _ values: UnsafeMutablePointer<Float>, adding addend: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
        rows: Int, columns: Int, weight: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float
    ) {
        for row in 0..<rows {
            let x = values + row * columns
            if let addend {
                let y = addend + row * columns
                for column in 0..<columns { x[column] += y[column] }
            }
            if let bias { for column in 0..<columns { x[column] += bias[column] } }
            let mean = sum(x, count: columns) { $0 } / Float(columns)
            let variance = sum(x, count: columns) { ($0 - mean) * ($0 - mean) } / Float(columns)
            let scale = 1 / (variance + epsilon).squareRoot()
            for column in 0..<columns { x[column] = (x[column] - mean) * scale * weight[column] + shift[column] }
        }
    }

    @inline(__always)
    private static func sum(_ x: UnsafePointer<Float>, count: Int, _ body: (Lanes) -> Lanes) -> Float {
        var lanes = Lanes.zero
        var index = 0
        while index + width <= count {
            lanes += body(load(x + index))
            index += width
        }
        var total = lanes.sum()
        while index < count {
            total += body(Lanes(repeating: x[index]))[0]
            index += 1
        }
        return total
    }

    /// sum += values, for `rows` rows.
    static func sumRows(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int, into sum: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let x = values + row * columns
            for column in 0..<columns { sum[column] += x[column] }
        }
    }
}
