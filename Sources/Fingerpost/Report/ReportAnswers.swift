import Platform
import TextEncoder

/// The answers to a report's queries, and what they say.
struct ReportAnswers {
    static let depth = 20
    static let shown = 6
    /// Minimum scores that are tried.
    static let minimumScores = (0...50).map { Double($0) / 50 }

    /// What is kept of the answers to a query.
    struct Answer: Sendable {
        /// Ids as ``Evaluation`` has them, by method.
        var ranked: [RetrievalMethod: [String]] = [:]
        /// Of the first six without any threshold.
        var similarities: [(similarity: Double, isRight: Bool)] = []
        /// By minimum score: how many of the first six there are, and how many of them are right.
        var points: [(returned: Int, right: Int)] = []
    }

    /// Without positives that the library does not have.
    let queries: [EvaluationQuery]
    private(set) var answers: [Answer] = []
    private let missingPositives: [String]
    private let skippedQueries: Int

    /// Encodes each query once. Searches are those of ``Evaluation``, several at a time.
    ///
    /// Memory is that of the queries, and of twenty ids for each and method.
    init(
        _ queries: [EvaluationQuery], in library: GuidelineLibrary, options: LibraryReport.Options,
        progress: (Int, Int) -> Void
    ) throws {
        let missing = try Evaluation.missingPositives(
            queries, library: library, isAllowed: options.allowsMissingPositives)
        let known = queries.compactMap { query -> EvaluationQuery? in
            // Unsafe, and nothing is known of which guidelines apply.
            if query.isUnsafe == true, query.positives.isEmpty { return nil }
            var query = query
            let isBenign = query.positives.isEmpty
            query.positives.subtract(missing)
            return isBenign || !query.positives.isEmpty ? query : nil
        }
        (self.queries, missingPositives) = (known, missing.sorted())
        skippedQueries = queries.count - known.count
        let threads = options.threads ?? library.options.threads ?? Processors.available
        let variants = Self.variants(options)
        for start in stride(from: 0, to: known.count, by: 256) {
            let batch = known[start..<min(start + 256, known.count)]
            let vectors = try library.encoder.encode(batch: batch.map(\.text), threads: threads, progress: nil)
            let results = ParallelResults<Answer, any Error>(count: batch.count)
            Parallel.forEachRange(batch.count, chunk: 8, threads: threads) { range, _ in
                for place in range {
                    results.set(place) {
                        try Self.answer(known[start + place], Array(vectors[place]), variants, library)
                    }
                }
            }
            answers += try results.values()
            progress(answers.count, known.count)
        }
    }

    /// By method. The first of each are the options of an evaluation; the hybrid ones go on without any threshold, and with
    /// each minimum score.
    private static func variants(_ options: LibraryReport.Options) -> [RetrievalMethod: [RetrievalOptions]] {
        var variants = Dictionary(
            uniqueKeysWithValues: RetrievalMethod.allCases.map { method in
                (method, [RetrievalOptions(limit: depth, method: method, minimumScore: options.minimumScore)])
            })
        var plain = RetrievalOptions(limit: depth)
        (plain.usesThresholds, plain.usesCalibration) = (false, false)
        variants[.hybrid, default: []].append(plain)
        variants[.hybrid, default: []] += minimumScores.map {
            RetrievalOptions(limit: depth, minimumScore: Float($0))
        }
        return variants
    }

    private static func answer(
        _ query: EvaluationQuery, _ vector: [Float], _ variants: [RetrievalMethod: [RetrievalOptions]],
        _ library: GuidelineLibrary
    ) throws -> Answer {
        var answer = Answer()
        for (method, options) in variants {
            let found = try library.retrieve(vector, query: query.text, variants: options)
            answer.ranked[method] = found.first?.matches.map(\.id) ?? []
            guard method == .hybrid else { continue }
            for match in found.dropFirst().first?.matches.prefix(shown) ?? [] {
                guard let similarity = match.similarity else { continue }
                answer.similarities.append((Double(similarity), query.positives.contains(match.id)))
            }
            answer.points = found.dropFirst(2).map { found in
                let first = found.matches.prefix(shown)
                return (first.count, first.count { query.positives.contains($0.id) })
            }
        }
        return answer
    }

    /// Ids that come first, at most six.
    func first(_ query: Int) -> ArraySlice<String> { (answers[query].ranked[.hybrid] ?? []).prefix(Self.shown) }

    func abstains(_ query: Int) -> Bool { first(query).isEmpty }

    var curves: LibraryReport.Curves {
        let positive = queries.indices.filter { !queries[$0].positives.isEmpty }
        let benign = queries.indices.filter { queries[$0].positives.isEmpty }
        let misses = positive.filter { query in queries[query].positives.isDisjoint(with: first(query)) }
        return LibraryReport.Curves(
            queries: queries.count, benignQueries: benign.count, missingPositives: missingPositives,
            skippedQueries: skippedQueries,
            recalls: RetrievalMethod.allCases.map { .init(method: $0, recall: recall($0, positive)) },
            thresholds: Self.minimumScores.indices.map { point($0, positive, benign) },
            scores: bins(positive, benign),
            misses: misses.map { index in
                .init(
                    id: queries[index].id ?? "line \(queries[index].location?.line ?? index + 1)",
                    query: queries[index].text, positives: queries[index].positives.sorted(), first: first(index).first)
            },
            abstained: positive.count(where: abstains), abstainedBenign: benign.count(where: abstains))
    }

    private func recall(_ method: RetrievalMethod, _ positive: [Int]) -> [Double] {
        guard !positive.isEmpty else { return [] }
        var metrics = RetrievalMetrics(recallCutoffs: 1...Self.depth)
        for query in positive {
            metrics.record(ranked: answers[query].ranked[method] ?? [], relevant: queries[query].positives)
        }
        return (1...Self.depth).map { metrics.recall(at: $0) ?? 0 }
    }

    private func point(_ place: Int, _ positive: [Int], _ benign: [Int]) -> LibraryReport.Curves.Point {
        var (returned, right, recall) = (0, 0, 0.0)
        for query in positive {
            let point = answers[query].points[place]
            returned += point.returned
            right += point.right
            recall += Double(point.right) / Double(queries[query].positives.count)
        }
        let alarms = benign.count { answers[$0].points[place].returned > 0 }
        return .init(
            minimumScore: Self.minimumScores[place], precision: returned > 0 ? Double(right) / Double(returned) : nil,
            recall: positive.isEmpty ? nil : recall / Double(positive.count),
            falseAlarm: benign.isEmpty ? nil : Double(alarms) / Double(benign.count))
    }

    private func bins(_ positive: [Int], _ benign: [Int]) -> [LibraryReport.Curves.Bin] {
        var bins = (0..<25).map { LibraryReport.Curves.Bin(score: Double($0 - 4) / 20, right: 0, wrong: 0, benign: 0) }
        func bin(_ score: Double) -> Int { min(bins.count - 1, max(0, Int((score * 20).rounded(.down)) + 4)) }
        for query in positive {
            for hit in answers[query].similarities {
                if hit.isRight { bins[bin(hit.similarity)].right += 1 } else { bins[bin(hit.similarity)].wrong += 1 }
            }
        }
        for query in benign {
            if let best = answers[query].similarities.map(\.similarity).max() { bins[bin(best)].benign += 1 }
        }
        return bins
    }
}
