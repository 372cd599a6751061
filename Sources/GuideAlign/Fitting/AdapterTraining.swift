import Fingerpost
import Foundation
import LinearAlgebra
import Platform

/// Learns a map of inputs from pairs.
struct AdapterTraining {
    /// Vectors of all inputs of the split, as rows of unit length, and what the guidelines say.
    let inputs: Matrix
    let statements: Matrix
    let split: PairSplit
    let options: FittingOptions
    let threads: Int

    /// What a map begins from.
    enum Start: String, Sendable, CaseIterable {
        case identity
        /// The ridge regression of guidelines on inputs, held near to no change.
        case ridge
        /// The rotation of inputs, about their mean, onto guidelines.
        case rotation
    }

    struct Outcome: Sendable {
        var map: QueryMap
        var start: Start
        /// The first is before anything was learned.
        var epochs: [FittingReport.Epoch]
        /// The epoch whose map it is.
        var best: Int
    }

    /// Inputs that choose between epochs at most.
    private static let mostChoosing = 1_500
    /// What the ridge regression is held back by, in units of the inputs' mean square.
    private static let ridgePenalty: Float = 10
    private static let warmUpSteps = 20
    private static let usualSteps = 170
    private static let minedPool = 30

    /// Inputs that choose, a sample of them where they are many.
    var choosing: [Int] {
        let all = split.validation.all
        return Array(PairSplit.shuffled(all, seed: options.seed &+ 2).prefix(Self.mostChoosing)).sorted()
    }

    /// The inputs to learn from that the encoder knows a word of.
    var learning: [Int] {
        split.training.filter { place in inputs.withRow(place) { $0.contains { $0 != 0 } } }
    }

