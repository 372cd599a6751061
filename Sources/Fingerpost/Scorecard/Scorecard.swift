import Platform
import TextEncoder

/// Measures how well systems find what is relevant, each against the others on the same queries, with exact search.
///
/// ```swift
/// let corpora = try Corpora(["sets"])
/// let encoder = try PretrainedEncoder.load(from: folder)
/// let report = try Scorecard.run(corpora.sets, systems: [EncoderSystem(encoder), BM25System()])
/// for set in report.sets {
///     print(set.name, set.figures.scores[0][.ndcg10]?.value ?? 0)
/// }
/// ```
public enum Scorecard {
    public struct Options: Sendable {
        public var bootstrap = Bootstrap()
        /// Threads that work at once; nil for all there are. No figure depends on it.
        public var threads: Int?

        public init() {}
    }

    /// How far a run is.
    public struct Progress: Sendable, Hashable {
        public var system: String
        public var set: String
        /// Texts read in and queries ranked.
        public var completed: Int
        public var total: Int
    }

    /// Ranks the documents of every set for its queries by every system, and compares what is found with what is relevant.
    ///
    /// - Complexity: the systems read every text once for each set; an encoder then takes a product of queries and
    ///   documents, and the intervals take O(resamples * queries) for each system.
    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``, and what a system throws.
    public static func run(
        _ sets: [ScorecardSet], systems: [any RankingSystem], options: Options = Options(),
        progress: (@Sendable (Progress) -> Void)? = nil
    ) throws -> ScorecardReport {
        let bootstrap = options.bootstrap
        guard bootstrap.resampleCount >= 1 else {
            throw FingerpostError.invalidOption(
                name: "resamples", value: "\(bootstrap.resampleCount)", allowed: "at least 1")
        }
        guard bootstrap.confidence > 0, bootstrap.confidence < 1 else {
            throw FingerpostError.invalidOption(
                name: "confidence", value: "\(bootstrap.confidence)", allowed: "above 0 and below 1")
        }
        let run = ScorecardRun(
            systems: systems, bootstrap: bootstrap, threads: options.threads ?? Processors.available, progress: progress
        )
        var results: [ScorecardReport.SetResult] = []
        var samples: [Sample] = []
        var works = [RankingWork](repeating: RankingWork(), count: systems.count)
        for set in sets {
            switch set {
            case .retrieval(let set):
                for (result, sample) in try run.measure(set, works: &works) {
                    results.append(result)
                    samples.append(sample)
                }
            case .similarity(let set): results.append(try run.measure(set, works: &works))
            }
        }
        let mean = samples.count > 1 ? Sample.mean(samples)?.figures(bootstrap) : nil
        return ScorecardReport(
            systems: zip(systems, works).map { .init(name: $0.name, encoder: $0.encoder, work: $1) }, sets: results,
            mean: mean, bootstrap: bootstrap)
    }
}

/// What stays the same in a run from set to set.
private struct ScorecardRun {
    let systems: [any RankingSystem]
    let bootstrap: Bootstrap
    let threads: Int
    let progress: (@Sendable (Scorecard.Progress) -> Void)?

    /// A result for each file of queries that is not out of scope, with the sample of its rankings' figures.
    func measure(
        _ set: RetrievalSet, works: inout [RankingWork]
    ) throws -> [(ScorecardReport.SetResult, Sample)] {
        // All queries of the set in a row, so that each system ranks once.
        let files = set.queryFiles
        var starts: [Int] = [0]
        for file in files { starts.append(starts[starts.count - 1] + file.queries.count) }
        let queries = files.flatMap(\.queries)
        let outOfScope = files.indices.filter { files[$0].isOutOfScope }.flatMap { starts[$0]..<starts[$0 + 1] }

        let found = try systems.indices.map { system in
            try rank(queries, in: set, by: systems[system], work: &works[system])
        }
        return files.indices.filter { !files[$0].isOutOfScope }.map { file in
            let own = starts[file]..<starts[file + 1]
            let positives = own.filter { !queries[$0].grades.isEmpty }
            let negatives = own.filter { queries[$0].grades.isEmpty } + outOfScope
            let name = files[file].name
            let figures = found.map { rankings in
                positives.flatMap { QueryFigures.values(ranked: rankings[$0].map(\.row), grades: queries[$0].grades) }
            }
            let sample = bootstrap.meansSample(
                figures, metrics: ScorecardMetric.ofRankings, stream: name, threads: threads)
            var whole = sample
            if !negatives.isEmpty {
                // Nothing found is the clearest sign that nothing is relevant.
                func best(_ rankings: [[RankedDocument]], _ rows: [Int]) -> [Float] {
                    rows.map { rankings[$0].first?.score ?? -.infinity }
                }
                whole = sample.joined(
                    with: bootstrap.separationSample(
                        positives: found.map { best($0, positives) }, negatives: found.map { best($0, negatives) },
                        stream: "\(name) auroc", threads: threads))
            }
            let result = ScorecardReport.SetResult(
                name: name, path: files[file].path, kind: .retrieval, documentCount: set.documents.count,
                itemCount: positives.count, negativeCount: negatives.count, figures: whole.figures(bootstrap))
            return (result, sample)
        }
    }

    private func rank(
        _ queries: [RetrievalSet.Query], in set: RetrievalSet, by system: any RankingSystem, work: inout RankingWork
    ) throws -> [[RankedDocument]] {
        let total = set.documents.count + queries.count
        let tell = teller(system, set.name, total: total)
        let ranking = try system.ranking(of: set.documents, work: &work, threads: threads, progress: tell)
        // One more than is looked at, where one may have to go.
        let depth = ScorecardMetric.depth + (queries.contains { $0.ownRow != nil } ? 1 : 0)
        let found = try ranking.rank(queries.map(\.text), depth: depth, work: &work, threads: threads) { finished in
            tell?(set.documents.count + finished)
        }
        return zip(queries, found).map { query, documents in
            documents.filter { $0.row != query.ownRow }
        }
    }

    func measure(_ set: SimilaritySet, works: inout [RankingWork]) throws -> ScorecardReport.SetResult {
        let pairs = set.pairs.map { (first: $0.first, second: $0.second) }
        let similarities = try systems.indices.map { system in
            try systems[system].similarities(
                of: pairs, work: &works[system], threads: threads,
                progress: teller(systems[system], set.name, total: 2 * pairs.count))
        }
        let sample = bootstrap.correlationSample(
            similarities, with: set.pairs.map(\.score), stream: set.name, threads: threads)
        return ScorecardReport.SetResult(
            name: set.name, path: set.path, kind: .similarity, documentCount: 0, itemCount: pairs.count,
            negativeCount: 0, figures: sample.figures(bootstrap))
    }

    private func teller(
        _ system: any RankingSystem, _ set: String, total: Int
    ) -> (@Sendable (Int) -> Void)? {
        guard let progress else { return nil }
        let name = system.name
        return { progress(.init(system: name, set: set, completed: $0, total: total)) }
    }
}
