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
    /// Whether the library's adapter had its say.
    var isFitted = false
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
    /// Passages that are looked at at least, where the order of guidelines is not that of their nearest passages.
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
        let input = try vector.map { try Input($0, adapter: adapter.get()?.adapter) }
        ranking.isFitted = input?.adapter != nil
        let isOrderOfPassages =
            words == nil && table.passages.count == table.guidelines.count && input?.adapter == nil
        let smallest = isOrderOfPassages ? 0 : Self.smallestPool
        var pool = options.isExact || overflow ? table.passages.count : max(smallest, product)
        var wordPool = max(Self.wordCandidates, vector == nil && options.isExact ? table.guidelines.count : wanted)
        while true {
            var found: [Find] = []
            var isComplete = true
            if let input {
                let start = clock.now
                let searching = SearchOptions<Int64>(
                    efSearch: options.efSearch, filter: allowed.map { .rows($0.rows) } ?? .none,
                    strategy: options.isExact ? .exact : .automatic)
                let nearest = try index.search(input.mapped, limit: pool, options: searching)
                ranking.mode = RetrievalMode(nearest.statistics.plan)
                isComplete = nearest.count < pool || pool >= table.passages.count
                found.reserveCapacity(nearest.count + Self.wordCandidates)
                for neighbor in nearest {
                    guard let slot = table.slot(ofPassage: neighbor.key) else { continue }
                    // With an adapter, a cosine is not yet a similarity, and that of an example is another input's.
                    found.append(
                        input.adapter == nil
                            ? Find(slot: slot, passage: neighbor.key, score: neighbor.score)
                            : Find(slot: slot, passage: -1, score: .nan))
                }
                // Examples are inputs, near to the input as it is.
                if input.adapter != nil, table.hasExamples {
                    for neighbor in try index.search(input.vector, limit: pool, options: searching) {
                        guard let slot = table.slot(ofPassage: neighbor.key) else { continue }
                        found.append(Find(slot: slot, passage: -1, score: .nan))
                    }
                }
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
                for row in best {
                    if let slot = table.slot(ofGuideline: row) {
                        found.append(Find(slot: slot, passage: -1, score: .nan))
                    }
                }
            }
            ranking.items = try items(found, input: input, words: words)
            ranking.rank += clock.now - start
            let active = inactive.isEmpty ? ranking.items.count : ranking.items.count { !inactive.contains($0.row) }
            if active >= wanted || isComplete { return ranking }
            pool = pool > Int.max / 2 ? Int.max : pool * 2
            wordPool = wordPool > Int.max / 2 ? Int.max : wordPool * 2
        }
    }

    /// An input as it is compared.
    private struct Input {
        let vector: [Float]
        let adapter: RetrieverAdapter?
        /// For what guidelines say; their examples are compared with the vector itself.
        let mapped: [Float]

        init(_ vector: [Float], adapter: RetrieverAdapter?) throws {
            (self.vector, self.adapter) = (vector, adapter)
            guard let adapter else {
                mapped = vector
                return
            }
            mapped = adapter.apply(vector)
        }
    }

    /// A reason to look at a guideline: one of its passages with its score, or its words.
    private struct Find {
        var slot: Int
        /// -1 for words.
        var passage: Int64
        var score: Float
    }

    /// A guideline that is looked at.
    private struct Candidate {
        var slot: Int
        /// Its passages, all of them if there is a vector to compare them with.
        var members: Range<Int>
    }

    /// Scores guidelines in full.
    private func items(_ found: [Find], input: Input?, words: LexicalRanking?) throws -> [Ranking.Item] {
        let found = found.sorted { $0.slot < $1.slot }
        var members: [PassageTable.Member] = []
        var scores: [Float] = []
        var candidates: [Candidate] = []
        members.reserveCapacity(2 * found.count)
        scores.reserveCapacity(2 * found.count)
        candidates.reserveCapacity(found.count)
        var end = 0
        while end < found.count {
            let slot = found[end].slot
            let first = end
            while end < found.count, found[end].slot == slot { end += 1 }
            let start = members.count
            table.appendPassages(ofSlot: slot, to: &members)
            // Where words alone are compared, what a guideline says stands for it.
            if input == nil { members.removeSubrange(min(start + 1, members.count)...) }
            for place in start..<members.count {
                // Those that the index has found it has scored.
                var score = Float.nan
                for index in first..<end where found[index].passage == members[place].id { score = found[index].score }
                scores.append(score)
            }
            candidates.append(Candidate(slot: slot, members: start..<members.count))
        }
        if let input { try score(members, into: &scores, input: input) }

        var items: [Ranking.Item] = []
        items.reserveCapacity(candidates.count)
        for candidate in candidates where !candidate.members.isEmpty {
            var similarity = Similarity()
            var best: (passage: Int64, score: Float)?
            for place in candidate.members where !scores[place].isNaN {
                similarity.add(scores[place], isExample: members[place].isExample)
                if scores[place] > best?.score ?? -.infinity { best = (members[place].id, scores[place]) }
            }
            let row = table.guidelines[candidate.slot]
            let share = words?.share(of: row)
            let bonus = share.map { input == nil ? $0 : Self.bonus($0) } ?? 0
            // Without any vector it is near to nothing, and has its words alone.
            let value = similarity.value
            guard value != nil || bonus > 0 else { continue }
            items.append(
                Ranking.Item(
                    slot: candidate.slot, row: row, score: (value ?? 0) + bonus, similarity: value, wordShare: share,
                    passage: best?.passage ?? members[candidate.members.lowerBound].id, passageScore: best?.score))
        }
        let order = items.indices.sorted { one, other in
            let (one, other) = (items[one], items[other])
            return one.score > other.score || (one.score == other.score && one.row < other.row)
        }
        return order.map { items[$0] }
    }

    /// Scores the passages that have none yet; those without a vector keep what is not a number.
    private func score(_ members: [PassageTable.Member], into scores: inout [Float], input: Input) throws {
        let places = scores.indices.filter { scores[$0].isNaN && members[$0].row != .max }
        guard let adapter = input.adapter else {
            return try score(places, of: members, into: &scores, query: input.vector)
        }
        let statements = places.filter { !members[$0].isExample }
        try score(statements, of: members, into: &scores, query: input.mapped)
        for place in statements where !scores[place].isNaN {
            scores[place] = adapter.similarity(cosine: scores[place], prominence: members[place].prominence)
        }
        try score(places.filter { members[$0].isExample }, of: members, into: &scores, query: input.vector)
    }

    private func score(
        _ places: [Int], of members: [PassageTable.Member], into scores: inout [Float], query: [Float]
    ) throws {
        guard !places.isEmpty else { return }
        let keys = places.map { members[$0].id }
        let found =
            try index.scores(of: keys, at: places.map { members[$0].row }, query: query)
            // Rows have moved since the table was made.
            ?? index.scores(of: keys, query: query).map { $0 ?? .nan }
        for (place, score) in zip(places, found) { scores[place] = score }
    }

    /// The similarities of all passages of a guideline to an input, as a ranking has them; not a number for one without a
    /// vector.
    func similarities(ofSlot slot: Int, to vector: [Float]) throws -> [(member: PassageTable.Member, score: Float)] {
        let members = table.passages(ofSlot: slot)
        var scores = [Float](repeating: .nan, count: members.count)
        try score(members, into: &scores, input: Input(vector, adapter: adapter.get()?.adapter))
        return Array(zip(members, scores))
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
        try similarities(ofSlot: slot, to: query).filter { !$0.score.isNaN }.map { ($0.member.id, $0.score) }
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
