import CKernels
import Platform

extension HNSWIndex {
    public func reserveCapacity(_ capacity: Int) {
        writing.withLock { _ in
            lock.write {
                state.rows.ensureCapacity(capacity)
                state.keys.reserveCapacity(capacity)
                graph.base.ensureCapacity(capacity)
            }
        }
    }

    /// Adds rows; `vectors` holds them one after the other. A large batch becomes searchable in steps.
    ///
    /// - Throws: ``VectorIndexError``, before anything is added.
    public func insert(
        contentsOf vectors: [Float], keys: [Key], threads: Int? = nil,
        progress: ((_ inserted: Int) -> Void)? = nil
    ) throws {
        try writing.withLock { _ in
            try state.validate(vectors, keys)
            append(vectors, keys, threads: threads ?? Processors.available, progress: progress)
        }
    }

    public func update(_ vector: [Float], for key: Key) throws {
        try writing.withLock { _ in
            guard state.keys.row(of: key) != nil else { throw VectorIndexError.missingKey("\(key)") }
            guard vector.count == dimension else {
                throw VectorIndexError.dimensionMismatch(expected: dimension, actual: vector.count)
            }
            try vector.withUnsafeBufferPointer(state.rows.validate)
            append(vector, [key], threads: 1, progress: nil)
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

    /// Builds the index again from its live rows. Filters made before are stale afterwards.
    ///
    /// Happens by itself once more rows have been removed or replaced than are alive.
    public func compact(threads: Int? = nil) {
        writing.withLock { _ in rebuild(threads: threads ?? Processors.available) }
    }

    /// Links validated rows step by step. A step searches the graph as it is, beside other searches, and holds them up
    /// only while it writes its links.
    private func append(_ vectors: [Float], _ keys: [Key], threads: Int, progress: ((Int) -> Void)?) {
        let kernels = fp_kernels_current().pointee
        let first = state.rows.count
        lock.write { state.rows.ensureCapacity(first + keys.count) }
        state.write(vectors, threads: threads, kernels: kernels)
        var linked = 0
        while linked < keys.count {
            let step = min(HNSWGraph.stepSize(linked: first + linked), keys.count - linked)
            let nodes = (first + linked)..<(first + linked + step)
            let proposals = graph.propose(state.rows, nodes: nodes, threads: threads, pool: pool, kernels: kernels)
            lock.write {
                graph.link(proposals, rows: state.rows, threads: threads, pool: pool, kernels: kernels)
                let added = keys[linked..<(linked + step)]
                // A key that is there already is being updated: its old row dies as the new one comes to life.
                for key in added { _ = state.remove(key) }
                state.adopt(added)
            }
            linked += step
            progress?(linked)
        }
        // Pruning a full list may cut off a node elsewhere. Looking through the whole graph after each sixteenth of its
        // size costs little a row.
        unchecked += keys.count
        if unchecked * 16 >= state.rows.count { attachUnreachable() }
    }

    /// Sees to it that every row can be reached. The caller holds `writing`.
    func attachUnreachable() {
        guard unchecked > 0 else { return }
        let kernels = fp_kernels_current().pointee
        lock.write { _ = graph.attachUnreachable(state.rows, pool: pool, kernels: kernels) }
        unchecked = 0
    }

    private func compactIfSparse() {
        let rows = state.rows
        if rows.count - rows.liveCount > max(rows.liveCount, 1024) { rebuild(threads: Processors.available) }
    }

    private func rebuild(threads: Int) {
        let (vectors, keys) = state.compacted(threads: threads, kernels: fp_kernels_current().pointee)
        let rows = VectorRows(dimension: dimension, metric: metric, hasCodes: true)
        let fresh = HNSWIndex(state: KeyedRows(rows: rows), graph: HNSWGraph(configuration: configuration))
        fresh.append(vectors, keys, threads: threads, progress: nil)
        lock.write {
            state = fresh.state
            graph = fresh.graph
            unchecked = fresh.unchecked
        }
    }
}
