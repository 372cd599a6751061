import LinearAlgebra
import Platform

/// Inputs with known answers beside the guidelines of a scope: everything that thresholds are chosen by.
struct CalibrationStudy: Sendable {
    /// What there is to know about an input.
    struct Input: Sendable {
        var isBenign: Bool
        /// Which of the parts it is in, each of which is judged by what the others teach.
        var fold: Int
        /// The nearest guidelines with their similarities, best first.
        var nearest: [(guideline: Int, similarity: Float)] = []
        /// The guideline that is furthest above what it reaches by chance, and by how much.
        var striking: (guideline: Int, similarity: Float, excess: Float) = (-1, -1, -.infinity)
        /// See ``Precedents/margin(of:)``; by precedents without its own part.
        var margin: Float = 0

        var best: Float { nearest.first?.similarity ?? -.infinity }
    }

    static let foldCount = 5

    private(set) var inputs: [Input]
    /// How much further than others each guideline reaches by chance, by all benign inputs.
    private(set) var offsets: [Float] = []
    /// Of all inputs; nil where they are too few.
    private(set) var precedents: Precedents?

    /// - Parameters:
    ///   - vectors: of the inputs, as rows.
    ///   - isBenign: whether nothing applies to each input.
    ///   - folds: the part of each input.
    ///   - progress: told how much of the work is done, of how much.
    init(
        _ vectors: Matrix, isBenign: [Bool], folds: [Int], of similarities: ScopeSimilarities, limit: Int,
        usesPrecedents: Bool, threads: Int, progress: ((Int, Int) -> Void)?
    ) throws {
        inputs = zip(isBenign, folds).map { Input(isBenign: $0, fold: $1) }
        let steps = Self.foldCount + 3
        progress?(0, steps)
        let chance = try Self.chance(vectors, inputs, similarities, threads: threads)
        offsets = chance.offsets(without: nil)
        progress?(1, steps)
        try compare(vectors, with: similarities, chance: chance, limit: limit, threads: threads)
        progress?(2, steps)
        guard usesPrecedents else { return }
        for fold in 0..<Self.foldCount {
            if let others = try Self.precedents(vectors, inputs, without: fold, threads: threads) {
                for index in inputs.indices where inputs[index].fold == fold && inputs[index].best > -.infinity {
                    inputs[index].margin = try others.margin(of: vectors.row(index))
                }
            }
            progress?(3 + fold, steps)
        }
        precedents = try Self.precedents(vectors, inputs, without: nil, threads: threads)
        progress?(steps, steps)
    }

    // MARK: Chance

    /// Sums over benign inputs, by part and guideline.
    private struct Chance {
        let guidelines: Int
        var counts = [Int](repeating: 0, count: foldCount)
        var sums: [Double]
        var squares: [Double]

        init(guidelines: Int) {
            self.guidelines = guidelines
            sums = [Double](repeating: 0, count: guidelines * foldCount)
            squares = sums
        }

        /// How far each guideline's similarity goes by chance, mean and three standard deviations, against the average of
        /// all guidelines; 0 for all where there are too few inputs to tell.
        func offsets(without fold: Int?) -> [Float] {
            let folds = (0..<foldCount).filter { $0 != fold }
            let count = Double(folds.reduce(0) { $0 + counts[$1] })
            guard count >= Double(Precedents.fewestInputs), guidelines > 0 else {
                return [Float](repeating: 0, count: guidelines)
            }
            let reaches = (0..<guidelines).map { guideline in
                let sum = folds.reduce(0) { $0 + sums[$1 * guidelines + guideline] }
                let square = folds.reduce(0) { $0 + squares[$1 * guidelines + guideline] }
                let mean = sum / count
                return mean + 3 * max(0, square / count - mean * mean).squareRoot()
            }
            let average = reaches.reduce(0, +) / Double(guidelines)
            return reaches.map { Float($0 - average) }
        }
    }

    private static func chance(
        _ vectors: Matrix, _ inputs: [Input], _ similarities: ScopeSimilarities, threads: Int
    ) throws -> Chance {
        let benign = inputs.indices.filter { inputs[$0].isBenign }
        var chance = Chance(guidelines: similarities.guidelines.count)
        // In blocks that are summed in their order, so that the result does not depend on the threads.
        let block = max(1, min(4_096, (32 << 20) / max(1, chance.guidelines)))
        for start in stride(from: 0, to: benign.count, by: block) {
            let places = benign[start..<min(start + block, benign.count)]
            let rows = try Matrix(places.map { vectors.row($0) })
            let results = Locked([[Float]](repeating: [], count: places.count))
            try similarities.forEach(rows, threads: threads) { input, values in
                results.withLock { $0[input] = values }
            }
            for (place, values) in zip(places, results.withLock { $0 }) {
                let base = inputs[place].fold * chance.guidelines
                chance.counts[inputs[place].fold] += 1
                for (guideline, value) in values.enumerated() {
                    chance.sums[base + guideline] += Double(value)
                    chance.squares[base + guideline] += Double(value) * Double(value)
                }
            }
        }
        return chance
    }

    // MARK: Comparisons

    private mutating func compare(
        _ vectors: Matrix, with similarities: ScopeSimilarities, chance: Chance, limit: Int, threads: Int
    ) throws {
        let offsets = (0..<Self.foldCount).map { chance.offsets(without: $0) }
        let compared = Locked(inputs)
        let folds = inputs.map(\.fold)
        try similarities.forEach(vectors, threads: threads) { input, values in
            var nearest: [(guideline: Int, similarity: Float)] = []
            var striking: (guideline: Int, similarity: Float, excess: Float) = (-1, -1, -.infinity)
            let own = offsets[folds[input]]
            for (guideline, value) in values.enumerated() {
                if nearest.count < limit || value > nearest[limit - 1].similarity {
                    if nearest.count == limit { nearest.removeLast() }
                    let place = nearest.firstIndex { $0.similarity < value } ?? nearest.count
                    nearest.insert((guideline, value), at: place)
                }
                if value - own[guideline] > striking.excess { striking = (guideline, value, value - own[guideline]) }
            }
            compared.withLock {
                $0[input].nearest = nearest
                $0[input].striking = striking
            }
        }
        inputs = compared.withLock { $0 }
        // An input without any word that the encoder knows is near to nothing.
        for index in inputs.indices where vectors.row(index).allSatisfy({ $0 == 0 }) {
            inputs[index].nearest = []
            inputs[index].striking.excess = -.infinity
        }
    }

    private static func precedents(
        _ vectors: Matrix, _ inputs: [Input], without fold: Int?, threads: Int
    ) throws -> Precedents? {
        func rows(areBenign: Bool) throws -> Matrix {
            let all = inputs.indices.filter {
                inputs[$0].isBenign == areBenign && inputs[$0].fold != fold && inputs[$0].best > -.infinity
            }
            let step = max(1, (all.count + Precedents.mostInputs - 1) / Precedents.mostInputs)
            return try Matrix(stride(from: 0, to: all.count, by: step).map { vectors.row(all[$0]) })
        }
        return try Precedents(applying: rows(areBenign: false), benign: rows(areBenign: true), threads: threads)
    }
}
