import GuidelineStore
import Platform
import TextEncoder
import VectorIndex

extension GuidelineLibrary {
    /// The guidelines nearest to a text.
    ///
    /// A guideline is as near as what it says and its examples are, all together, and the words that it shares with the text
    /// count as the options say. What counts as a match is decided by the options' thresholds, or else by the library's
    /// ``Calibration``.
    ///
    /// - Throws: ``FingerpostError`` for options that make no sense, and errors of the encoder and the store. Zero matches
    ///   is an answer, never an error in disguise.
    public func search(
        _ text: String, options: RetrievalOptions = RetrievalOptions()
    ) throws -> Retrieval {
        try options.validate()
        let clock = ContinuousClock()
        let start = clock.now
        let vector = try encoder.encode(text)
        let encode = clock.now - start
        return try retrieve(vector, query: text, options: options, encode: encode)
    }

    /// The guidelines nearest to a vector of the library's own encoder.
    public func search(
        vector: [Float], options: RetrievalOptions = RetrievalOptions()
    ) throws -> Retrieval {
        try options.validate()
        return try retrieve(vector, query: nil, options: options, encode: .zero)
    }

    /// ``search(_:options:)`` for a text whose vector the caller has already.
    package func search(
        _ text: String, vector: [Float], options: RetrievalOptions
    ) throws -> Retrieval {
        try options.validate()
        return try retrieve(vector, query: text, options: options, encode: .zero)
    }

    /// The guidelines nearest to each of many texts, in their order.
    ///
    /// - Parameters:
    ///   - texts: the inputs; their answers come in the same order.
    ///   - options: the same for all of them.
    ///   - threads: how many threads may work; nil for all there are. The result does not depend on it.
    ///   - progress: told how many texts are encoded.
    public func search(
        batch texts: [String], options: RetrievalOptions = RetrievalOptions(), threads: Int? = nil,
        progress: ProgressHandler? = nil
    ) throws -> [Retrieval] {
        try options.validate()
        guard !texts.isEmpty else { return [] }
        let threads = threads ?? Processors.available
        let clock = ContinuousClock()
        let start = clock.now
        let total = texts.count
        let vectors = try encoder.encode(batch: texts, threads: threads) { finished in
            progress?(LibraryProgress(stage: .encoding, completed: finished, total: total))
        }
        let encode = (clock.now - start) / total
        let results = ParallelResults<Retrieval, any Error>(count: total)
        Parallel.forEachRange(total, chunk: 8, threads: threads) { range, _ in
            for index in range {
                results.set(index) {
                    try retrieve(Array(vectors[index]), query: texts[index], options: options, encode: encode)
                }
            }
        }
        return try results.values()
    }

    private func retrieve(
        _ vector: [Float], query: String?, options: RetrievalOptions, encode: Duration
    ) throws -> Retrieval {
        guard vector.count == encoder.dimension else {
            throw FingerpostError.wrongDimension(expected: encoder.dimension, found: vector.count)
        }
        let clock = ContinuousClock()
        let start = clock.now
        var result = Retrieval(
            query: query, mode: .none, matches: [], dropped: [], latency: RetrievalLatency(encode: encode))
        let usesWords = options.method != .dense && query != nil
        // A text without any word that the encoder knows has no direction: it is near to nothing.
        let usesVector = options.method != .lexical && vector.contains { $0 != 0 }
        guard usesWords || usesVector, options.limit > 0 else {
            result.libraryVersion = try currentPassages(withWords: false).libraryVersion
            result.always = try always(options)
            result.latency.total = encode + (clock.now - start)
            return result
        }
        var attempt = 0
        while true {
            var isCurrent = false
            do {
                isCurrent = try mendingIndex {
                    try answer(
                        &result, vector: usesVector ? vector : nil, words: usesWords ? query : nil, options: options)
                }
            } catch VectorIndexError.staleFilter where attempt < Self.mostAttempts - 1 {
                filters.clear()
            }
            result.latency.total = encode + (clock.now - start)
            // A guideline that was removed between the two steps is looked up in vain; the index knows better by now.
            if isCurrent { return result }
            attempt += 1
            // Not an empty answer: that would say that nothing applies.
            guard attempt < Self.mostAttempts else { throw FingerpostError.indexMismatch(library: folder.path) }
        }
    }

