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
/// The graph is travelled on short codes and the best candidates are ranked again in full precision. Where few rows
/// match a filter, or the graph did not find enough, every matching row is scanned, so that `limit` results come back
/// whenever that many rows match. The same changes in the same order give the same index, byte for byte, on any number
/// of threads.
///
/// Searches run beside each other and beside changes: each sees the rows of one state of the index.
///
/// Malkov and Yashunin, arXiv:1603.09320.
///
/// - Complexity: a search is about O(log rows) in the number of rows for a fixed `efSearch`; an insertion likewise with
///   `efConstruction`.
public final class HNSWIndex<Key: IndexKey>: NeighborIndex, @unchecked Sendable {
    // Everything but `versions` and `rowsByKey` is used only by whoever holds `writing`.
    var store: GraphStore
    var keyColumn: KeyColumn<Key>
    let rowsByKey: KeyMap<Key>
    var epoch = UInt64.random(in: 0...UInt64.max)
    var upperStorage: UpperStorage
    let versions: Versions<IndexState<Key>>
    /// Held by the one who changes the index. The value says nothing: Thread Sanitizer takes one of no size for its
    /// neighbour in memory.
    let writing = Locked(false)
    let pool = WorkspacePool()

    public let dimension: Int
    public let metric: Metric
    public let configuration: HNSWConfiguration

    /// An empty index.
    ///
    /// - Parameter isMultiple: whether a key may have several vectors; see ``NeighborIndex/isMultiple``.
    /// - Throws: ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a dimension outside 1 to 65536 or a
    ///   configuration out of bounds.
    public convenience init(
        dimension: Int, metric: Metric = .cosine, configuration: HNSWConfiguration = .balanced,
        isMultiple: Bool = false
    ) throws(VectorIndexError) {
        try IndexLimits.check(dimension: dimension)
        try configuration.validate()
        self.init(
            store: GraphStore(dimension: dimension, metric: metric, configuration: configuration),
            keys: KeyColumn(), rowsByKey: KeyMap(isMultiple: isMultiple))
    }

    init(store: GraphStore, keys: KeyColumn<Key>, rowsByKey: KeyMap<Key>) {
        dimension = store.rows.dimension
        metric = store.rows.metric
        configuration = store.configuration
        self.store = store
        keyColumn = keys
        self.rowsByKey = rowsByKey
        upperStorage = UpperStorage(store.upper)
        versions = Versions(IndexState(store: store, keys: keys, epoch: epoch, sharing: upperStorage))
    }

    public var isMultiple: Bool { rowsByKey.isMultiple }
    public var count: Int { versions.withCurrent { $0.rows.liveCount } }
    public func contains(_ key: Key) -> Bool { rowsByKey.contains(key) }

    public func vectors(for key: Key) throws -> [[Float]] {
        try rowsByKey.vectors(for: key) { row in
            try versions.withCurrent { try $0.rows.vector(row, ifOf: key, $0.keys) }
        }
    }

    public func filter(including keys: some Sequence<Key>) -> RowFilter {
        rowsByKey.filter(including: keys) { versions.withCurrent { $0.epoch } }
    }

    /// The keys of all rows that a search can find, in the order of their rows: that of insertion, until rows are
    /// removed. A key with several vectors comes several times.
    ///
    /// - Complexity: O(count).
    public var keys: [Key] {
        versions.withCurrent { state in
            (0..<UInt32(state.rows.count)).filter(state.rows.isLive).map { state.keys[$0] }
        }
    }

    /// Bytes held in memory or mapped: vectors, codes and links of all rows, removed ones included.
    public var byteCount: Int {
        versions.withCurrent { state in
            let graph = state.graph
            let perRow =
                graph.rows.vectorStride * 4 + graph.layout.blockSize + MemoryLayout<RowFactors>.stride
                + MemoryLayout<BlockReference>.stride
            return graph.rows.count * perRow + graph.upperRows.count * (graph.upperDegree + 1) * 4
        }
    }

    /// What is wrong with the index, in words; empty if nothing is.
    ///
    /// - Complexity: O(rows * M).
    public func violations() -> [String] {
        writing.withLock { _ in
            do { try store.checkNodes(threads: Processors.available) } catch { return ["\(error)"] }
            var found = store.violations()
            for row in 0..<UInt32(store.rows.count) where store.rows.live.contains(row) && found.count < 20 {
                if !rowsByKey.rows(of: keyColumn[row]).contains(row) {
                    found.append("row \(row) has the key of another row")
                }
            }
            return found
        }
    }
}
