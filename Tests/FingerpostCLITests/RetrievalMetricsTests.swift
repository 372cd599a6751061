import Foundation
import Platform
import Testing

@testable import Fingerpost

@Suite("Retrieval metrics")
struct RetrievalMetricsTests {
    private func metrics(_ ranked: [String], _ relevant: Set<String>, cutoffs: [Int] = [1, 6, 20]) -> RetrievalMetrics {
        var metrics = RetrievalMetrics(recallCutoffs: cutoffs)
        metrics.record(ranked: ranked, relevant: relevant)
        return metrics
    }

    private func isClose(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-12 } ?? false
    }

    @Test("Two positives at ranks 2 and 4, by hand")
    func twoPositives() {
        let found = metrics(["a", "b", "c", "d"], ["b", "d"], cutoffs: [1, 2, 3, 6])
        #expect(found.recall(at: 1) == 0)
        #expect(found.recall(at: 2) == 0.5)
        #expect(found.recall(at: 3) == 0.5)
        #expect(found.recall(at: 6) == 1)
        #expect(found.recall(at: 5) == nil)
        #expect(found.meanReciprocalRank == 0.5)
        // (1/log2 3 + 1/log2 5) / (1/log2 2 + 1/log2 3)
        let gain = (1 / log2(3.0) + 1 / log2(5.0)) / (1 + 1 / log2(3.0))
        #expect(isClose(found.normalizedDiscountedCumulativeGain, gain))
        #expect(abs(gain - 0.6509209298071326) < 1e-15)
    }

    @Test("A perfect list scores 1 throughout, also with more positives than the cutoff")
    func perfect() {
        let ids = (0..<15).map { "d\($0)" }
        let found = metrics(ids, Set(ids))
        #expect(found.meanReciprocalRank == 1)
        #expect(isClose(found.normalizedDiscountedCumulativeGain, 1))
        #expect(isClose(found.recall(at: 1), 1.0 / 15))
        #expect(isClose(found.recall(at: 6), 6.0 / 15))
        #expect(found.recall(at: 20) == 1)
    }

    @Test("What stands beyond the cutoff counts for recall alone")
    func beyond() {
        let ids = (1...20).map { "d\($0)" }
        let found = metrics(ids, ["d11"])
        #expect(found.meanReciprocalRank == 0)
        #expect(found.normalizedDiscountedCumulativeGain == 0)
        #expect(found.recall(at: 6) == 0)
        #expect(found.recall(at: 20) == 1)
        #expect(metrics(ids, ["d10"]).meanReciprocalRank == 0.1)
        #expect(isClose(metrics(ids, ["d10"]).normalizedDiscountedCumulativeGain, 1 / log2(11.0)))
    }

    @Test("A repeated id counts once, at its first rank")
    func repeated() {
        let found = metrics(["a", "a", "b"], ["a", "b"])
        #expect(isClose(found.normalizedDiscountedCumulativeGain, (1 + 1 / log2(4.0)) / (1 + 1 / log2(3.0))))
        #expect(found.recall(at: 6) == 1)
    }

    @Test("Means weigh queries equally; a query without positives is none")
    func means() {
        var found = RetrievalMetrics(recallCutoffs: [1, 0, -3])
        #expect(found.recall(at: 1) == nil)
        #expect(found.meanReciprocalRank == nil)
        found.record(ranked: ["a"], relevant: ["a"])
        found.record(ranked: ["a", "b"], relevant: ["b"])
        found.record(ranked: [], relevant: ["b"])
        found.record(ranked: ["x"], relevant: [])
        #expect(found.queryCount == 3)
        #expect(found.recallCutoffs == [1])
        #expect(isClose(found.recall(at: 1), 1.0 / 3))
        #expect(isClose(found.meanReciprocalRank, 0.5))
        #expect(isClose(found.normalizedDiscountedCumulativeGain, (1 + 1 / log2(3.0)) / 3))
        #expect(RetrievalMetrics(recallCutoffs: [3]).depth == 10)
        #expect(RetrievalMetrics(recallCutoffs: [3, 50]).depth == 50)
    }
}

@Suite("Percentiles and separation")
struct PercentilesTests {
    @Test("Nearest rank, by hand")
    func nearestRank() throws {
        let hundred = try #require(Percentiles((1...100).shuffled().map { .microseconds($0) }))
        #expect(hundred.p50 == .microseconds(50))
        #expect(hundred.p95 == .microseconds(95))
        #expect(hundred.p99 == .microseconds(99))
        #expect(hundred.mean == .nanoseconds(50_500))
        let four = try #require(Percentiles([4, 2, 1, 3].map { .microseconds($0) }))
        #expect(four.p50 == .microseconds(2))
        #expect(four.p95 == .microseconds(4))
        let one = try #require(Percentiles([.microseconds(7)]))
        #expect(one.p50 == .microseconds(7) && one.p99 == .microseconds(7))
        #expect(Percentiles([]) == nil)
    }

    @Test("The area under the curve equals the count of pairs")
    func separation() {
        typealias Abstention = EvaluationReport.Abstention
        #expect(Abstention.separation(positives: [0.9, 0.5], negatives: [0.5, 0.1]) == 0.875)
        #expect(Abstention.separation(positives: [1], negatives: [0]) == 1)
        #expect(Abstention.separation(positives: [0], negatives: [1]) == 0)
        #expect(Abstention.separation(positives: [], negatives: [1]) == nil)
        #expect(Abstention.separation(positives: [1], negatives: []) == nil)
        var generator = SplitMix64(seed: 3)
        for _ in 0..<50 {
            // Few distinct values, so that there are ties.
            let positives = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                Float(Int.random(in: 0...6, using: &generator))
            }
            let negatives = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                Float(Int.random(in: 0...6, using: &generator))
            }
            var sum = 0.0
            for p in positives { for n in negatives { sum += p > n ? 1 : p == n ? 0.5 : 0 } }
            let expected = sum / Double(positives.count * negatives.count)
            let found = Abstention.separation(positives: positives, negatives: negatives) ?? -1
            #expect(abs(found - expected) < 1e-12)
        }
    }
}
