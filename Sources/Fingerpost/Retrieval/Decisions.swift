/// Which of the guidelines found count as matches, and why the others do not.
struct Decisions {
    /// Best first. A guideline without a reason to be dropped is a match.
    private(set) var items: [(item: Ranking.Item, reason: DroppedGuideline.Reason?)] = []

    /// - Parameter inactive: rows of guidelines that must not be retrieved.
    init(_ ranking: Ranking, inactive: Set<Int64>, options: RetrievalOptions) {
        var counted = 0
        for item in ranking.items {
            if counted == options.limit { break }
            if inactive.contains(item.row) {
                items.append((item, .status))
                continue
            }
            counted += 1
            let isBelow = options.minimumScore.map { !((item.similarity ?? item.score) >= $0) } ?? false
            items.append((item, isBelow ? .belowThreshold : nil))
        }
    }
}
