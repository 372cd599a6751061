import LinearAlgebra
import Platform

/// The map of inputs that is learned: `u = q + q W + b`, at unit length.
struct QueryMap: Sendable {
    var weights: Matrix
    var bias: Matrix

    /// The map that changes nothing.
    init(dimension: Int) {
        weights = Matrix(rows: dimension, columns: dimension)
        bias = Matrix(rows: 1, columns: dimension)
    }

    init(weights: Matrix, bias: Matrix) { (self.weights, self.bias) = (weights, bias) }

    /// Part of the way from no change to this map.
    func scaled(by share: Float) -> QueryMap {
        var map = self
        map.weights.withUnsafeMutableElements { for place in $0.indices { $0[place] *= share } }
        map.bias.withUnsafeMutableElements { for place in $0.indices { $0[place] *= share } }
        return map
    }

    /// Maps the rows of a matrix, and says how long each was before it was brought to unit length.
    func apply(_ inputs: Matrix, threads: Int) throws -> (rows: Matrix, lengths: [Float]) {
        var mapped = try inputs.multiplied(by: weights, threads: threads)
        var lengths = [Float](repeating: 0, count: inputs.rows)
        let width = inputs.columns
        inputs.withUnsafeElements { inputs in
            bias.withUnsafeElements { bias in
                mapped.withUnsafeMutableElements { mapped in
                    for row in lengths.indices {
                        var square: Float = 0
                        for place in 0..<width {
                            let value = mapped[row * width + place] + inputs[row * width + place] + bias[place]
                            mapped[row * width + place] = value
                            square += value * value
                        }
                        let length = max(square.squareRoot(), 1e-9)
                        lengths[row] = length
                        for place in 0..<width { mapped[row * width + place] /= length }
                    }
                }
            }
        }
        return (mapped, lengths)
    }
}

extension Matrix {
    /// The rows at some places, in that order.
    ///
    /// - Precondition: they are rows of the matrix.
    func gathered(_ places: [Int]) -> Matrix {
        withUnsafeElements { source in
            Matrix(rows: places.count, columns: columns) { target in
                for (row, place) in places.enumerated() {
                    _ = target.extracting((row * columns)..<((row + 1) * columns))
                        .initialize(fromContentsOf: source[(place * columns)..<((place + 1) * columns)])
                }
            }
        }
    }

    /// The mean of the rows; zeros where there are none.
    var meanRow: [Float] {
        var sums = [Double](repeating: 0, count: columns)
        withUnsafeElements { elements in
            for row in 0..<rows {
                for column in 0..<columns { sums[column] += Double(elements[row * columns + column]) }
            }
        }
        return sums.map { Float($0 / Double(max(1, rows))) }
    }
}