    /// Attempts at an answer while guidelines are removed beside it.
    static let mostAttempts = 8

    /// One attempt at an answer; false if a guideline that was found is gone.
    private func answer(
        _ result: inout Retrieval, vector: [Float]?, words: String?, options: RetrievalOptions
    ) throws -> Bool {
        let clock = ContinuousClock()
        let passages = try currentPassages(withWords: words != nil)
        let allowed = try options.filter.map { try filters.allowed(by: $0, in: passages, of: database) }
        let start = clock.now
        let ranking = passages.wordRanking(of: words)
        result.latency.words = clock.now - start
        let ranked = try passages.rank(
            vector: vector, words: ranking, wanted: max(options.limit, options.candidates ?? 0), allowed: allowed,
            options: options)
        result.latency.search = ranked.search
        result.latency.rank = ranked.rank
        let fetch = clock.now
        defer { result.latency.fetch = clock.now - fetch }
        guard try fill(&result, from: ranked, passages: passages, vector: vector, options: options) else {
            return false
        }
        guard options.explains, let allowed else { return true }
        // What would have been looked at without the filter.
        let all = try passages.rank(vector: vector, words: ranking, wanted: options.limit, options: options)
        let filtered = all.items.prefix(options.limit).filter { !allowed.isAllowed[$0.slot] }
        guard let found = try look(up: filtered[...], generation: passages.generation) else { return false }
        result.dropped += found.map { DroppedGuideline($0.match, reason: .filtered) }
        return true
    }

    /// The index as of what is committed now.
    func currentPassages(withWords: Bool) throws -> PassageIndex {
        let generation = try database.generation
        return try passages.withLock { passages in
            if passages.generation != generation {
                try passages.refresh(database, options: options, progress: nil)
            }
            if withWords { try passages.readWords(database) }
            return passages
        }
    }

    /// Looks up the guidelines of a ranking and decides which of them count; false if one of them is gone.
    func fill(
        _ result: inout Retrieval, from ranking: Ranking, passages: PassageIndex, vector: [Float]?,
        options: RetrievalOptions
    ) throws -> Bool {
        result.libraryVersion = passages.libraryVersion
        result.mode = ranking.items.isEmpty && ranking.mode == .words ? .none : ranking.mode
        result.scoring = passages.scoring
        result.isFitted = ranking.isFitted
        result.always = try always(options)
        let always = Set(result.always.map(\.id))
        let lines = try lines(for: vector, passages: passages, options: options)
        result.calibration = lines.map {
            AppliedCalibration(shift: $0.shift, threshold: $0.calibration.threshold)
        }
        var candidates: [Selection.Candidate] = []
        var selection = try Selection([], options: options) { _ in nil }
        // More than are wanted if too many are dropped, and from the start where there is to be a choice.
        var wanted = options.diversity == nil ? options.limit : Self.candidateLimit(options)
        while true {
            let items = ranking.items[candidates.count..<min(wanted, ranking.items.count)]
            guard let found = try look(up: items, generation: passages.generation) else { return false }
            candidates += found
            let others = candidates.filter { !always.contains($0.match.id) }
            selection = try Selection(
                others, always: always, options: options, lines: lines,
                likeness: { try passages.likeness(of: $0.slot, and: $1.slot) },
                lookUp: { id in try database.guideline(id: id).flatMap { $0.status == .active ? $0 : nil } })
            let count = selection.matches.count { $0.match.entailedBy == nil }
            guard count < options.limit, candidates.count < min(ranking.items.count, Self.candidateLimit(options))
            else {
                break
            }
            wanted = min(Self.candidateLimit(options), 2 * wanted + 8)
        }
        result.dropped = selection.dropped
        result.matches = try selection.matches.map { candidate in
            var match = candidate.match
            if options.explains, let vector, candidate.slot >= 0 {
                match.parts = try parts(ofSlot: candidate.slot, passages: passages, vector: vector)
            }
            return match
        }
        return true
    }

