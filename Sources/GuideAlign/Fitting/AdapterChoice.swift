import Fingerpost
import Foundation
import LinearAlgebra

/// How far to go along a learned map, and how much of a guideline's prominence to take off: chosen by inputs that were not
/// learned from. To go nowhere is among the choices.
///
/// Part of the way is often better than all of it on inputs unlike those learned from (Wortsman et al., "Robust fine-tuning of
/// zero-shot models", CVPR 2022).
struct AdapterChoice: Sendable {
    var share: Float
    var prominenceWeight: Float
    var gain: Double
    var map: QueryMap
    /// Mapped inputs that tell how prominent guidelines are.
    var anchors: Matrix
    /// Of all statements.
    var prominences: [Float]

    static let shares: [Float] = [0, 0.25, 0.5, 0.75, 1]
    static let prominenceWeights: [Float] = [0, 0.25, 0.5, 0.75]
    static let mostAnchors = 2_048
    static let temperature: Float = 0.05

    /// Whether nothing was found that is better than no change.
    var isNothing: Bool { share == 0 && prominenceWeight == 0 }

    static func best(
        _ training: AdapterTraining, map: QueryMap, progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> AdapterChoice {
        let threads = training.threads
        let ranking = DenseRanking(statements: training.statements)
        let choosing = training.choosing
        let positives = choosing.map { training.split.items[$0].positives }
        let validation = training.inputs.gathered(choosing)
        let anchorPlaces = PairSplit.shuffled(training.learning, seed: training.options.seed &+ 4).prefix(mostAnchors)
        let anchorInputs = training.inputs.gathered(Array(anchorPlaces))
        var best: AdapterChoice?
        for (number, share) in shares.enumerated() {
            try progress(number, shares.count)
            let scaled = map.scaled(by: share)
            let anchors = try scaled.apply(anchorInputs, threads: threads).rows
            let prominences = try RetrieverAdapter.prominences(
                of: training.statements, to: anchors, temperature: temperature, threads: threads)
            let gains = try ranking.gains(
                of: scaled.apply(validation, threads: threads).rows, positives: positives,
                penalties: prominenceWeights.map { weight in weight == 0 ? [] : prominences.map { weight * $0 } },
                threads: threads)
            for (weight, gain) in zip(prominenceWeights, gains) where gain.meanGain > best?.gain ?? -1 {
                best = AdapterChoice(
                    share: share, prominenceWeight: weight, gain: gain.meanGain, map: scaled, anchors: anchors,
                    prominences: prominences)
            }
        }
        try progress(shares.count, shares.count)
        return best
            ?? AdapterChoice(
                share: 0, prominenceWeight: 0, gain: 0, map: QueryMap(dimension: training.inputs.columns),
                anchors: Matrix(rows: 0, columns: training.inputs.columns), prominences: [])
    }

    /// The offset and scale by which the similarity of inputs to their guidelines, and to guidelines drawn by chance, is on
    /// average what it was before.
    ///
    /// - Parameter sharpness: what the distance between the two is multiplied by, which makes words weigh less.
    func alignment(_ training: AdapterTraining, sharpness: Float) throws -> (offset: Float, scale: Float) {
        let places = Array(
            PairSplit.shuffled(training.learning, seed: training.options.seed &+ 4).prefix(Self.mostAnchors))
        let inputs = training.inputs.gathered(places)
        let mapped = try map.apply(inputs, threads: training.threads).rows
        let center = training.statements.meanRow
        func mean(_ rows: Matrix) -> (right: Double, chance: Double) {
            var right = 0.0
            for (row, place) in places.enumerated() {
                guard let positive = training.split.items[place].positives.first else { continue }
                right += rows.withRow(row) { one in training.statements.withRow(positive) { Self.product(one, $0) } }
            }
            let chance = zip(rows.meanRow, center).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            return (right / Double(max(1, places.count)), chance)
        }
        let before = mean(inputs)
        var after = mean(mapped)
        if prominenceWeight > 0, !prominences.isEmpty {
            let own = places.reduce(0.0) { sum, place in
                sum + (training.split.items[place].positives.first.map { Double(prominences[$0]) } ?? 0)
            }
            let all = prominences.reduce(0.0) { $0 + Double($1) }
            after.right -= Double(prominenceWeight) * own / Double(max(1, places.count))
            after.chance -= Double(prominenceWeight) * all / Double(prominences.count)
        }
        let (old, new) = (before.right - before.chance, after.right - after.chance)
        guard old > 0, new > 0 else { return (Float(before.chance - after.chance), 1) }
        let scale = min(4, max(0.25, old / new * Double(sharpness)))
        return (Float(before.right - scale * after.right), Float(scale))
    }

    private static func product(_ one: UnsafeBufferPointer<Float>, _ other: UnsafeBufferPointer<Float>) -> Double {
        var sum = 0.0
        for place in one.indices { sum += Double(one[place]) * Double(other[place]) }
        return sum
    }
}
