extension GuidelineLibrary {
    /// The answers for a text that has been encoded already, under options that differ in what counts as a match alone: in
    /// thresholds, in what has been learned about them, in diversity and relations. Candidates are ranked once for all.
    ///
    /// - Parameter variants: with the same method, limit and beam, and without a filter.
    func retrieve(_ vector: [Float], query: String, variants: [RetrievalOptions]) throws -> [Retrieval] {
        var results = variants.map { _ in
            Retrieval(query: query, mode: .none, matches: [], dropped: [], latency: RetrievalLatency())
        }
        guard let options = variants.first else { return [] }
        for variant in variants { try variant.validate() }
        // As in a search: a text without any word that the encoder knows is near to nothing.
        let known = options.method != .lexical && vector.contains { $0 != 0 } ? vector : nil
        let words = options.method == .dense ? nil : query
        guard known != nil || words != nil else { return results }
        var attempt = 0
        while true {
            let isCurrent = try mendingIndex {
                let passages = try currentPassages(withWords: words != nil)
                let ranking = try passages.rank(
                    vector: known, words: passages.wordRanking(of: words), wanted: options.limit, options: options)
                for place in variants.indices {
                    guard
                        try fill(
                            &results[place], from: ranking, passages: passages, vector: known, options: variants[place])
                    else { return false }
                }
                return true
            }
            if isCurrent { return results }
            attempt += 1
            guard attempt < Self.mostAttempts else { throw FingerpostError.indexMismatch(library: folder.path) }
        }
    }
}
