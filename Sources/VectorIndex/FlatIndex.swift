import CKernels
import Platform

/// Exact nearest neighbours by scanning every row: perfect, and below a few thousand rows also the fastest.
///
/// ```swift
/// let index = try FlatIndex<Int>(dimension: 3, metric: .cosine)
/// try index.insert([1, 0, 0], for: 7)
/// let nearest = try index.search([0.9, 0.1, 0], limit: 1)
/// ```
///
/// - Complexity: a search is O(rows * dimension).
public final class FlatIndex<Key: IndexKey>: NeighborIndex, @unchecked Sendable {
    private var state: KeyedRows<Key>
    private let lock = ReadWriteLock()
    private let writing = Locked(())
    private let pool = WorkspacePool()

    public let dimension: Int
    public let metric: Metric

    /// An empty index.
    ///
    /// - Throws: ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a dimension outside 1 to 65536.
    public init(dimension: Int, metric: Metric = .cosine) throws(VectorIndexError) {
        try IndexLimits.check(dimension: dimension)
        self.dimension = dimension
        self.metric = metric
        state = KeyedRows(rows: VectorRows(dimension: dimension, metric: metric, hasCodes: false))
    }

    public var count: Int { lock.read { state.count } }
    public func contains(_ key: Key) -> Bool { lock.read { state.keys.row(of: key) != nil } }
    public func vector(for key: Key) -> [Float]? { lock.read { state.vector(for: key) } }
    public func filter(including keys: some Sequence<Key>) -> RowFilter { lock.read { state.filter(including: keys) } }

    public func reserveCapacity(_ capacity: Int) {
        writing.withLock { _ in
            lock.write {
                state.rows.ensureCapacity(capacity)
                state.keys.reserveCapacity(capacity)
            }
        }
    }

    public func insert(
        contentsOf vectors: [Float], keys: [Key], threads: Int? = nil,
        progress: ((_ inserted: Int) -> Void)? = nil
    ) throws {
        try writing.withLock { _ in
            try state.validate(vectors, keys)
            append(vectors, keys, threads: threads ?? Processors.available)
        }
        progress?(keys.count)
    }

    public func update(_ vector: [Float], for key: Key) throws {
        try writing.withLock { _ in
            guard state.keys.row(of: key) != nil else { throw VectorIndexError.missingKey("\(key)") }
            guard vector.count == dimension else {
                throw VectorIndexError.dimensionMismatch(expected: dimension, actual: vector.count)
            }
            try vector.withUnsafeBufferPointer(state.rows.validate)
            lock.write {
                _ = state.remove(key)
                state.rows.ensureCapacity(state.rows.count + 1)
                state.write(vector, threads: 1, kernels: fp_kernels_current().pointee)
                state.adopt(CollectionOfOne(key))
            }
            compactIfSparse()
        }
    }

    @discardableResult
    public func remove(_ key: Key) -> Bool {
        writing.withLock { _ in
            let isRemoved = lock.write { state.remove(key) }
            compactIfSparse()
            return isRemoved
        }
    }

    public func search(
        _ query: [Float], limit: Int, options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        try pool.withWorkspace { workspace in
            try query.withUnsafeBufferPointer { query in
                try lock.read {
                    try state.check(limit: limit, options: options)
                    let prepared = try state.prepare(
                        query, workspace: workspace, kernels: fp_kernels_current().pointee)
                    var statistics = SearchStatistics()
                    guard limit > 0 else { return SearchResult(neighbors: [], statistics: statistics) }
                    let candidates = state.scan(
                        prepared, limit: limit, filter: options.filter, workspace: workspace, statistics: &statistics)
                    let neighbors = state.neighbors(
                        candidates, query: prepared, minimumScore: options.minimumScore)
                    return SearchResult(neighbors: neighbors, statistics: statistics)
                }
            }
        }
    }

    private func append(_ vectors: [Float], _ keys: [Key], threads: Int) {
        lock.write { state.rows.ensureCapacity(state.rows.count + keys.count) }
        state.write(vectors, threads: threads, kernels: fp_kernels_current().pointee)
        lock.write { state.adopt(keys) }
    }

    /// Takes the dead rows out once they are the greater part.
    private func compactIfSparse() {
        let rows = state.rows
        guard rows.count - rows.liveCount > max(rows.liveCount, 1024) else { return }
        let kernels = fp_kernels_current().pointee
        let (vectors, keys) = state.compacted(threads: 1, kernels: kernels)
        var fresh = KeyedRows<Key>(rows: VectorRows(dimension: dimension, metric: metric, hasCodes: false))
        fresh.rows.ensureCapacity(keys.count)
        fresh.write(vectors, threads: 1, kernels: kernels)
        fresh.adopt(keys)
        lock.write { state = fresh }
    }
}

/// Bounds on what an index can be asked to hold.
enum IndexLimits {
    static let maximumDimension = 65_536

    static func check(dimension: Int) throws(VectorIndexError) {
        guard (1...maximumDimension).contains(dimension) else {
            throw .invalidParameter(name: "dimension", value: dimension, allowed: "1 to \(maximumDimension)")
        }
    }
}
