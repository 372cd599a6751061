import CKernels
import Platform

/// Approximate nearest neighbours from a hierarchical navigable small world graph.
///
/// ```swift
/// let index = try HNSWIndex<String>(dimension: 384, metric: .cosine)
/// try index.insert(contentsOf: vectors, keys: names)
/// let result = try index.search(query, limit: 10, options: SearchOptions(efSearch: 100))
/// try index.save(to: "rules.hnsw")
/// ```
///
/// The graph is travelled on int8 codes and the best candidates are ranked again in full precision. Where few rows
/// match a filter, or the graph did not find enough, every matching row is scanned, so that `limit` results come back
/// whenever that many rows match. The same rows in the same order give the same index, byte for byte, on any number of
/// threads.
///
/// Malkov and Yashunin, arXiv:1603.09320.
///
/// - Complexity: a search is about O(log rows) in the number of rows for a fixed `efSearch`; an insertion likewise with
///   `efConstruction`.
public final class HNSWIndex<Key: IndexKey>: NeighborIndex, @unchecked Sendable {
    // `state` and `graph` are read under `lock`, and changed under it by whoever holds `writing`.
    var state: KeyedRows<Key>
    var graph: HNSWGraph
    /// Rows linked since the graph was last looked through for nodes that nothing leads to.
    var unchecked = 0
    let lock = ReadWriteLock()
    let writing = Locked(())
    let pool = WorkspacePool()

    public let dimension: Int
    public let metric: Metric
    public let configuration: HNSWConfiguration

    /// An empty index.
    ///
    /// - Throws: ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a dimension outside 1 to 65536 or a
    ///   configuration out of bounds.
    public init(
        dimension: Int, metric: Metric = .cosine, configuration: HNSWConfiguration = .balanced
    ) throws(VectorIndexError) {
        try IndexLimits.check(dimension: dimension)
        try configuration.validate()
        self.dimension = dimension
        self.metric = metric
        self.configuration = configuration
        state = KeyedRows(rows: VectorRows(dimension: dimension, metric: metric, hasCodes: true))
        graph = HNSWGraph(configuration: configuration)
    }

    init(state: KeyedRows<Key>, graph: HNSWGraph) {
        dimension = state.rows.dimension
        metric = state.rows.metric
        configuration = graph.configuration
        self.state = state
        self.graph = graph
    }

    public var count: Int { lock.read { state.count } }
    public func contains(_ key: Key) -> Bool { lock.read { state.keys.row(of: key) != nil } }
    public func vector(for key: Key) -> [Float]? { lock.read { state.vector(for: key) } }
    public func filter(including keys: some Sequence<Key>) -> RowFilter { lock.read { state.filter(including: keys) } }

    /// The keys of all rows that a search can find, in the order of insertion.
    ///
    /// - Complexity: O(count).
    public var keys: [Key] {
        lock.read {
            (0..<UInt32(state.rows.count)).filter(state.rows.live.contains).map { state.keys[$0] }
        }
    }

    /// Bytes held in memory or mapped: vectors, codes and links of all rows, removed ones included.
    public var byteCount: Int {
        lock.read {
            let rows = state.rows
            let perRow = rows.vectors.stride * 4 + rows.codes.stride + 8 + graph.base.stride * 4 + 5
            return rows.count * perRow + graph.upperCount * graph.upper.stride * 4
        }
    }

    /// What is wrong with the index, in words; empty if nothing is.
    ///
    /// - Complexity: O(rows * M).
    public func violations() -> [String] {
        lock.read {
            var found = graph.violations(rows: state.rows.count)
            if state.rows.live.count != state.rows.liveCount { found.append("the count of live rows is wrong") }
            for row in 0..<UInt32(state.rows.count) where state.rows.live.contains(row) {
                if state.keys.row(of: state.keys[row]) != row { found.append("row \(row) has the key of another row") }
            }
            return found
        }
    }
}
