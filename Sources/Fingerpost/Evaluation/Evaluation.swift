import GuidelineStore

/// Measures how well a library finds the guidelines that are known to apply.
public enum Evaluation {
    public struct Options: Sendable {
        /// Ranks at which recall is taken, beside 1, 6 and 20.
        public var recallCutoffs: [Int] = []
        /// Passed on to the search. Its limit is replaced by what the figures need.
        public var retrieval = RetrievalOptions()
        /// Leaves positives that the library does not have out, instead of failing.
        public var allowsMissingPositives = false

        public init() {}
    }

    /// Searches for each query on the calling thread and compares what is found with what applies.
    ///
    /// Positives that were merged into other guidelines count as those (``GuidelineLibrary/mergedGuidelines()``).
    ///
    /// Queries are searched one after the other, so that latencies are those of a caller who has the machine for
    /// itself. A query to which nothing applies has no recall; it counts in the figures on abstention alone.
    ///
    /// - Throws: ``FingerpostError/unknownPositive(id:query:_:)`` for a positive that the library does not have, and
    ///   what a search throws.
    public static func run(
        _ queries: [EvaluationQuery], in library: GuidelineLibrary, options: Options = Options(),
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> EvaluationReport {
        let merged = try mergedPositives(queries, library: library)
        let queries = merged.isEmpty ? queries : queries.map { $0.resolved(by: merged) }
        let missing = try missingPositives(queries, library: library, isAllowed: options.allowsMissingPositives)
        var metrics = RetrievalMetrics(recallCutoffs: [1, 6, 20] + options.recallCutoffs)
        var retrieval = options.retrieval
        retrieval.limit = metrics.depth
        var abstention = EvaluationReport.Abstention()
        var latency = StageLatencies()
        var safety = EvaluationReport.SafetyHits()
        let safetyIDs = try safetyPositives(queries, library: library)
        var bestScores: (positives: [Float], negatives: [Float]) = ([], [])
        var skipped = 0

        // The first search opens files and fills caches; it is not what a running program sees.
        if let first = queries.first { _ = try library.search(first.text, options: retrieval) }
        for (index, query) in queries.enumerated() {
            progress?(index, queries.count)
            let positives = query.positives.subtracting(missing)
            let isNegative = query.positives.isEmpty && query.isUnsafe != true
            guard isNegative || query.positives.isEmpty || !positives.isEmpty else {
                skipped += 1
                continue
            }
            let found = try library.search(query.text, options: retrieval)
            latency.record(found.latency)
            if let isUnsafe = query.isUnsafe
                ?? (isNegative ? false : positives.isDisjoint(with: safetyIDs) ? nil : true)
            {
                safety.record(isUnsafe: isUnsafe, matches: found.matches)
            }
            // Of an unsafe input without positives nothing more is known.
            if query.positives.isEmpty, !isNegative { continue }
            metrics.record(ranked: found.matches.lazy.map(\.guideline.id), relevant: positives)
            abstention.record(isNegative: isNegative, returnedNothing: found.matches.isEmpty)
            if let score = found.mostEvidence {
                if isNegative { bestScores.negatives.append(score) } else { bestScores.positives.append(score) }
            }
        }
        progress?(queries.count, queries.count)
        abstention.separation = EvaluationReport.Abstention.separation(
            positives: bestScores.positives, negatives: bestScores.negatives)
        return EvaluationReport(
            queryCount: queries.count, metrics: metrics, abstention: abstention, latency: latency, safety: safety,
            missingPositives: missing.sorted(), skippedQueryCount: skipped, mergedPositiveCount: merged.count)
    }

    /// For the positives that the library has no more, or only retired, the guidelines they were merged into.
    package static func mergedPositives(
        _ queries: [EvaluationQuery], library: GuidelineLibrary
    ) throws -> [String: String] {
        var gone: Set<String> = []
        var known: Set<String> = []
        for query in queries {
            for id in query.positives where known.insert(id).inserted {
                let found = try library.guideline(id: id)
                if found == nil || found?.status == .retired { gone.insert(id) }
            }
        }
        // The library is read as a whole only where there is something to resolve.
        return gone.isEmpty ? [:] : try library.mergedGuidelines().filter { gone.contains($0.key) }
    }

    /// The positives that are guidelines about safety.
    private static func safetyPositives(_ queries: [EvaluationQuery], library: GuidelineLibrary) throws -> Set<String> {
        let ids = queries.reduce(into: Set<String>()) { $0.formUnion($1.positives) }
        return try ids.filter { try library.guideline(id: $0)?.kind == .safety }
    }

    /// The positives that the library does not have.
    static func missingPositives(
        _ queries: [EvaluationQuery], library: GuidelineLibrary, isAllowed: Bool
    ) throws -> Set<String> {
        var known: Set<String> = []
        var missing: Set<String> = []
        for query in queries {
            for id in query.positives.sorted() where !known.contains(id) && !missing.contains(id) {
                if try library.guideline(id: id) != nil {
                    known.insert(id)
                    continue
                }
                guard isAllowed else {
                    throw FingerpostError.unknownPositive(id: id, query: query.id, query.location)
                }
                missing.insert(id)
            }
        }
        return missing
    }
}

extension Retrieval {
    /// The best similarity that was found, whether it counted as a match or not: what a threshold is compared with, but
    /// for a calibration's shift.
    public var bestSimilarity: Float? {
        (matches.map { $0.similarity ?? $0.score } + dropped.map { $0.similarity ?? $0.score }).max()
    }

    /// The most evidence that was found, whether it counted as a match or not; without thresholds, the best similarity.
    public var mostEvidence: Float? {
        let evidence = matches.compactMap(\.evidence) + dropped.compactMap(\.evidence)
        return evidence.max() ?? bestSimilarity
    }
}