    /// The library's calibration for an input; nil where there is none, or where it is not to be used.
    private func lines(
        for vector: [Float]?, passages: PassageIndex, options: RetrievalOptions
    ) throws -> CalibratedLines? {
        guard options.usesCalibration, options.minimumScore == nil, options.method != .lexical,
            let calibration = try passages.calibration.get()
        else { return nil }
        guard calibration.adapter == (try passages.adapter.get()?.id) else {
            throw FingerpostError.invalidCalibration(
                library: folder.path,
                problem: calibration.adapter == nil
                    ? "it was made before the retriever was fitted"
                    : "it was made for a retriever that was fitted otherwise")
        }
        let scope = try calibration.scope.map { try filters.allowed(by: $0, in: passages, of: database).isAllowed }
        return CalibratedLines(
            calibration: calibration, shift: try vector.map(calibration.shift) ?? 0, isInScope: scope)
    }

    /// The guidelines that apply to every input.
    private func always(_ options: RetrievalOptions) throws -> [Guideline] {
        try options.always.map { try database.guidelines(ofAuthorityAtLeast: $0) } ?? []
    }

    /// How many guidelines are looked at before fewer matches than wanted are returned.
    private static func candidateLimit(_ options: RetrievalOptions) -> Int {
        if let candidates = options.candidates { return max(options.limit, candidates) }
        let (product, overflow) = options.limit.multipliedReportingOverflow(by: 3)
        return overflow ? .max : product
    }

    /// Nil if one of the guidelines is gone.
    private func look(up items: ArraySlice<Ranking.Item>, generation: Int) throws -> [Selection.Candidate]? {
        var candidates: [Selection.Candidate] = []
        let matches = try records.matches(
            passageIDs: items.map(\.passage), generation: generation, of: database)
        for (match, item) in zip(matches, items) {
            guard let match else { return nil }
            let via = MatchedPassage(
                field: match.field, ordinal: match.ordinal, text: match.text, score: item.passageScore ?? 0)
            let found = GuidelineMatch(
                guideline: match.guideline, score: item.score, similarity: item.similarity, wordShare: item.wordShare,
                via: via)
            candidates.append(Selection.Candidate(match: found, slot: item.slot))
        }
        return candidates
    }

    /// Every passage of a guideline with its score, best first.
    private func parts(ofSlot slot: Int, passages: PassageIndex, vector: [Float]) throws -> [MatchedPassage] {
        let scores = try passages.scores(ofSlot: slot, query: vector)
        let matches = try database.matches(passageIDs: scores.map(\.passage))
        return zip(scores, matches).compactMap { score, match in
            match.map {
                MatchedPassage(field: $0.field, ordinal: $0.ordinal, text: $0.text, score: score.score)
            }
        }
    }
}

extension RetrievalOptions {
    func validate() throws(FingerpostError) {
        guard limit >= 0 else { throw .invalidOption(name: "limit", value: "\(limit)", allowed: "0 or more") }
        if let candidates, candidates < 1 {
            throw .invalidOption(name: "candidates", value: "\(candidates)", allowed: "1 or more")
        }
        switch diversity {
        case .fuzzy(let value), .marginalRelevance(weight: let value):
            guard !(0...1).contains(value) else { break }
            throw .invalidOption(name: "diversity", value: "\(value)", allowed: "0 to 1")
        case nil: break
        }
        for (name, value) in [("minimumScore", minimumScore)] + riskThresholds.map({ ("riskThresholds[\($0)]", $1) }) {
            guard let value, !value.isFinite else { continue }
            throw .invalidOption(name: name, value: "\(value)", allowed: "a finite number")
        }
        if let efSearch, !(1...1_000_000).contains(efSearch) {
            throw .invalidOption(name: "efSearch", value: "\(efSearch)", allowed: "1 to 1000000")
        }
    }
}
