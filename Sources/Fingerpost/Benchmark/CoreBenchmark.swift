import LinearAlgebra
import Platform
import VectorIndex

/// Measures the retrieval core alone: the index on given vectors, without texts or a database.
public enum CoreBenchmark {
    public struct Options: Sendable {
        /// Neighbours to find.
        public var k = 10
        public var metric = Metric.cosine
        public var configuration = HNSWConfiguration.balanced
        /// Lengths of the search's beam to measure, in this order. Those below `k` act as `k`.
        public var efSearch = [16, 32, 64, 128, 256, 512]
        /// Threads for building and for the exact answers; nil for all there are. Searches are timed on one thread.
        public var threads: Int?
        /// Passes over the queries that are timed, after one that is not; the fastest counts.
        public var rounds = 3
        /// Where the index is saved and opened again; nil for nowhere.
        public var archivePath: String?
        /// What errors call the two inputs.
        public var baseName = "base"
        public var queriesName = "queries"

        public init() {}
    }

    public enum Stage: String, Sendable { case building, exact, searching, saving }

    /// Builds an index on the rows of `base` (keys are row numbers) and searches it for those of `queries`.
    ///
    /// Recall counts a found row where its score is at least that of the true k-th neighbour, as ann-benchmarks does, so
    /// that equal vectors do not count as misses. Both scores are of full precision.
    ///
    /// - Throws: ``FingerpostError`` for vectors that cannot be compared or indexed and for options without sense, and
    ///   ``VectorIndexError`` if the archive cannot be written.
    public static func run(
        base: Matrix, queries: Matrix, options: Options = Options(),
        progress: (@Sendable (_ stage: Stage, _ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> CoreBenchmarkReport {
        try check(base, queries, options)
        let threads = options.threads ?? Processors.available
        let clock = ContinuousClock()
        let k = min(options.k, base.rows)

        let index = try HNSWIndex<Int>(
            dimension: base.columns, metric: options.metric, configuration: options.configuration)
        let vectors = base.elements
        progress?(.building, 0, base.rows)
        let build = try clock.measure {
            do {
                try index.insert(contentsOf: vectors, keys: Array(0..<base.rows), threads: threads) { inserted in
                    progress?(.building, inserted, base.rows)
                }
            } catch let error as VectorIndexError {
                throw FingerpostError(error, file: options.baseName) ?? error
            }
        }

        let bounds = try exactBounds(index, queries, k: k, threads: threads, options: options, progress: progress)
        var points: [CoreBenchmarkReport.Point] = []
        let steps = options.efSearch.count * (options.rounds + 1) * queries.rows
        for (place, efSearch) in options.efSearch.enumerated() {
            let done = place * (options.rounds + 1) * queries.rows
            points.append(
                try measure(index, queries, k: k, efSearch: efSearch, bounds: bounds, rounds: options.rounds) {
                    completed in
                    progress?(.searching, done + completed, steps)
                })
        }

        var report = CoreBenchmarkReport(
            rows: base.rows, dimension: base.columns, queryCount: queries.rows, k: k, metric: options.metric,
            configuration: options.configuration, threads: threads, build: build,
            bytesPerVector: Double(index.byteCount) / Double(base.rows), points: points)
        if let path = options.archivePath {
            progress?(.saving, 0, 1)
            report.archive = try measureArchive(index, path: path, query: queries, k: k)
        }
        return report
    }

    private static func check(_ base: Matrix, _ queries: Matrix, _ options: Options) throws(FingerpostError) {
        guard base.rows > 0, base.columns > 0 else { throw .noVectors(file: options.baseName) }
        guard queries.rows > 0, queries.columns > 0 else { throw .noVectors(file: options.queriesName) }
        guard base.columns == queries.columns else {
            throw .dimensionMismatch(
                base: options.baseName, baseDimension: base.columns, queries: options.queriesName,
                queryDimension: queries.columns)
        }
        guard options.k >= 1 else { throw .invalidOption(name: "k", value: "\(options.k)", allowed: "at least 1") }
        guard options.rounds >= 1 else {
            throw .invalidOption(name: "rounds", value: "\(options.rounds)", allowed: "at least 1")
        }
        guard !options.efSearch.isEmpty, options.efSearch.allSatisfy((1...65_536).contains) else {
            throw .invalidOption(
                name: "efSearch", value: options.efSearch.map(String.init).joined(separator: ","),
                allowed: "a list of numbers from 1 to 65536")
        }
    }

    /// The score of the true k-th neighbour of each query.
    private static func exactBounds(
        _ index: HNSWIndex<Int>, _ queries: Matrix, k: Int, threads: Int, options: Options,
        progress: (@Sendable (Stage, Int, Int) -> Void)?
    ) throws -> [Float] {
        // Slices, so that progress can be told in between.
        let slice = max(64, threads * 16)
        var bounds: [Float] = []
        bounds.reserveCapacity(queries.rows)
        while bounds.count < queries.rows {
            progress?(.exact, bounds.count, queries.rows)
            let first = bounds.count
            let results = ParallelResults<Float, any Error>(count: min(slice, queries.rows - first))
            queries.withUnsafeElements { elements in
                let pointer = QueryPointer(elements: elements, dimension: queries.columns)
                Parallel.forEach(min(slice, queries.rows - first), threads: threads) { place in
                    results.set(place) {
                        let found = try search(
                            index, pointer, first + place, k, SearchOptions(strategy: .exact), options)
                        return found.last?.score ?? -.infinity
                    }
                }
            }
            bounds += try results.values()
        }
        return bounds
    }

    private static func search(
        _ index: HNSWIndex<Int>, _ queries: QueryPointer, _ row: Int, _ k: Int, _ search: SearchOptions<Int>,
        _ options: Options
    ) throws -> SearchResult<Int> {
        do {
            return try index.search(queries[row], limit: k, options: search)
        } catch let error as VectorIndexError {
            throw FingerpostError(error, file: options.queriesName, row: row) ?? error
        }
    }

    private static func measure(
        _ index: HNSWIndex<Int>, _ queries: Matrix, k: Int, efSearch: Int, bounds: [Float], rounds: Int,
        progress: (_ completed: Int) -> Void
    ) throws -> CoreBenchmarkReport.Point {
        let clock = ContinuousClock()
        let options = SearchOptions<Int>(efSearch: efSearch)
        var hits = 0
        var fastest: (total: Duration, each: [Duration])?
        try queries.withUnsafeElements { elements in
            let pointer = QueryPointer(elements: elements, dimension: queries.columns)
            // The pass that warms the caches is the one that counts hits.
            for row in 0..<queries.rows {
                let found = try index.search(pointer[row], limit: k, options: options)
                hits += min(k, found.neighbors.count { $0.score >= bounds[row] })
            }
            for round in 1...rounds {
                progress(round * queries.rows)
                var each: [Duration] = []
                each.reserveCapacity(queries.rows)
                let start = clock.now
                var last = start
                for row in 0..<queries.rows {
                    _ = try index.search(pointer[row], limit: k, options: options)
                    let now = clock.now
                    each.append(now - last)
                    last = now
                }
                if last - start < fastest?.total ?? .seconds(Int64.max) { fastest = (last - start, each) }
            }
        }
        guard let fastest, let latency = Percentiles(fastest.each) else {
            throw FingerpostError.noVectors(file: "queries")
        }
        return CoreBenchmarkReport.Point(
            efSearch: efSearch, recall: Double(hits) / Double(k * queries.rows),
            queriesPerSecond: Double(queries.rows) / max(fastest.total.secondsValue, 1e-9), latency: latency)
    }

    private static func measureArchive(
        _ index: HNSWIndex<Int>, path: String, query: Matrix, k: Int
    ) throws -> CoreBenchmarkReport.Archive {
        let clock = ContinuousClock()
        let save = try clock.measure { try index.save(to: path) }
        var opened: HNSWIndex<Int>?
        let open = try clock.measure { opened = try HNSWIndex<Int>(archive: path) }
        let first = try clock.measure {
            try query.withUnsafeElements { elements in
                let pointer = QueryPointer(elements: elements, dimension: query.columns)
                _ = try opened?.search(pointer[0], limit: k)
            }
        }
        let bytes = (try? MappedFile(path: path).bytes.count) ?? 0
        return CoreBenchmarkReport.Archive(path: path, bytes: bytes, save: save, open: open, firstSearch: first)
    }
}

/// The rows of a matrix of queries, for threads that read them.
private struct QueryPointer: @unchecked Sendable {
    let elements: UnsafeBufferPointer<Float>
    let dimension: Int

    subscript(row: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: elements[(row * dimension)..<((row + 1) * dimension)])
    }
}

extension FingerpostError {
    /// An index's complaint about a vector, with the file that it is in; nil for other complaints.
    fileprivate init?(_ error: VectorIndexError, file: String, row: Int? = nil) {
        switch error {
        case .nonFiniteElement(let place, let element):
            self = .unusableVector(
                file: file, row: row ?? place, problem: "is NaN or infinite at column \(element) (counted from 0)")
        case .zeroVector(let place):
            self = .unusableVector(
                file: file, row: row ?? place, problem: "is all zeros, which has no direction to compare by cosine")
        default:
            return nil
        }
    }
}