    func run(progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Outcome {
        let learning = learning
        let choosing = choosing
        let ranking = DenseRanking(statements: statements)
        let validation = inputs.gathered(choosing)
        let positives = choosing.map { split.items[$0].positives }
        func judge(_ map: QueryMap) throws -> DenseRanking.Gains {
            try ranking.gains(of: map.apply(validation, threads: threads).rows, positives: positives, threads: threads)[
                0]
        }

        var (map, start) = (QueryMap(dimension: inputs.columns), Start.identity)
        var best = try judge(map)
        for other in Start.allCases where other != .identity && !learning.isEmpty {
            let candidate = try self.map(other, learning: learning)
            let gains = try judge(candidate)
            if gains.meanGain > best.meanGain { (map, start, best) = (candidate, other, gains) }
        }
        var outcome = Outcome(
            map: map, start: start,
            epochs: [FittingReport.Epoch(loss: nil, gain: best.meanGain, recall: best.meanRecall)], best: 0)
        let batch = min(options.batchSize, max(16, learning.count / 4))
        let steps = max(1, learning.count / batch)
        let epochs = options.epochs ?? min(60, max(6, (Self.usualSteps + steps - 1) / steps))
        let patience = max(3, epochs / 4)
        guard learning.count >= 2 else { return outcome }

        let width = inputs.columns
        var (weightSteps, biasSteps) = (Adam(count: width * width), Adam(count: width))
        var random = SplitMix64(seed: SplitMix64.mix(options.seed &+ 3))
        var step = 0
        var mined: [[Int32]] = []
        for epoch in 0..<epochs {
            if options.hardNegatives > 0, epoch.isMultiple(of: 2) {
                let mapped = try map.apply(inputs.gathered(learning), threads: threads).rows
                mined = try ranking.nearest(Self.minedPool, to: mapped, threads: threads)
            }
            let order = learning.indices.shuffled(using: &random)
            var loss = 0.0
            for number in 0..<steps {
                try progress(epoch * steps + number, epochs * steps)
                let rows = Array(order[(number * batch)..<min(order.count, (number + 1) * batch)])
                let result = try self.batch(rows, of: learning, mined: mined, random: &random)
                    .evaluate(map, threads: threads)
                loss += result.loss
                step += 1
                let warmUp = min(1, Float(step) / Float(Self.warmUpSteps))
                let rate = options.learningRate * warmUp * max(0.02, 1 - Float(step) / Float(epochs * steps))
                map.weights.withUnsafeMutableElements { numbers in
                    result.weights.withUnsafeElements { weightSteps.update(numbers, gradient: $0, rate: rate) }
                }
                map.bias.withUnsafeMutableElements { numbers in
                    result.bias.withUnsafeElements { biasSteps.update(numbers, gradient: $0, rate: rate) }
                }
            }
            let gains = try judge(map)
            outcome.epochs.append(
                FittingReport.Epoch(loss: loss / Double(steps), gain: gains.meanGain, recall: gains.meanRecall))
            if gains.meanGain > best.meanGain { (outcome.map, best, outcome.best) = (map, gains, epoch + 1) }
            if epoch + 1 - outcome.best >= patience { break }
        }
        try progress(epochs * steps, epochs * steps)
        return outcome
    }

    private func batch(
        _ rows: [Int], of learning: [Int], mined: [[Int32]], random: inout SplitMix64
    ) throws -> ContrastiveBatch {
        let positives = rows.map { split.items[learning[$0]].positives }
        var columns = positives.map { $0[Int(random.next(upperBound: UInt64($0.count)))] }
        if !mined.isEmpty {
            for _ in 0..<options.hardNegatives {
                for row in rows where !mined[row].isEmpty {
                    columns.append(Int(mined[row][Int(random.next(upperBound: UInt64(mined[row].count)))]))
                }
            }
        }
        let guidelines = statements.gathered(columns)
        return ContrastiveBatch(
            inputs: inputs.gathered(rows.map { learning[$0] }), guidelines: guidelines,
            isMasked: try ContrastiveBatch.mask(
                positives: positives, columns: columns, guidelines: guidelines,
                similarity: options.falseNegativeSimilarity, threads: threads),
            temperature: options.temperature)
    }

    /// A map in closed form.
    func map(_ start: Start, learning: [Int]) throws -> QueryMap {
        let width = inputs.columns
        guard start != .identity else { return QueryMap(dimension: width) }
        var places: [Int] = []
        var targets: [Int] = []
        for place in learning {
            for positive in split.items[place].positives {
                places.append(place)
                targets.append(positive)
            }
        }
        var (x, y) = (inputs.gathered(places), statements.gathered(targets))
        if start == .ridge {
            y.subtract(x)
            let penalty = Self.ridgePenalty * Float(places.count) / Float(width)
            return QueryMap(
                weights: try x.ridgeRegression(rightHandSide: y, penalty: penalty, threads: threads),
                bias: Matrix(rows: 1, columns: width))
        }
        let (from, to) = (x.meanRow, y.meanRow)
        x.subtract(row: from)
        y.subtract(row: to)
        var weights = try x.orthogonalProcrustes(rightHandSide: y, threads: threads)
        // q R - from R + to, as q + q W + b.
        let moved = try weights.multiplied(by: from, transposingSelf: true)
        for index in 0..<width { weights[index, index] -= 1 }
        return QueryMap(
            weights: weights, bias: try Matrix(rows: 1, columns: width, elements: zip(to, moved).map { $0 - $1 }))
    }
}

extension Matrix {
    fileprivate mutating func subtract(_ other: Matrix) {
        other.withUnsafeElements { other in
            withUnsafeMutableElements { for place in $0.indices { $0[place] -= other[place] } }
        }
    }

    fileprivate mutating func subtract(row: [Float]) {
        withUnsafeMutableElements { for place in $0.indices { $0[place] -= row[place % row.count] } }
    }
}

extension SplitMix64 {
    /// A number below the bound, which is above 0.
    fileprivate mutating func next(upperBound: UInt64) -> UInt64 { next().multipliedFullWidth(by: upperBound).high }
}
