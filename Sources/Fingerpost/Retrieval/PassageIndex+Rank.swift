import VectorIndex

/// The guidelines that fit an input best, before it is decided which of them count.
struct Ranking {
    struct Item {
        var slot: Int
        /// Row of the guideline.
        var row: Int64
        var score: Float
        var similarity: Float?
        /// See ``LexicalRanking/share(of:)``; nil where words were not compared.
        var wordShare: Float?
        /// The passage nearest to the input and its cosine similarity; where words alone were compared, what the
        /// guideline says.
        var passage: Int64
        var passageScore: Float?
    }

    /// Best first, equal scores in the order of the guidelines' rows.
    var items: [Item] = []
    var mode = RetrievalMode.none
    /// Time in the index of vectors, with words, and with both together.
    var search = Duration.zero
    var words = Duration.zero
    var rank = Duration.zero
}

extension PassageIndex {
    /// What shared words add to the similarity: a part of the words is much less than that part of the evidence. The two
    /// numbers are those that gain on every set that they were measured on; see the article on retrieval.
    static func bonus(_ share: Float) -> Float {
        // An input of one word or two would be all words and no meaning.
        let share = min(share, 1.5)
        return 0.15 * share * share * share.squareRoot()
    }

    /// Guidelines that are looked at for their words alone.
    private static let wordCandidates = 64
    private static let smallestPool = 128

    /// Ranks the guidelines near a vector together with those that share words with a text; nil leaves either out.
    ///
    /// Candidates come from the graph and from the words; each is then scored in full, on all its passages. With
    /// `isExact` every guideline is a candidate.
    ///
    /// - Parameters:
    ///   - wanted: how many active guidelines there should be, if there are so many.
    ///   - allowed: the guidelines that count; nil for all.
    func rank(
        vector: [Float]?, words: LexicalRanking?, wanted: Int, allowed: AllowedGuidelines? = nil,
        options: RetrievalOptions
    ) throws -> Ranking {
        var ranking = Ranking()
        let clock = ContinuousClock()
        let (product, overflow) = wanted.multipliedReportingOverflow(by: 4 * max(1, table.passagesEach))
        var pool = options.isExact || overflow ? table.passages.count : max(Self.smallestPool, product)
        var wordPool = max(Self.wordCandidates, vector == nil && options.isExact ? table.guidelines.count : wanted)
        while true {
            var slots: Set<Int> = []
            var isComplete = true
            if let vector {
                let start = clock.now
                let found = try index.search(
                    vector, limit: pool,
                    options: SearchOptions(
                        efSearch: options.efSearch, filter: allowed.map { .rows($0.rows) } ?? .none,
                        strategy: options.isExact ? .exact : .automatic))
                ranking.mode = RetrievalMode(found.statistics.plan)
                for neighbor in found { if let slot = table.slot(ofPassage: neighbor.key) { slots.insert(slot) } }
                isComplete = found.count < pool || pool >= table.passages.count
                ranking.search += clock.now - start
            } else {
                ranking.mode = .words
            }
            let start = clock.now
            if let words {
                let best = words.best(wordPool) { row in
                    guard let allowed else { return true }
                    return table.slot(ofGuideline: row).map { allowed.isAllowed[$0] } ?? false
                }
                if vector == nil { isComplete = best.count < wordPool }
                for row in best { if let slot = table.slot(ofGuideline: row) { slots.insert(slot) } }
            }
            ranking.items = try items(slots.sorted(), vector: vector, words: words)
            ranking.rank += clock.now - start
            let active = ranking.items.count { !inactive.contains($0.row) }
            if active >= wanted || isComplete { return ranking }
            pool = pool > Int.max / 2 ? Int.max : pool * 2
            wordPool = wordPool > Int.max / 2 ? Int.max : wordPool * 2
        }
    }

    /// Scores guidelines in full.
    private func items(_ slots: [Int], vector: [Float]?, words: LexicalRanking?) throws -> [Ranking.Item] {
        var passages: [Int64] = []
        if vector != nil { for slot in slots { passages.append(contentsOf: table.passages(ofSlot: slot).map(\.id)) } }
        let scores = try vector.map { try index.scores(of: passages, query: $0) } ?? []

        var items: [Ranking.Item] = []
        items.reserveCapacity(slots.count)
        var next = 0
        for slot in slots {
            let row = table.guidelines[slot]
            let share = words?.share(of: row)
            var similarity = Similarity()
            var best: (passage: Int64, score: Float)?
            var statement: Int64?
            for passage in table.passages(ofSlot: slot) {
                statement = statement ?? passage.id
                guard vector != nil else { break }
                defer { next += 1 }
                guard let score = scores[next] else { continue }
                similarity.add(score, isExample: passage.isExample)
                if score > best?.score ?? -.infinity { best = (passage.id, score) }
            }
            guard let passage = best?.passage ?? statement else { continue }
            let bonus = share.map { vector == nil ? $0 : Self.bonus($0) } ?? 0
            // Without any vector it is near to nothing, and has its words alone.
            guard similarity.value != nil || bonus > 0 else { continue }
            items.append(
                Ranking.Item(
                    slot: slot, row: row, score: (similarity.value ?? 0) + bonus, similarity: similarity.value,
                    wordShare: share, passage: passage, passageScore: best?.score))
        }
        return items.sorted { $0.score > $1.score || ($0.score == $1.score && $0.row < $1.row) }
    }

    /// The cosine similarity of what two guidelines say; 0 where one of them has no vector.
    func likeness(of slot: Int, and other: Int) throws -> Float {
        func statement(_ slot: Int) throws -> [Float]? {
            try table.passages(ofSlot: slot).first.flatMap { try index.vector(for: $0.id) }
        }
        guard let one = try statement(slot), let two = try statement(other) else { return 0 }
        return zip(one, two).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The scores of all passages of a guideline that have one, best first.
    func scores(ofSlot slot: Int, query: [Float]) throws -> [(passage: Int64, score: Float)] {
        let passages = table.passages(ofSlot: slot).map(\.id)
        let scores = try index.scores(of: passages, query: query)
        return zip(passages, scores).compactMap { passage, score in score.map { (passage, $0) } }
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
