import VectorIndex

extension PassageIndex {
    /// Guidelines by their best passage.
    struct Ranking {
        struct Item {
            var passage: Int64
            var score: Float
            var isInactive: Bool
        }

        var matches: [Item] = []
        var dropped: [Item] = []
        var mode = RetrievalMode.none
    }

    /// The nearest guidelines to a vector: those that count, and those among the nearest that do not.
    ///
    /// A guideline has several passages, so more of them are asked for than guidelines are wanted, and again twice as many
    /// until there are enough guidelines or no more passages.
    func rank(_ vector: [Float], options: RetrievalOptions) throws -> Ranking {
        let guidelines = max(1, guidelineCount)
        let passagesEach = (passageIDs.count + guidelines - 1) / guidelines
        let (product, overflow) = options.limit.multipliedReportingOverflow(by: max(1, passagesEach))
        var wanted = overflow ? Int.max : product
        while true {
            let result = try index.search(
                vector, limit: wanted,
                options: SearchOptions(
                    efSearch: options.efSearch, strategy: options.isExact ? .exact : .automatic))
            let ranking = rank(result, options: options)
            let found = ranking.matches.count + ranking.dropped.count { !$0.isInactive }
            if found >= options.limit || result.count < wanted { return ranking }
            wanted = wanted > Int.max / 2 ? Int.max : wanted * 2
        }
    }

    private func rank(_ result: SearchResult<Int64>, options: RetrievalOptions) -> Ranking {
        var ranking = Ranking(mode: RetrievalMode(result.statistics.plan))
        var seen: Set<Int64> = []
        var counted = 0
        for neighbor in result {
            if counted == options.limit { break }
            guard let row = guidelineRow(of: neighbor.key), seen.insert(row).inserted else { continue }
            let item = Ranking.Item(
                passage: neighbor.key, score: neighbor.score, isInactive: inactive.contains(row))
            if item.isInactive {
                ranking.dropped.append(item)
                continue
            }
            counted += 1
            if let minimum = options.minimumScore, !(item.score >= minimum) {
                ranking.dropped.append(item)
            } else {
                ranking.matches.append(item)
            }
        }
        return ranking
    }

    /// The scores of all passages of a guideline, best first.
    func scores(of row: Int64, query: [Float]) throws -> [(passage: Int64, score: Float)] {
        let length = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return try guidelineRows.indices.compactMap { place -> (passage: Int64, score: Float)? in
            guard guidelineRows[place] == row, let vector = try index.vector(for: passageIDs[place]) else {
                return nil
            }
            let product = zip(vector, query).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            return (passageIDs[place], length > 0 ? product / length : 0)
        }
        .sorted { $0.score > $1.score || ($0.score == $1.score && $0.passage < $1.passage) }
    }
}

extension RetrievalMode {
    init(_ plan: SearchStatistics.Plan) {
        self =
            switch plan {
            case .graph: .graph
            case .exact: .exact
            case .graphThenExact: .graphThenExact
            }
    }
}
