import Foundation
import LinearAlgebra
import Platform

/// Inputs with the guideline that applies to each, and wrong answers: the guidelines of the others, and perhaps more.
///
/// The loss is the mean of two cross-entropies: of each input's guideline among all of the batch, and of each guideline's
/// input among all inputs (van den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018;
/// both ways as in Radford et al., 2021).
struct ContrastiveBatch {
    /// The inputs, at unit length.
    var inputs: Matrix
    /// First the guideline of each input in their order, then others; at unit length.
    var guidelines: Matrix
    /// By input and guideline, row after row: answers that are not wrong, and are left out.
    var isMasked: [Bool]
    var temperature: Float

    struct Result {
        var loss: Double
        var weights: Matrix
        var bias: Matrix
    }

    /// Leaves out, as wrong answers, the guidelines that apply to the input too and those that say nearly the same as one
    /// that does.
    ///
    /// - Parameter positives: places of the guidelines that apply to each input.
    static func mask(
        positives: [[Int]], columns: [Int], guidelines: Matrix, similarity: Float, threads: Int
    ) throws -> [Bool] {
        let count = positives.count
        let similarities = try guidelines.gathered(Array(0..<count)).multiplied(
            by: guidelines, transposingOther: true, threads: threads)
        var isMasked = similarities.withUnsafeElements { $0.map { $0 >= similarity } }
        for (row, own) in positives.enumerated() {
            if own.count > 1 {
                let own = Set(own)
                for (column, place) in columns.enumerated() where own.contains(place) {
                    isMasked[row * columns.count + column] = true
                }
            }
            isMasked[row * columns.count + row] = false
        }
        return isMasked
    }

    /// The loss and its gradient by the numbers of the map. The result does not depend on the threads.
    func evaluate(_ map: QueryMap, threads: Int) throws -> Result {
        let (mapped, lengths) = try map.apply(inputs, threads: threads)
        var scores = try mapped.multiplied(by: guidelines, transposingOther: true, threads: threads)
        let loss = turnIntoGradient(&scores, threads: threads)
        var gradient = try scores.multiplied(by: guidelines, threads: threads)
        let width = inputs.columns
        var bias = [Double](repeating: 0, count: width)
        mapped.withUnsafeElements { mapped in
            gradient.withUnsafeMutableElements { gradient in
                for row in lengths.indices {
                    var along: Float = 0
                    for place in 0..<width { along += gradient[row * width + place] * mapped[row * width + place] }
                    for place in 0..<width {
                        let value =
                            (gradient[row * width + place] - along * mapped[row * width + place]) / lengths[row]
                        gradient[row * width + place] = value
                        bias[place] += Double(value)
                    }
                }
            }
        }
        return Result(
            loss: loss, weights: try inputs.multiplied(by: gradient, transposingSelf: true, threads: threads),
            bias: try Matrix(rows: 1, columns: width, elements: bias.map(Float.init)))
    }

    /// Rows that are summed together, so that sums do not depend on the threads.
    private static let chunk = 64

    /// Puts the gradient by each cosine in its place, and returns the loss.
    private func turnIntoGradient(_ scores: inout Matrix, threads: Int) -> Double {
        let (count, width, temperature) = (scores.rows, scores.columns, temperature)
        let chunks = (count + Self.chunk - 1) / Self.chunk
        var logits = [Double](repeating: 0, count: count)
        var rowSums = [Float](repeating: 0, count: count)
        var partialSums = [Float](repeating: 0, count: chunks * count)
        var columnSums = [Float](repeating: 0, count: count)
        isMasked.withUnsafeBufferPointer { isMasked in
            scores.withUnsafeMutableElements { scores in
                logits.withUnsafeMutableBufferPointer { logits in
                    rowSums.withUnsafeMutableBufferPointer { rowSums in
                        partialSums.withUnsafeMutableBufferPointer { partialSums in
                            nonisolated(unsafe) let (mask, scores, logits) = (isMasked, scores, logits)
                            nonisolated(unsafe) let (rowSums, partialSums) = (rowSums, partialSums)
                            Parallel.forEachRange(count, chunk: Self.chunk, threads: threads) { rows, _ in
                                let own = rows.lowerBound / Self.chunk * count
                                for row in rows {
                                    logits[row] = Double((scores[row * width + row] - 1) / temperature)
                                    var sum: Float = 0
                                    for column in 0..<width {
                                        let place = row * width + column
                                        // No cosine is above 1, so that this neither overflows nor, at the temperatures
                                        // allowed, vanishes.
                                        let value = mask[place] ? 0 : exp((scores[place] - 1) / temperature)
                                        scores[place] = value
                                        sum += value
                                        if column < count { partialSums[own + column] += value }
                                    }
                                    rowSums[row] = sum
                                }
                            }
                        }
                    }
                }
                for chunk in 0..<chunks {
                    for column in 0..<count { columnSums[column] += partialSums[chunk * count + column] }
                }
                let share = 1 / (2 * Float(count) * temperature)
                nonisolated(unsafe) let target = scores
                let (rowSums, columnSums) = (rowSums, columnSums)
                Parallel.forEachRange(count, chunk: Self.chunk, threads: threads) { rows, _ in
                    for row in rows {
                        for column in 0..<width {
                            let place = row * width + column
                            var value = target[place] / rowSums[row]
                            if column < count { value += target[place] / columnSums[column] }
                            target[place] = value * share
                        }
                        target[row * width + row] -= 2 * share
                    }
                }
            }
        }
        var loss = 0.0
        for row in 0..<count {
            loss += (log(Double(rowSums[row])) + log(Double(columnSums[row]))) / 2 - logits[row]
        }
        return loss / Double(count)
    }
}
