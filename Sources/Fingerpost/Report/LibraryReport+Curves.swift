extension LibraryReport {
    /// How well queries with known answers are answered.
    public struct Curves: Sendable, Encodable {
        public struct Recall: Sendable, Encodable {
            public var method: RetrievalMethod
            /// At 1 to 20; empty where no query has positives.
            public var recall: [Double]
        }
        /// What would be returned, of the first six, if all guidelines had this minimum score alone.
        public struct Point: Sendable, Encodable {
            public var minimumScore: Double
            /// Of what is returned for queries with positives, the share that is right; nil where nothing is returned.
            public var precision: Double?
            public var recall: Double?
            /// Share of the queries without positives for which something is returned.
            public var falseAlarm: Double?
        }
        /// Similarities from `score` on, as far as the next bin.
        public struct Bin: Sendable, Encodable {
            public var score: Double
            public var right: Int
            public var wrong: Int
            /// The best of each query without positives.
            public var benign: Int
        }
        public struct Miss: Sendable, Encodable {
            public var id: String
            public var query: String
            public var positives: [String]
            /// What came first instead, if anything.
            public var first: String?
        }

        public var queries: Int
        public var benignQueries: Int
        public var recalls: [Recall]
        public var thresholds: [Point]
        public var scores: [Bin]
        /// Queries none of whose positives is among the first six, in their order.
        public var misses: [Miss]
        public var abstained: Int
    }
}

/// The answers to a report's queries, and what they say.
struct ReportAnswers {
    static let depth = 20
    static let shown = 6

    let queries: [EvaluationQuery]
    /// Without thresholds, by method and query.
    private(set) var ranked: [RetrievalMethod: [[(id: String, similarity: Double)]]] = [:]
    /// With thresholds: whether nothing is returned.
    private(set) var abstains: [Bool] = []

    init(
        _ queries: [EvaluationQuery], in library: GuidelineLibrary, options: LibraryReport.Options,
        progress: (Int, Int) -> Void
    ) throws {
        self.queries = queries
        let total = 4 * queries.count
        var done = 0
        func answers(_ retrieval: RetrievalOptions) throws -> [Retrieval] {
            var all: [Retrieval] = []
            for start in stride(from: 0, to: queries.count, by: 256) {
                let batch = queries[start..<min(start + 256, queries.count)].map(\.text)
                all += try library.search(batch: batch, options: retrieval, threads: options.threads)
                done += batch.count
                progress(done, total)
            }
            return all
        }
        for method in RetrievalMethod.allCases {
            var retrieval = RetrievalOptions(limit: Self.depth, method: method)
            retrieval.usesThresholds = false
            retrieval.honorsRelations = false
            ranked[method] = try answers(retrieval).map { found in
                found.matches.map { ($0.id, Double($0.similarity ?? $0.score)) }
            }
        }
        abstains = try answers(RetrievalOptions(limit: Self.shown, minimumScore: options.minimumScore))
            .map(\.matches.isEmpty)
    }

    /// Ids that come first, at most six, and their similarities.
    func first(_ query: Int) -> ArraySlice<(id: String, similarity: Double)> {
        (ranked[.hybrid]?[query] ?? []).prefix(Self.shown)
    }

    var curves: LibraryReport.Curves {
        let positive = queries.indices.filter { !queries[$0].positives.isEmpty }
        let benign = queries.indices.filter { queries[$0].positives.isEmpty }
        let misses = positive.filter { query in
            !first(query).contains { queries[query].positives.contains($0.id) }
        }
        return LibraryReport.Curves(
            queries: queries.count, benignQueries: benign.count,
            recalls: RetrievalMethod.allCases.map { .init(method: $0, recall: recall($0, positive)) },
            thresholds: (0...50).map { point(Double($0) / 50, positive, benign) },
            scores: bins(positive, benign),
            misses: misses.map { index in
                .init(
                    id: queries[index].id ?? "line \(index + 1)", query: queries[index].text,
                    positives: queries[index].positives.sorted(), first: first(index).first?.id)
            },
            abstained: positive.count { abstains[$0] })
    }

    private func recall(_ method: RetrievalMethod, _ positive: [Int]) -> [Double] {
        guard !positive.isEmpty, let ranked = ranked[method] else { return [] }
        var metrics = RetrievalMetrics(recallCutoffs: 1...Self.depth)
        for query in positive {
            metrics.record(ranked: ranked[query].lazy.map(\.id), relevant: queries[query].positives)
        }
        return (1...Self.depth).map { metrics.recall(at: $0) ?? 0 }
    }

    private func point(_ minimum: Double, _ positive: [Int], _ benign: [Int]) -> LibraryReport.Curves.Point {
        var (returned, right, recall) = (0, 0, 0.0)
        for query in positive {
            let kept = first(query).filter { $0.similarity >= minimum }
            let hits = kept.count { queries[query].positives.contains($0.id) }
            returned += kept.count
            right += hits
            recall += Double(hits) / Double(queries[query].positives.count)
        }
        let alarms = benign.count { query in first(query).contains { $0.similarity >= minimum } }
        return .init(
            minimumScore: minimum, precision: returned > 0 ? Double(right) / Double(returned) : nil,
            recall: positive.isEmpty ? nil : recall / Double(positive.count),
            falseAlarm: benign.isEmpty ? nil : Double(alarms) / Double(benign.count))
    }

    private func bins(_ positive: [Int], _ benign: [Int]) -> [LibraryReport.Curves.Bin] {
        var bins = (0..<25).map { LibraryReport.Curves.Bin(score: Double($0 - 4) / 20, right: 0, wrong: 0, benign: 0) }
        func bin(_ score: Double) -> Int { min(bins.count - 1, max(0, Int((score * 20).rounded(.down)) + 4)) }
        for query in positive {
            for hit in first(query) {
                if queries[query].positives.contains(hit.id) {
                    bins[bin(hit.similarity)].right += 1
                } else {
                    bins[bin(hit.similarity)].wrong += 1
                }
            }
        }
        for query in benign {
            if let best = first(query).map(\.similarity).max() { bins[bin(best)].benign += 1 }
        }
        return bins
    }
}
