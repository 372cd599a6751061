import GuidelineStore
import LinearAlgebra
import Platform

/// A library as it is at one moment, to see how well it covers inputs: every input is compared with every passage.
///
/// What is said of an input is what a search by meaning alone would say of it, with the library's own thresholds, those of
/// its ``Calibration`` and its ``RetrieverAdapter``.
package struct LibraryCover: Sendable {
    /// How near an input is to a guideline.
    package struct Nearness: Sendable, Hashable {
        /// The place of the guideline in ``guidelines``.
        package var guideline: Int
        package var similarity: Float
    }

    /// What the library has for an input.
    package struct Answer: Sendable, Hashable {
        /// The nearest guidelines, best first, equal ones in the order of the guidelines.
        package var nearest: [Nearness]
        /// Whether some guideline reaches its threshold; nil where none has one.
        package var isMatched: Bool?
        /// What the calibration adds to the similarity of each guideline; 0 without one.
        package var shift: Float
        /// How likely the input needs guidance at all, against an even chance; nil where the library has not learned that.
        package var need: Double?
    }

    /// The active guidelines that have vectors.
    package let guidelines: [Guideline]
    package let libraryVersion: Int
    let similarities: ScopeSimilarities
    /// The evidence from which each guideline counts; nil where it has no threshold.
    private let thresholds: [Float?]
    /// Whether the calibration's shift is added to the similarity for that comparison.
    private let isShifted: [Bool]
    private let calibration: Calibration?

    init(
        _ similarities: ScopeSimilarities, guidelines: [Guideline], calibration: Calibration?,
        isInScope: (Int) -> Bool, minimumScore: Float?, libraryVersion: Int
    ) {
        self.similarities = similarities
        self.guidelines = guidelines
        self.calibration = calibration
        self.libraryVersion = libraryVersion
        var thresholds: [Float?] = []
        var isShifted: [Bool] = []
        for (place, guideline) in guidelines.enumerated() {
            let own = guideline.threshold.map { Float($0) } ?? minimumScore
            let learned = own == nil && isInScope(place) ? calibration?.threshold(for: guideline.id) : nil
            thresholds.append(own ?? learned)
            isShifted.append(learned != nil)
        }
        self.thresholds = thresholds
        self.isShifted = isShifted
    }

    /// Whether some guideline has a threshold, so that inputs can be told to match or not.
    package var hasThresholds: Bool { thresholds.contains { $0 != nil } }

    /// The evidence from which a guideline counts; nil where it has no threshold.
    package func threshold(of guideline: Int) -> Float? { thresholds[guideline] }

    /// The evidence that a guideline has by a similarity, as it is compared with its threshold.
    package func evidence(of guideline: Int, similarity: Float, shift: Float) -> Float {
        isShifted[guideline] ? similarity + shift : similarity
    }

    /// What the library has for each input, in their order.
    ///
    /// - Parameter inputs: vectors of the library's encoder, as rows.
    /// - Complexity: O(inputs * passages * dimension).
    package func answers(to inputs: Matrix, limit: Int, threads: Int) throws -> [Answer] {
        guard !guidelines.isEmpty else {
            return (0..<inputs.rows).map { _ in Answer(nearest: [], isMatched: nil, shift: 0, need: nil) }
        }
        let results = ParallelResults<Answer, any Error>(count: inputs.rows)
        try similarities.forEach(inputs, threads: threads) { input, values in
            results.set(input) {
                let standing = try calibration?.standing(of: inputs.row(input)) ?? (shift: 0, need: nil)
                return Answer(
                    nearest: Self.best(values, limit: limit),
                    isMatched: hasThresholds ? isMatched(values, shift: standing.shift) : nil,
                    shift: standing.shift, need: standing.need)
            }
        }
        return try results.values()
    }

    private func isMatched(_ similarities: [Float], shift: Float) -> Bool {
        for (guideline, similarity) in similarities.enumerated() {
            guard let threshold = thresholds[guideline] else { continue }
            if evidence(of: guideline, similarity: similarity, shift: shift) >= threshold { return true }
        }
        return false
    }

    private static func best(_ similarities: [Float], limit: Int) -> [Nearness] {
        var best: [Nearness] = []
        for (guideline, similarity) in similarities.enumerated() {
            if best.count >= limit, let last = best.last, last.similarity >= similarity { continue }
            let place = best.firstIndex { $0.similarity < similarity } ?? best.count
            best.insert(Nearness(guideline: guideline, similarity: similarity), at: place)
            if best.count > limit { best.removeLast() }
        }
        return best
    }
}

extension GuidelineLibrary {
    /// The library's active guidelines, to see how well they cover inputs.
    ///
    /// - Parameters:
    ///   - filter: guidelines that it is about; nil for all.
    ///   - minimumScore: the threshold of guidelines without one of their own, in the place of what the library has learned.
    /// - Throws: ``FingerpostError/invalidCalibration(library:problem:)`` for a calibration that was made before the
    ///   retriever was fitted otherwise.
    /// - Complexity: O(passages * dimension), in time and memory.
    package func cover(filter: GuidelineFilter? = nil, minimumScore: Float? = nil) throws -> LibraryCover {
        let passages = try currentPassages(withWords: false)
        let allowed = try filter.map { try filters.allowed(by: $0, in: passages, of: database).isAllowed }
        let similarities = try ScopeSimilarities(passages) { allowed?[$0] ?? true }
        var byRow: [Int64: Guideline] = [:]
        try database.forEachGuideline { row, guideline in byRow[row] = guideline }
        let guidelines = similarities.guidelines.compactMap { byRow[$0] }
        guard guidelines.count == similarities.guidelines.count else {
            // Removed by another process since the index was read.
            throw FingerpostError.indexMismatch(library: folder.path)
        }
        let calibration = minimumScore == nil ? try passages.calibration.get() : nil
        if let calibration, calibration.adapter != (try passages.adapter.get()?.id) {
            throw FingerpostError.invalidCalibration(
                library: folder.path, problem: "it was made for a retriever that was fitted otherwise")
        }
        let scope = try calibration?.scope.map { try filters.allowed(by: $0, in: passages, of: database).isAllowed }
        return LibraryCover(
            similarities, guidelines: guidelines, calibration: calibration,
            isInScope: { place in
                guard let scope else { return true }
                return passages.table.slot(ofGuideline: similarities.guidelines[place]).map { scope[$0] } ?? false
            }, minimumScore: minimumScore, libraryVersion: passages.libraryVersion)
    }
}

extension Calibration {
    /// What is added to the similarity of every guideline for an input, and how likely it needs guidance if as many inputs
    /// did as did not.
    func standing(of vector: [Float]) throws -> (shift: Float, need: Double?) {
        guard let precedents, vector.contains(where: { $0 != 0 }) else { return (0, nil) }
        let margin = try precedents.margin(of: vector)
        return (weight > 0 ? weight * margin : 0, InputPrecedents.chance(margin))
    }
}
