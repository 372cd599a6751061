import Fingerpost
import LinearAlgebra
import Platform

/// Compares what searches find with an adapter and without, words and all, on inputs that were not learned from.
struct FittingCheck {
    let library: GuidelineLibrary
    let training: AdapterTraining
    /// Of the guidelines, by their places.
    let ids: [String]
    let progress: (_ done: Int, _ total: Int) -> Void

    /// What the distance between right guidelines and chance is multiplied by, against what it was before fitting; a larger
    /// one makes words weigh less.
    private static let sharpnesses: [Float] = [0.7, 1, 1.4]
    private static let rankCount = 10

    /// The adapter of a choice, with the weight of words against it that is best for the inputs that choose.
    func adapter(_ choice: AdapterChoice, report: inout FittingReport) throws -> RetrieverAdapter {
        var best: (adapter: RetrieverAdapter, gain: Double)?
        for (number, sharpness) in Self.sharpnesses.enumerated() {
            progress(number, Self.sharpnesses.count + 2)
            let adapter = try self.adapter(choice, sharpness: sharpness, report: report)
            let gain = try gains(of: training.choosing, adapter: adapter).meanGain
            if gain > best?.gain ?? -1 { best = (adapter, gain) }
        }
        return try best?.adapter ?? self.adapter(choice, sharpness: 1, report: report)
    }

    private func adapter(
        _ choice: AdapterChoice, sharpness: Float, report: FittingReport
    ) throws -> RetrieverAdapter {
        let (offset, scale) = try choice.alignment(training, sharpness: sharpness)
        let identity = library.encoder.identity
        return try RetrieverAdapter(
            dimension: identity.dimension, weights: choice.map.weights.elements, bias: choice.map.bias.elements,
            prominenceWeight: choice.prominenceWeight, temperature: AdapterChoice.temperature,
            anchors: choice.prominenceWeight > 0 ? choice.anchors.elements : [], offset: offset, scale: scale,
            origin: RetrieverAdapter.Origin(
                encoder: "\(identity)", encoderSHA256: identity.sha256,
                libraryVersion: try library.information().statistics.libraryVersion, inputs: report.trainingCount,
                guidelines: Set(training.learning.flatMap { training.split.items[$0].positives }).count,
                seed: training.options.seed, before: 0, after: 0, low: 0, high: 0, heldOut: report.testCount))
    }

    /// Notes how an adapter does on the inputs that check, and keeps it if it is a clear gain.
    func judge(_ adapter: RetrieverAdapter, report: inout FittingReport) throws {
        let test = training.split.test
        let places = test.all
        progress(Self.sharpnesses.count, Self.sharpnesses.count + 2)
        let before = try gains(of: places, adapter: nil)
        progress(Self.sharpnesses.count + 1, Self.sharpnesses.count + 2)
        let after = try gains(of: places, adapter: adapter)
        let groups = places.map { training.split.items[$0].positives.first ?? -1 }
        func part(_ kind: FittingReport.Part.Kind, _ range: Range<Int>) -> FittingReport.Part? {
            guard !range.isEmpty else { return nil }
            func mean(_ values: [Double]) -> Double { values[range].reduce(0, +) / Double(range.count) }
            return FittingReport.Part(
                kind: kind, gainBefore: mean(before.gain), gainAfter: mean(after.gain),
                recallBefore: mean(before.recall), recallAfter: mean(after.recall),
                difference: PairedDifference(
                    range.map { after.gain[$0] - before.gain[$0] }, groups: Array(groups[range])))
        }
        let new = test.newGuidelines.count
        report.parts = [
            part(.newGuidelines, 0..<new), part(.knownGuidelines, new..<places.count), part(.all, places.indices),
        ].compactMap(\.self)
        progress(Self.sharpnesses.count + 2, Self.sharpnesses.count + 2)

        guard let all = report.parts.last else { return }
        if report.share == 0, report.prominenceWeight == 0 {
            report.refusal = .nothingLearned
        } else if !(all.difference.low > 0) {
            report.refusal = .noClearGain
        } else if let new = report.parts.first(where: { $0.kind == .newGuidelines }), new.difference.mean < 0 {
            report.refusal = .worseForNewGuidelines
        } else {
            var origin = adapter.origin
            (origin.before, origin.after) = (all.gainBefore, all.gainAfter)
            (origin.low, origin.high) = (all.difference.low, all.difference.high)
            report.adapter = try RetrieverAdapter(
                dimension: adapter.dimension, weights: adapter.weights, bias: adapter.bias,
                prominenceWeight: adapter.prominenceWeight, temperature: adapter.temperature, anchors: adapter.anchors,
                offset: adapter.offset, scale: adapter.scale, origin: origin)
        }
    }

    private func gains(of places: [Int], adapter: RetrieverAdapter?) throws -> DenseRanking.Gains {
        let found = try library.rankings(
            of: training.inputs.gathered(places), texts: places.map { training.split.items[$0].text }, adapter: adapter,
            limit: Self.rankCount, options: RetrievalOptions(limit: Self.rankCount), threads: training.threads)
        var gains = DenseRanking.Gains(gain: [], recall: [])
        for (place, ranked) in zip(places, found) {
            var metrics = RetrievalMetrics(recallCutoffs: [6])
            metrics.record(ranked: ranked, relevant: Set(training.split.items[place].positives.map { ids[$0] }))
            gains.gain.append(metrics.normalizedDiscountedCumulativeGain ?? 0)
            gains.recall.append(metrics.recall(at: 6) ?? 0)
        }
        return gains
    }
}
