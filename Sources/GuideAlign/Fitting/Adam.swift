import Foundation

/// Steps along a gradient that are scaled for each number by how large its gradients have been (Kingma and Ba, "Adam: A
/// Method for Stochastic Optimization", ICLR 2015).
struct Adam: Sendable {
    private var mean: [Float]
    private var square: [Float]
    private var step: Float = 0
    private static let (decay, squareDecay): (Float, Float) = (0.9, 0.99)

    init(count: Int) {
        mean = [Float](repeating: 0, count: count)
        square = mean
    }

    /// Moves the numbers against their gradient.
    ///
    /// - Precondition: there are as many gradients as numbers.
    mutating func update(
        _ numbers: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>, rate: Float
    ) {
        precondition(numbers.count == mean.count && gradient.count == mean.count, "as many gradients as numbers")
        step += 1
        let size = rate / (1 - pow(Self.decay, step))
        let correction = 1 / (1 - pow(Self.squareDecay, step))
        mean.withUnsafeMutableBufferPointer { mean in
            square.withUnsafeMutableBufferPointer { square in
                for place in numbers.indices {
                    let value = gradient[place]
                    mean[place] = Self.decay * mean[place] + (1 - Self.decay) * value
                    square[place] = Self.squareDecay * square[place] + (1 - Self.squareDecay) * value * value
                    numbers[place] -= size * mean[place] / ((square[place] * correction).squareRoot() + 1e-8)
                }
            }
        }
    }
}
