import Foundation

/// The figures of one query, in the order of ``ScorecardMetric/ofRankings``.
enum QueryFigures {
    /// - Parameters:
    ///   - ranked: rows of documents, best first, none twice.
    ///   - grades: the relevant rows with their grades, all above 0; not empty.
    static func values(ranked: some Sequence<Int>, grades: [Int: Double]) -> [Double] {
        var ranks: [Int] = []
        var gain = 0.0
        var precisions = 0.0
        for (place, row) in ranked.enumerated() {
            guard let grade = grades[row] else { continue }
            let rank = place + 1
            ranks.append(rank)
            guard rank <= cutoff else { continue }
            gain += grade * discount(rank)
            precisions += Double(ranks.count) / Double(rank)
        }
        let ideal = grades.values.sorted(by: >).prefix(cutoff).enumerated().reduce(0) {
            $0 + $1.element * discount($1.offset + 1)
        }
        return ScorecardMetric.ofRankings.map { metric in
            switch metric {
            case .ndcg10: gain / ideal
            case .recall1: RetrievalMetrics.recall(ranks, grades.count, at: 1)
            case .recall3: RetrievalMetrics.recall(ranks, grades.count, at: 3)
            case .recall10: RetrievalMetrics.recall(ranks, grades.count, at: 10)
            case .recall20: RetrievalMetrics.recall(ranks, grades.count, at: 20)
            case .mrr10: RetrievalMetrics.reciprocalRank(ranks, at: cutoff)
            case .map10: precisions / Double(grades.count)
            // Not figures of one query.
            case .auroc, .spearman: .nan
            }
        }
    }

    private static let cutoff = RetrievalMetrics.rankingCutoff

    private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank) + 1) }
}
