import Foundation
import LinearAlgebra

/// How high the right guidelines of inputs rank among all, by similarity alone: what choices are made by while fitting.
struct DenseRanking {
    /// What guidelines say, as rows of unit length.
    let statements: Matrix

    /// The first ranks that count.
    private static let cutoff = 10

    /// nDCG@10 and recall@6 of every input.
    struct Gains: Sendable {
        var gain: [Double]
        var recall: [Double]

        var meanGain: Double { gain.reduce(0, +) / Double(max(1, gain.count)) }
        var meanRecall: Double { recall.reduce(0, +) / Double(max(1, recall.count)) }
    }

    /// Gains under each of some penalties, one number for each guideline, that are taken off cosines; an empty penalty takes
    /// nothing off.
    ///
    /// - Parameters:
    ///   - inputs: as rows of unit length.
    ///   - positives: places of the guidelines that apply to each.
    ///   - threads: the result does not depend on it.
    /// - Complexity: O(inputs * guidelines * dimension).
    func gains(
        of inputs: Matrix, positives: [[Int]], penalties: [[Float]] = [[]], threads: Int
    ) throws -> [Gains] {
        let (count, width) = (inputs.rows, statements.rows)
        var gain = [Double](repeating: 0, count: count * penalties.count)
        var recall = gain
        try gain.withUnsafeMutableBufferPointer { gain in
            try recall.withUnsafeMutableBufferPointer { recall in
                nonisolated(unsafe) let (gain, recall) = (gain, recall)
                try inputs.forEachProductBlock(by: statements, transposingOther: true, threads: threads) {
                    rows, block in
                    var scores = [Float](repeating: 0, count: width)
                    for (place, row) in rows.enumerated() {
                        for (variant, penalty) in penalties.enumerated() {
                            for column in 0..<width { scores[column] = block[place * width + column] }
                            if !penalty.isEmpty { for column in 0..<width { scores[column] -= penalty[column] } }
                            let found = Self.gain(of: positives[row], scores)
                            gain[variant * count + row] = found.gain
                            recall[variant * count + row] = found.recall
                        }
                    }
                }
            }
        }
        return penalties.indices.map { variant in
            let range = (variant * count)..<((variant + 1) * count)
            return Gains(gain: Array(gain[range]), recall: Array(recall[range]))
        }
    }

    private static func gain(of positives: [Int], _ scores: [Float]) -> (gain: Double, recall: Double) {
        guard !positives.isEmpty else { return (0, 0) }
        var (gain, found) = (0.0, 0)
        for positive in positives {
            let own = scores[positive]
            var better = 0
            for score in scores where score > own { better += 1 }
            if better < cutoff { gain += 1 / log2(Double(better) + 2) }
            if better < 6 { found += 1 }
        }
        let ideal = (0..<min(cutoff, positives.count)).reduce(0.0) { $0 + 1 / log2(Double($1) + 2) }
        return (gain / ideal, Double(found) / Double(positives.count))
    }

    /// The guidelines nearest to each input, in no particular order. O(inputs * guidelines * dimension).
    func nearest(_ limit: Int, to inputs: Matrix, threads: Int) throws -> [[Int32]] {
        let width = statements.rows
        let limit = min(limit, width)
        var result = [[Int32]](repeating: [], count: inputs.rows)
        try result.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let target = buffer
            try inputs.forEachProductBlock(by: statements, transposingOther: true, threads: threads) { rows, block in
                for (place, row) in rows.enumerated() {
                    var best: [(score: Float, place: Int32)] = []
                    best.reserveCapacity(limit + 1)
                    for column in 0..<width {
                        let score = block[place * width + column]
                        if best.count == limit {
                            guard let last = best.last, score > last.score else { continue }
                            best.removeLast()
                        }
                        let at = best.firstIndex { $0.score < score } ?? best.count
                        best.insert((score, Int32(column)), at: at)
                    }
                    target[row] = best.map(\.place)
                }
            }
        }
        return result
    }
}
