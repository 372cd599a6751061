import Foundation
import Testing

@testable import Fingerpost

@Suite("Figures of a scorecard")
struct ScorecardFiguresTests {
    private func figures(_ ranked: [Int], _ grades: [Int: Double]) -> [ScorecardMetric: Double] {
        Dictionary(
            uniqueKeysWithValues: zip(ScorecardMetric.ofRankings, QueryFigures.values(ranked: ranked, grades: grades)))
    }

    private func isClose(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-12 } ?? false
    }

    // MARK: One query

    @Test("Graded documents at ranks 2, 3 and 12, by hand")
    func byHand() {
        var ranked = Array(100..<120)
        (ranked[1], ranked[2], ranked[11]) = (7, 8, 9)
        let found = figures(ranked, [7: 1, 8: 3, 9: 2])
        let gain = 1 / log2(3.0) + 3 / log2(4.0)
        let ideal = 3 / log2(2.0) + 2 / log2(3.0) + 1 / log2(4.0)
        #expect(isClose(found[.ndcg10], gain / ideal))
        #expect(found[.recall1] == 0 && isClose(found[.recall3], 2.0 / 3) && isClose(found[.recall10], 2.0 / 3))
        #expect(found[.recall20] == 1 && found[.mrr10] == 0.5)
        #expect(isClose(found[.map10], (1.0 / 2 + 2.0 / 3) / 3))
    }

    @Test("Nothing found is 0 throughout, a perfect ranking 1 but for recall")
    func extremes() {
        #expect(figures([], [1: 1]).values.allSatisfy { $0 == 0 })
        #expect(figures(Array(5..<25), [1: 1]).values.allSatisfy { $0 == 0 })
        let grades = Dictionary(uniqueKeysWithValues: (0..<30).map { ($0, Double(30 - $0)) })
        let found = figures(Array(0..<20), grades)
        #expect(found[.ndcg10] == 1 && found[.mrr10] == 1)
        #expect(isClose(found[.recall20], 20.0 / 30) && isClose(found[.map10], 10.0 / 30))
    }

    @Test("The same as the definitions, on random rankings; binary ones as a library's evaluation has them")
    func definitions() {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<300 {
            let ranked = Array((0..<40).shuffled(using: &generator).prefix(Int.random(in: 0...25, using: &generator)))
            let isBinary = Bool.random(using: &generator)
            var grades: [Int: Double] = [:]
            for row in (0..<40).shuffled(using: &generator).prefix(Int.random(in: 1...15, using: &generator)) {
                grades[row] = isBinary ? 1 : Double(Int.random(in: 1...4, using: &generator))
            }
            let found = figures(ranked, grades)
            func gain(_ rows: some Sequence<Int>) -> Double {
                zip(1..., rows.prefix(10)).reduce(0) { $0 + (grades[$1.1] ?? 0) / log2(Double($1.0) + 1) }
            }
            let ideal = gain(grades.keys.sorted { (grades[$0] ?? 0) > (grades[$1] ?? 0) })
            #expect(isClose(found[.ndcg10], gain(ranked) / ideal))
            for (metric, cutoff) in [(ScorecardMetric.recall1, 1), (.recall3, 3), (.recall10, 10), (.recall20, 20)] {
                let hits = Set(ranked.prefix(cutoff)).intersection(grades.keys).count
                #expect(isClose(found[metric], Double(hits) / Double(grades.count)))
            }
            var precisions = 0.0
            for rank in 1...10 where rank <= ranked.count && grades[ranked[rank - 1]] != nil {
                precisions += Double(ranked.prefix(rank).count { grades[$0] != nil }) / Double(rank)
            }
            #expect(isClose(found[.map10], precisions / Double(grades.count)))
            guard isBinary else { continue }
            var library = RetrievalMetrics()
            library.record(ranked: ranked.map(String.init), relevant: Set(grades.keys.map(String.init)))
            #expect(isClose(found[.ndcg10], library.normalizedDiscountedCumulativeGain ?? -1))
            #expect(isClose(found[.mrr10], library.meanReciprocalRank ?? -1))
            #expect(isClose(found[.recall20], library.recall(at: 20) ?? -1))
        }
    }

    @Test("The best few of many, in order, equal ones as they came")
    func topDocuments() {
        var generator = SeededGenerator(state: 5)
        for _ in 0..<200 {
            let scores = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                Float(Int.random(in: 0...9, using: &generator))
            }
            let limit = Int.random(in: 0...12, using: &generator)
            var best = TopDocuments(limit: limit)
            for (row, score) in scores.enumerated() { best.offer(row: row, score: score) }
            let sorted = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
            #expect(best.documents.map(\.row) == Array(sorted.prefix(limit)))
        }
    }

    // MARK: Abstention and similarity

    @Test("The area under the ROC curve: by hand, as pairs say, and with repeated items")
    func area() {
        let ones: (Int) -> [UInt32] = { [UInt32](repeating: 1, count: $0) }
        #expect(ROCArea(positives: [2, 3], negatives: [1, 2]).value(positives: ones(2), negatives: ones(2)) == 0.875)
        #expect(ROCArea(positives: [1], negatives: [-.infinity]).value(positives: ones(1), negatives: ones(1)) == 1)
        let nothing = ROCArea(positives: [-.infinity], negatives: [-.infinity])
        #expect(nothing.value(positives: ones(1), negatives: ones(1)) == 0.5)
        #expect(nothing.value(positives: [0], negatives: [1]) == 0.5)
        var generator = SeededGenerator(state: 7)
        for _ in 0..<100 {
            func scores() -> [Float] {
                (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                    Float(Int.random(in: 0...6, using: &generator))
                }
            }
            let (positives, negatives) = (scores(), scores())
            let times = (positives + negatives).map { _ in UInt32.random(in: 0...3, using: &generator) }
            func repeated(_ values: [Float], _ times: ArraySlice<UInt32>) -> [Float] {
                zip(values, times).flatMap { [Float](repeating: $0, count: Int($1)) }
            }
            let (own, other) = (times.prefix(positives.count), times.dropFirst(positives.count))
            let area = ROCArea(positives: positives, negatives: negatives)
            let expected = EvaluationReport.Abstention.separation(
                positives: repeated(positives, own), negatives: repeated(negatives, other))
            #expect(isClose(area.value(positives: Array(own), negatives: Array(other)), expected ?? 0.5))
            var wins = 0.0
            for positive in positives {
                for negative in negatives { wins += positive > negative ? 1 : positive == negative ? 0.5 : 0 }
            }
            #expect(
                isClose(
                    area.value(positives: ones(positives.count), negatives: ones(negatives.count)),
                    wins / Double(positives.count * negatives.count)))
        }
    }

    @Test("Rank correlation: by hand, with ties, and with repeated items")
    func correlation() {
        func rho(_ first: [Double], _ second: [Double]) -> Double {
            RankCorrelation(first, second).value(drawn: [UInt32](repeating: 1, count: first.count))
        }
        #expect(isClose(rho([1, 2, 3, 4], [10, 20, 30, 400]), 1))
        #expect(isClose(rho([1, 2, 3, 4], [4, 3, 2, 1]), -1))
        // 1 - 6 (1 + 1 + 1 + 1) / (4 * 15)
        #expect(isClose(rho([1, 2, 3, 4], [2, 1, 4, 3]), 0.6))
        // Ranks 1.5 1.5 3 and 1 2 3: covariance 1.5, squares 1.5 and 2.
        #expect(isClose(rho([5, 5, 9], [1, 2, 3]), 1.5 / 3.0.squareRoot()))
        #expect(rho([1, 1, 1], [1, 2, 3]) == 0 && rho([1], [1]) == 0)
        var generator = SeededGenerator(state: 9)
        for _ in 0..<100 {
            let count = Int.random(in: 1...10, using: &generator)
            let values = (0..<(2 * count)).map { _ in Double(Int.random(in: 0...5, using: &generator)) }
            let drawn = (0..<count).map { _ in UInt32.random(in: 0...3, using: &generator) }
            func repeated(_ values: ArraySlice<Double>) -> [Double] {
                zip(values, drawn).flatMap { [Double](repeating: $0, count: Int($1)) }
            }
            let (first, second) = (values.prefix(count), values.dropFirst(count))
            #expect(
                isClose(
                    RankCorrelation(Array(first), Array(second)).value(drawn: drawn),
                    rho(repeated(first), repeated(second))))
        }
    }
}
