/// The middle and the tail of a set of durations.
public struct Percentiles: Sendable, Hashable {
    public var p50: Duration
    public var p95: Duration
    public var p99: Duration
    public var mean: Duration

    /// Nil where there are no samples. O(n log n).
    public init?(_ samples: [Duration]) {
        guard !samples.isEmpty else { return nil }
        let sorted = samples.sorted()
        p50 = Self.percentile(50, of: sorted)
        p95 = Self.percentile(95, of: sorted)
        p99 = Self.percentile(99, of: sorted)
        mean = sorted.reduce(.zero, +) / sorted.count
    }

    /// The nearest-rank percentile: the smallest sample that at least `percent` in a hundred samples do not exceed.
    ///
    /// - Precondition: `sorted` is ascending and not empty, and `percent` is 1 to 100.
    static func percentile(_ percent: Int, of sorted: [Duration]) -> Duration {
        let rank = (sorted.count * percent + 99) / 100
        return sorted[min(sorted.count, max(1, rank)) - 1]
    }
}

/// Latencies of the stages of a query: its text into a vector, the vector into the nearest passages, the text into the
/// words that guidelines share with it, the candidates into a ranking, that into guidelines, and the whole as the caller
/// sees it.
public struct StageLatencies: Sendable {
    /// A stage, in the order in which they happen.
    public enum Stage: String, Sendable, CaseIterable { case encode, core, words, rank, fetch, total }

    private var samples: [Stage: [Duration]] = [:]

    public init() {}

    public mutating func record(_ duration: Duration, for stage: Stage) {
        samples[stage, default: []].append(duration)
    }

    /// Adds a retrieval; `total` is what the caller measured around it, or nil for the retrieval's own.
    public mutating func record(_ latency: RetrievalLatency, total: Duration? = nil) {
        record(latency.encode, for: .encode)
        record(latency.search, for: .core)
        record(latency.words, for: .words)
        record(latency.rank, for: .rank)
        record(latency.fetch, for: .fetch)
        record(total ?? latency.total, for: .total)
    }

    /// Nil where nothing was recorded.
    public subscript(stage: Stage) -> Percentiles? { samples[stage].flatMap(Percentiles.init) }
}

extension Duration {
    /// As a number of microseconds.
    public var microseconds: Double { self / .microseconds(1) }
    /// As a number of seconds.
    public var secondsValue: Double { self / .seconds(1) }
}
