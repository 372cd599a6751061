import VectorIndex

/// What a benchmark of the core measured.
public struct CoreBenchmarkReport: Sendable {
    public var rows: Int
    public var dimension: Int
    public var queryCount: Int
    /// Neighbours asked for: the option's, or the number of rows where there are fewer.
    public var k: Int
    public var metric: Metric
    public var configuration: HNSWConfiguration
    /// Threads that built the index.
    public var threads: Int
    /// Time to build the index from vectors in memory.
    public var build: Duration
    /// All that the index holds, vectors, codes and links, by the number of rows.
    public var bytesPerVector: Double
    public var points: [Point]
    public var archive: Archive?

    /// One length of the beam.
    public struct Point: Sendable, Hashable {
        public var efSearch: Int
        /// recall@k against exact search, 0 to 1.
        public var recall: Double
        /// On one thread, in the fastest of the passes.
        public var queriesPerSecond: Double
        /// Of single queries in that pass.
        public var latency: Percentiles
    }

    /// The index as a file.
    public struct Archive: Sendable, Hashable {
        public var path: String
        public var bytes: Int
        /// Time to write it and see it safe on the medium.
        public var save: Duration
        /// Time to open it by memory map, its structure checked.
        public var open: Duration
        /// Time of the first search in it.
        public var firstSearch: Duration
    }
}
