import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("The functions of a network, against double precision")
struct VectorMathTests {
    private let grid = (-4000...4000).map { Float($0) / 40 }

    private func lanes(_ x: Float, _ body: (SIMD8<Float>) -> SIMD8<Float>) -> Float { body(SIMD8(repeating: x))[3] }

    @Test("exponential")
    func exponential() {
        for x in grid where x >= -87 && x <= 88 {
            let exact = exp(Double(x))
            #expect(abs(Double(lanes(x, VectorMath.exp)) - exact) <= exact * 2.5e-7, "\(x)")
        }
        #expect(lanes(-1e9, VectorMath.exp) < 1e-37)
        #expect(lanes(1e9, VectorMath.exp).isFinite)
        #expect(lanes(.nan, VectorMath.exp).isNaN)
    }

    @Test("GELU, and its form with tanh")
    func gelu() {
        for x in grid {
            let d = Double(x)
            #expect(
                abs(Double(lanes(x, VectorMath.gelu)) - 0.5 * d * (1 + erf(d / 2.squareRoot()))) < 1e-6 * max(1, abs(d))
            )
            let inner = (2 / Double.pi).squareRoot() * (d + 0.044715 * d * d * d)
            #expect(abs(Double(lanes(x, VectorMath.tanhGELU)) - 0.5 * d * (1 + tanh(inner))) < 1e-6 * max(1, abs(d)))
        }
    }

    @Test("softmax of every length")
    func softmax() {
        var random = SplitMix64(seed: 1)
        for count in 1...70 {
            var values = (0..<count).map { _ in Float.random(in: -80...80, using: &random) }
            let exact = values.map { exp(Double($0)) }
            let sum = exact.reduce(0, +)
            values.withUnsafeMutableBufferPointer { buffer in
                if let start = buffer.baseAddress { VectorMath.softmax(start, count: count) }
            }
            for (ours, exact) in zip(values, exact) { #expect(abs(Double(ours) - exact / sum) < 1e-6) }
        }
    }

    @Test("addition and layer normalization of every length")
    func normalization() {
        var random = SplitMix64(seed: 2)
        func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -3...3, using: &random) } }
        for columns in 1...40 {
            let rows = 3
            var values = numbers(rows * columns)
            let (addend, bias, weight, shift) =
                (numbers(rows * columns), numbers(columns), numbers(columns), numbers(columns))
            let before = values
            values.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                VectorMath.addAndNormalize(
                    start, adding: addend, bias: bias, rows: rows, columns: columns, weight: weight, shift: shift,
                    epsilon: 1e-5)
            }
            for row in 0..<rows {
                let x = (0..<columns).map { column in
                    Double(before[row * columns + column]) + Double(addend[row * columns + column])
                        + Double(bias[column])
                }
                let mean = x.reduce(0, +) / Double(columns)
                let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
                for column in 0..<columns {
                    let exact =
                        (x[column] - mean) / (variance + 1e-5).squareRoot() * Double(weight[column])
                        + Double(shift[column])
                    #expect(abs(Double(values[row * columns + column]) - exact) < 1e-4)
                }
            }
        }
    }
}
