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
    // Everything but `versions` and `rowsByKey` is used only by whoever holds `writing`.
    private let store: RowStore
    private let keyColumn = KeyColumn<Key>()
    private let rowsByKey: KeyMap<Key>
    private var epoch = UInt64.random(in: 0...UInt64.max)
    private let versions: Versions<FlatState<Key>>
    private let writing = Locked(false)

    public let dimension: Int
    public let metric: Metric

    /// An empty index.
    ///
    /// - Parameter isMultiple: whether a key may have several vectors; see ``NeighborIndex/isMultiple``.
    /// - Throws: ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a dimension outside 1 to 65536.
    public init(dimension: Int, metric: Metric = .cosine, isMultiple: Bool = false) throws(VectorIndexError) {
        try IndexLimits.check(dimension: dimension)
        rowsByKey = KeyMap(isMultiple: isMultiple)
        self.dimension = dimension
        self.metric = metric
        store = RowStore(dimension: dimension, metric: metric)
        versions = Versions(FlatState(store, keys: keyColumn, epoch: epoch))
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

    public func reserveCapacity(_ capacity: Int) {
        writing.withLock { _ in
            store.ensureCapacity(capacity)
            rowsByKey.reserveCapacity(capacity)
        }
    }

    public func insert(
        contentsOf vectors: [Float], keys: [Key], threads: Int? = nil,
        progress: ((_ inserted: Int) throws -> Void)? = nil
    ) throws {
        try writing.withLock { _ in
            try IndexLimits.check(vectors, keys, for: store, present: rowsByKey)
            append(vectors, keys, threads: threads ?? Processors.available)
        }
        try? progress?(keys.count)
    }

    public func update(contentsOf vectors: [Float], for key: Key) throws {
        try writing.withLock { _ in
            try IndexLimits.check(replacing: vectors, for: key, in: store, present: rowsByKey)
            append(vectors, Array(repeating: key, count: vectors.count / dimension), replacing: key, threads: 1)
        }
    }

    @discardableResult
    public func remove(_ key: Key) -> Bool {
        writing.withLock { _ in
            let rows = rowsByKey.remove(key)
            guard !rows.isEmpty else { return false }
            for row in rows { store.kill(row) }
            publish(Garbage(rows: rows))
            return true
        }
    }

    public func search(
        _ query: [Float], limit: Int, options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        try query.withUnsafeBufferPointer { query in
            try versions.withCurrent { state, workspace in
                try options.check(limit: limit, epoch: state.epoch)
                let prepared = try state.rows.prepare(
                    query, workspace: workspace, kernels: fp_kernels_current().pointee)
                var statistics = SearchStatistics()
                let neighbors = state.rows.neighbors(
                    limit: limit, isMultiple: isMultiple, keys: state.keys, query: prepared,
                    minimumScore: options.minimumScore
                ) { wanted in
                    ExactScan.search(
                        state.rows, keys: state.keys, query: prepared, limit: wanted, filter: options.filter,
                        workspace: workspace, statistics: &statistics)
                }
                return SearchResult(neighbors: neighbors, statistics: statistics)
            }
        }
    }

    /// Writes validated vectors and lets searches see them, in the place of those of a key if one is given.
    private func append(_ vectors: [Float], _ keys: [Key], replacing replaced: Key? = nil, threads: Int) {
        reclaim(versions.collect())
        let rows = store.claim(keys.count)
        vectors.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let source = base
            Parallel.forEachRange(rows.count, chunk: 256, threads: threads) { range, _ in
                let kernels = fp_kernels_current().pointee
                for index in range { store.write(source + index * dimension, at: rows[index], kernels: kernels) }
            }
        }
        let old = replaced.map(rowsByKey.rows) ?? []
        for row in old { store.kill(row) }
        for (row, key) in zip(rows, keys) {
            keyColumn.set(row, key)
            store.revive(row)
        }
        publish(Garbage(rows: old))
        if let replaced {
            rowsByKey.replace(replaced, with: rows)
        } else {
            for (row, key) in zip(rows, keys) { rowsByKey.add(key, row) }
        }
    }

    private func publish(_ garbage: Garbage) {
        reclaim(versions.publish(FlatState(store, keys: keyColumn, epoch: epoch), replacing: garbage))
    }

    private func reclaim(_ garbage: [Garbage]) {
        for rows in garbage.map(\.rows) where !rows.isEmpty {
            store.reclaim(rows)
            // Their numbers may come to mean other rows.
            epoch &+= 1
        }
    }
}

/// One state of a flat index, as searches see it.
private final class FlatState<Key: IndexKey>: @unchecked Sendable {
    let rows: RowView
    let keys: KeyView<Key>
    let epoch: UInt64
    private let live: BitStorage

    init(_ store: RowStore, keys: KeyColumn<Key>, epoch: UInt64) {
        live = BitStorage(store.live)
        rows = store.view(live: live.words)
        self.keys = keys.view
        self.epoch = epoch
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

    /// Checks a batch before anything is changed.
    static func check<Key: IndexKey>(
        _ vectors: [Float], _ keys: [Key], for rows: RowStore, present: KeyMap<Key>
    ) throws(VectorIndexError) {
        guard vectors.count == keys.count * rows.dimension else {
            throw .dimensionMismatch(
                expected: rows.dimension, actual: keys.isEmpty ? vectors.count : vectors.count / keys.count)
        }
        guard rows.count + keys.count <= RowStore.maximumCount else {
            throw .capacityExceeded(limit: RowStore.maximumCount)
        }
        try vectors.withUnsafeBufferPointer { (buffer) throws(VectorIndexError) in try rows.validate(buffer) }
        present.prepare()
        guard !present.isMultiple else { return }
        var seen: Set<Key> = []
        if keys.count > 1 { seen.reserveCapacity(keys.count) }
        for key in keys {
            guard !present.contains(key), keys.count == 1 || seen.insert(key).inserted else {
                throw .duplicateKey("\(key)")
            }
        }
    }

    /// Checks what is to take the place of a key's vectors.
    static func check<Key: IndexKey>(
        replacing vectors: [Float], for key: Key, in rows: RowStore, present: KeyMap<Key>
    ) throws(VectorIndexError) {
        guard present.contains(key) else { throw .missingKey("\(key)") }
        guard vectors.count == rows.dimension || present.isMultiple && !vectors.isEmpty else {
            throw .dimensionMismatch(expected: rows.dimension, actual: vectors.count)
        }
        guard rows.count + vectors.count / rows.dimension <= RowStore.maximumCount else {
            throw .capacityExceeded(limit: RowStore.maximumCount)
        }
        try vectors.withUnsafeBufferPointer { (buffer) throws(VectorIndexError) in try rows.validate(buffer) }
    }
}
