import CKernels
import Platform

extension HNSWIndex {
    public func reserveCapacity(_ capacity: Int) {
        writing.withLock { _ in
            store.rows.ensureCapacity(capacity)
            rowsByKey.reserveCapacity(capacity)
        }
    }

    /// Adds rows; `vectors` holds them one after the other. A large batch becomes searchable in steps, or all at once
    /// if the index was empty.
    ///
    /// - Throws: ``VectorIndexError``, before anything is added.
    public func insert(
        contentsOf vectors: [Float], keys: [Key], threads: Int? = nil,
        progress: ((_ inserted: Int) -> Void)? = nil
    ) throws {
        try writing.withLock { _ in
            try IndexLimits.check(vectors, keys, for: store.rows, present: rowsByKey)
            append(vectors, keys, threads: threads ?? Processors.available, progress: progress)
        }
    }

    public func update(_ vector: [Float], for key: Key) throws {
        try writing.withLock { _ in
            guard rowsByKey[key] != nil else { throw VectorIndexError.missingKey("\(key)") }
            guard vector.count == dimension else {
                throw VectorIndexError.dimensionMismatch(expected: dimension, actual: vector.count)
            }
            try vector.withUnsafeBufferPointer(store.rows.validate)
            append(vector, [key], threads: 1, progress: nil)
            repairIfNeeded()
        }
    }

    @discardableResult
    public func remove(_ key: Key) -> Bool {
        writing.withLock { _ in
            guard let row = rowsByKey.remove(key) else { return false }
            store.rows.kill(row)
            publish()
            repairIfNeeded()
            return true
        }
    }

    /// Builds the index again from its live rows. Filters made before are stale afterwards.
    public func compact(threads: Int? = nil) {
        writing.withLock { _ in rebuild(threads: threads ?? Processors.available) }
    }

    /// Links validated rows. A key that is there already is being updated: its old row dies as the new one comes to
    /// life.
    private func append(_ vectors: [Float], _ keys: [Key], threads: Int, progress: ((Int) -> Void)?) {
        for garbage in versions.collect() { store.reclaim(garbage) }
        let rows = vectors.withUnsafeBufferPointer { store.take($0, threads: threads) }
        for (row, key) in zip(rows, keys) { keyColumn.set(row, key) }
        if store.isEmpty, rows.count >= GraphStore.bulkThreshold {
            store.buildInBulk(threads: threads, pool: pool) { progress?(Int($0 * Double(rows.count))) }
            revive(rows[...])
            store.attachUnreachable(pool: pool, threads: threads)
            learnCodebookIfDue(threads: threads)
            publish()
            map(rows[...])
            progress?(rows.count)
            return
        }
        var linked = 0
        while linked < rows.count {
            let step = min(GraphStore.stepSize(linked: store.rows.liveCount), rows.count - linked)
            let nodes = rows[linked..<(linked + step)]
            // Replaced rows die first, so that what takes their place is not shut out by them: they may be much alike.
            for row in nodes {
                if let old = rowsByKey[keyColumn[row]] { store.rows.kill(old) }
            }
            store.link(nodes, threads: threads, pool: pool)
            revive(nodes)
            linked += step
            // Pruning a full list may cut off a node elsewhere. Looking through the whole graph after each sixteenth of
            // its size costs little a row.
            if store.unchecked * 16 >= store.rows.count { store.attachUnreachable(pool: pool, threads: threads) }
            learnCodebookIfDue(threads: threads)
            publish()
            map(nodes)
            progress?(linked)
        }
    }

    private func revive(_ rows: ArraySlice<UInt32>) {
        for row in rows { store.rows.revive(row) }
    }

    /// Notes the rows of published keys.
    private func map(_ rows: ArraySlice<UInt32>) {
        for row in rows { rowsByKey.set(keyColumn[row], row) }
    }

    private func learnCodebookIfDue(threads: Int) {
        guard store.codebook == nil, store.rows.liveCount >= GraphStore.codebookThreshold else { return }
        store.learnCodebook(threads: threads, pool: pool)
    }

    /// Lets searches see what the writer has done.
    func publish() {
        if store.upperHasChanged { upperStorage = UpperStorage(store.upper) }
        let state = IndexState(store: store, keys: keyColumn, epoch: epoch, sharing: upperStorage)
        for garbage in versions.publish(state, replacing: store.endTransaction()) { store.reclaim(garbage) }
    }

    /// Sees to it that every row can be reached. The caller holds `writing`.
    func attachUnreachable() {
        guard store.unchecked > 0 else { return }
        store.attachUnreachable(pool: pool, threads: Processors.available)
        publish()
    }

    /// Mends the graph once a tenth of it is dead.
    private func repairIfNeeded() {
        guard store.tombstoneCount * 10 > max(store.rows.liveCount, 256) else { return }
        store.repair(threads: Processors.available, pool: pool)
        // Row numbers are about to come to mean other rows.
        epoch &+= 1
        publish()
    }

    private func rebuild(threads: Int) {
        let rows = store.rows
        var vectors: [Float] = []
        var keys: [Key] = []
        vectors.reserveCapacity(rows.liveCount * dimension)
        for row in 0..<UInt32(rows.count) where rows.live.contains(row) {
            vectors.append(contentsOf: UnsafeBufferPointer(start: rows.vectors.row(Int(row)), count: dimension))
            keys.append(keyColumn[row])
        }
        let fresh = HNSWIndex(
            store: GraphStore(dimension: dimension, metric: metric, configuration: configuration),
            keys: KeyColumn(), rowsByKey: KeyMap())
        fresh.append(vectors, keys, threads: threads, progress: nil)
        store = fresh.store
        keyColumn = fresh.keyColumn
        epoch = UInt64.random(in: 0...UInt64.max)
        // The old store goes with the last search that sees it.
        let state = IndexState(store: store, keys: keyColumn, epoch: epoch, sharing: nil)
        upperStorage = UpperStorage(store.upper)
        _ = versions.publish(state, replacing: Garbage())
        rowsByKey.take(over: fresh.rowsByKey)
    }
}
