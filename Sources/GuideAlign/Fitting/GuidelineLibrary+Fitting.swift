import Fingerpost
import Foundation
import GuidelineStore
import LinearAlgebra
import Platform
import TextEncoder

extension GuidelineLibrary {
    /// Learns from inputs and the guidelines that apply to them how to compare other inputs. Nothing is changed: see
    /// ``Fingerpost/GuidelineLibrary/setAdapter(_:)``.
    ///
    /// The encoder stays as it is. What is learned is a map of the input's vector, from a start in closed form by contrast with
    /// the guidelines of other inputs, and how much of its prominence a guideline loses; see ``RetrieverAdapter``. Inputs are
    /// parted by the seed: a tenth checks the result, and another chooses what is taken. Half of either are all inputs of
    /// some guidelines, which are so new to what was learned as guidelines written tomorrow.
    ///
    /// The report has an adapter only if a search with it does better on the inputs that check by more than chance, and no
    /// worse for new guidelines.
    ///
    /// - Parameters:
    ///   - pairs: inputs with the ids of guidelines that apply to them; those to which nothing applies are passed over. Those
    ///     with the same text are one. An id that was merged into another guideline stands for that one.
    ///   - progress: told what is being done; it may throw to end the work.
    /// - Throws: ``GuideAlignError`` for pairs or options that cannot be used, and what the encoder and the store throw.
    /// - Complexity: O(inputs * (guidelines + batch) * dimension) for each of some epochs.
    public func fit(
        _ pairs: [EvaluationQuery], options: FittingOptions = FittingOptions(), progress: ProgressHandler? = nil
    ) throws -> FittingReport {
        try options.validate()
        let threads = options.threads ?? Processors.available
        let (ids, statements) = try statements()
        let places = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let merged = try Evaluation.mergedPositives(pairs, library: self)
        let pairs = merged.isEmpty ? pairs : pairs.map { $0.resolved(by: merged) }
        let split = try PairSplit(
            pairs, places: places, holdout: options.holdout, seed: options.seed,
            allowsMissing: options.allowsMissingPositives)

        let total = split.items.count
        let encoded = try encoder.encode(batch: split.items.map(\.text), threads: threads) { finished in
            progress?(LibraryProgress(stage: .encoding, completed: finished, total: total))
        }
        let training = AdapterTraining(
            inputs: try Matrix(rows: total, columns: encoder.dimension, elements: encoded.values),
            statements: statements,
            split: split, options: options, threads: threads)
        let outcome = try training.run { done, total in
            try Task.checkCancellation()
            progress?(LibraryProgress(stage: .fitting, completed: done, total: total))
        }
        let choice = try AdapterChoice.best(training, map: outcome.map) { done, total in
            try Task.checkCancellation()
            progress?(LibraryProgress(stage: .choosing, completed: done, total: total))
        }
        var report = FittingReport(training, outcome, choice, guidelineCount: ids.count)
        let check = FittingCheck(library: self, training: training, ids: ids) { done, total in
            progress?(LibraryProgress(stage: .checking, completed: done, total: total))
        }
        let adapter = try check.adapter(choice, report: &report)
        try check.judge(adapter, report: &report)
        return report
    }
}

extension FittingReport {
    init(
        _ training: AdapterTraining, _ outcome: AdapterTraining.Outcome, _ choice: AdapterChoice, guidelineCount: Int
    ) {
        let split = training.split
        trainingCount = split.training.count
        validationCount = split.validation.all.count
        testCount = split.test.all.count
        namedGuidelineCount = Set(split.items.flatMap(\.positives)).count
        self.guidelineCount = guidelineCount
        (duplicateCount, leftOutCount) = (split.duplicateCount, split.leftOutCount)
        unknownGuidelines = split.unknown.sorted()
        start = outcome.start.rawValue
        (epochs, bestEpoch) = (outcome.epochs, outcome.best)
        (share, prominenceWeight) = (choice.share, choice.prominenceWeight)
        parts = []
    }
}
