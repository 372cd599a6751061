import VectorIndex

/// Measures the whole query path: text in, guidelines out, and what it adds to its two expensive parts.
public enum QueryBenchmark {
    public struct Options: Sendable {
        public var retrieval = RetrievalOptions()
        /// Passes over the queries that are timed, after one that is not; the fastest counts.
        public var rounds = 3

        public init() {}
    }

    /// Searches for each text on the calling thread, several times.
    ///
    /// - Throws: ``FingerpostError`` where there is no text or no pass, and what a search throws.
    public static func run(
        _ texts: [String], in library: GuidelineLibrary, options: Options = Options(),
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> QueryBenchmarkReport {
        guard options.rounds >= 1 else {
            throw FingerpostError.invalidOption(name: "rounds", value: "\(options.rounds)", allowed: "at least 1")
        }
        guard !texts.isEmpty else { throw FingerpostError.noVectors(file: "queries") }
        let clock = ContinuousClock()
        let steps = texts.count * (options.rounds + 1)
        for (place, text) in texts.enumerated() {
            progress?(place, steps)
            _ = try library.search(text, options: options.retrieval)
        }
        var fastest: QueryBenchmarkReport?
        for round in 1...options.rounds {
            var report = QueryBenchmarkReport(queryCount: texts.count, rounds: options.rounds)
            for (place, text) in texts.enumerated() {
                if place.isMultiple(of: 64) { progress?(round * texts.count + place, steps) }
                let start = clock.now
                let found = try library.search(text, options: options.retrieval)
                let total = clock.now - start
                report.record(found, total: total)
            }
            if report.elapsed < fastest?.elapsed ?? .seconds(Int64.max) { fastest = report }
        }
        progress?(steps, steps)
        return fastest ?? QueryBenchmarkReport(queryCount: texts.count, rounds: options.rounds)
    }
}

/// What a benchmark of the query path measured, in its fastest pass.
public struct QueryBenchmarkReport: Sendable {
    public var queryCount: Int
    public var rounds: Int
    public private(set) var latency = StageLatencies()
    /// The whole of each query less its encoding, its core and, in a hybrid search, its words.
    public private(set) var overheads: [Duration] = []
    /// Time of all queries together.
    public private(set) var elapsed = Duration.zero
    /// How often each way of searching was taken.
    public private(set) var modes: [RetrievalMode: Int] = [:]
    private var core = Duration.zero

    init(queryCount: Int, rounds: Int) {
        self.queryCount = queryCount
        self.rounds = rounds
    }

    mutating func record(_ found: Retrieval, total: Duration) {
        let core = found.latency.encode + found.latency.search + found.latency.words
        latency.record(found.latency, total: total)
        overheads.append(total - core)
        elapsed += total
        self.core += core
        modes[found.mode, default: 0] += 1
    }

    /// On one thread.
    public var queriesPerSecond: Double { Double(queryCount) / max(elapsed.secondsValue, 1e-9) }
    /// What the path adds to encoding, core and words, for a query on average.
    public var meanOverhead: Duration { queryCount > 0 ? (elapsed - core) / queryCount : .zero }
    /// The same as a share of encoding and core, in percent.
    public var overheadPercent: Double { core > .zero ? 100 * ((elapsed - core) / core) : 0 }
}
