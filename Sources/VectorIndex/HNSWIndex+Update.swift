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
    /// - Parameter progress: told, on the calling thread, how many rows are done. If it throws before all are, or the
    ///   task is cancelled, the insertion of a thousand rows and more ends with that error: an index that was empty is
    ///   empty again, another one keeps the rows of the steps that are done.
    /// - Throws: ``VectorIndexError``, before anything is added.
    public func insert(
        contentsOf vectors: [Float], keys: [Key], threads: Int? = nil,
        progress: ((_ inserted: Int) throws -> Void)? = nil
    ) throws {
        let threads = threads ?? Processors.available
        try writing.withLock { _ in
            try IndexLimits.check(vectors, keys, for: store.rows, present: rowsByKey)
            collect()
            try store.checkBeforeChange(threads: threads)
            try append(vectors, keys, threads: threads, progress: progress)
        }
    }

    public func update(contentsOf vectors: [Float], for key: Key) throws {
        try writing.withLock { _ in
            try IndexLimits.check(replacing: vectors, for: key, in: store.rows, present: rowsByKey)
            collect()
            try store.checkBeforeChange(threads: Processors.available)
            replace(key, vectors)
            repairIfNeeded()
        }
    }

    @discardableResult
    public func remove(_ key: Key) -> Bool {
        writing.withLock { _ in
            let rows = rowsByKey.remove(key)
            guard !rows.isEmpty else { return false }
            for row in rows { store.rows.kill(row) }
            publish()
            repairIfNeeded()
            return true
        }
    }

    /// Builds the index again from its live rows. Filters made before are stale afterwards.
    ///
    /// - Parameter progress: as for ``insert(contentsOf:keys:threads:progress:)``. If it throws, or the task is
    ///   cancelled, the index stays as it was.
    /// - Throws: ``VectorIndexError/corruptArchive(path:section:reason:)`` if vectors lie in a damaged archive; nothing
    ///   has changed then.
    public func compact(threads: Int? = nil, progress: ((_ done: Int) throws -> Void)? = nil) throws {
        let threads = threads ?? Processors.available
        try writing.withLock { _ in
            try store.checkVectors(threads: threads)
            try rebuild(threads: threads, progress: progress)
        }
    }

    // MARK: For whoever holds `writing`

    /// Links validated rows.
    private func append(
        _ vectors: [Float], _ keys: [Key], threads: Int, progress: ((Int) throws -> Void)?
    ) throws {
        let rows = take(vectors, keys, threads: threads)
        let monitor = WorkMonitor(progress.map { tell in { try tell(Int($0 * Double(rows.count))) } })
        if store.isEmpty, rows.count >= GraphStore.bulkThreshold {
            store.buildInBulk(threads: threads, pool: pool, monitor: monitor)
            if !monitor.isStopped {
                revive(rows[...])
                store.attachUnreachable(pool: pool, threads: threads)
                learnCodebookIfDue(threads: threads, monitor: monitor)
            }
            guard !monitor.isStopped else {
                begin(with: emptyStore(), KeyColumn())
                return try monitor.check()
            }
            publish()
            map(rows[...])
            try? progress?(rows.count)
            return
        }
        // What is over in an instant is not ended half way.
        let mayEnd = rows.count >= GraphStore.bulkThreshold
        var linked = 0
        while linked < rows.count {
            if mayEnd, linked > 0, !monitor.goesOn(Double(linked) / Double(rows.count)) {
                for row in rows[linked...] { store.markUnlinked(row) }
                publish()
                return try monitor.check()
            }
            let step = min(GraphStore.stepSize(linked: store.rows.liveCount), rows.count - linked)
            link(rows[linked..<(linked + step)], threads: threads)
            linked += step
        }
        try? progress?(rows.count)
    }

    /// Puts validated vectors in the place of those of a key, all at once.
    private func replace(_ key: Key, _ vectors: [Float]) {
        let rows = take(vectors, Array(repeating: key, count: vectors.count / dimension), threads: 1)
        // The old ones die first, so that what takes their place is not shut out by them: they may be much alike.
        for old in rowsByKey.rows(of: key) { store.rows.kill(old) }
        link(rows[...], threads: 1, isReplacement: true)
    }

    /// Takes back what no search can see any more.
    private func collect() {
        for garbage in versions.collect() { store.reclaim(garbage) }
    }

    private func take(_ vectors: [Float], _ keys: [Key], threads: Int) -> [UInt32] {
        let rows = vectors.withUnsafeBufferPointer { store.take($0, threads: threads) }
        for (row, key) in zip(rows, keys) { keyColumn.set(row, key) }
        return rows
    }

    private func link(_ nodes: ArraySlice<UInt32>, threads: Int, isReplacement: Bool = false) {
        store.link(nodes, threads: threads, pool: pool)
        revive(nodes)
        // Pruning a full list may cut off a node elsewhere. Looking through the whole graph after each sixteenth of its
        // size costs little a row.
        if store.unchecked * 16 >= store.rows.count { store.attachUnreachable(pool: pool, threads: threads) }
        learnCodebookIfDue(threads: threads, monitor: WorkMonitor())
        publish()
        if isReplacement, let first = nodes.first {
            rowsByKey.replace(keyColumn[first], with: Array(nodes))
        } else {
            map(nodes)
        }
    }

    private func revive(_ rows: ArraySlice<UInt32>) {
        for row in rows { store.rows.revive(row) }
    }

    /// Notes the rows of published keys.
    private func map(_ rows: ArraySlice<UInt32>) {
        for row in rows { rowsByKey.add(keyColumn[row], row) }
    }

    private func learnCodebookIfDue(threads: Int, monitor: WorkMonitor) {
        guard store.codebook == nil, store.rows.liveCount >= GraphStore.codebookThreshold else { return }
        store.learnCodebook(threads: threads, pool: pool, monitor: monitor)
    }

    /// Lets searches see what the writer has done.
    func publish() {
        if store.upperHasChanged { upperStorage = UpperStorage(store.upper) }
        let state = IndexState(store: store, keys: keyColumn, epoch: epoch, sharing: upperStorage)
        for garbage in versions.publish(state, replacing: store.endTransaction()) { store.reclaim(garbage) }
    }

    /// Sees to it that every row can be reached.
    func attachUnreachable() {
        guard store.unchecked > 0 else { return }
        store.attachUnreachable(pool: pool, threads: Processors.available)
        publish()
    }

    /// Mends the graph once a tenth of it is dead.
    private func repairIfNeeded() {
        guard store.tombstoneCount * 10 > max(store.rows.liveCount, 256) else { return }
        // What is damaged is left as it is, for the next search to find.
        guard (try? store.checkNodes(threads: Processors.available)) != nil else { return }
        store.repair(threads: Processors.available, pool: pool)
        // Row numbers are about to come to mean other rows.
        epoch &+= 1
        publish()
    }

    private func emptyStore() -> GraphStore {
        GraphStore(dimension: dimension, metric: metric, configuration: configuration)
    }

    private func rebuild(threads: Int, progress: ((Int) throws -> Void)?) throws {
        let rows = store.rows
        var vectors: [Float] = []
        var keys: [Key] = []
        vectors.reserveCapacity(rows.liveCount * dimension)
        for row in 0..<UInt32(rows.count) where rows.live.contains(row) {
            vectors.append(contentsOf: UnsafeBufferPointer(start: rows.vectors.row(Int(row)), count: dimension))
            keys.append(keyColumn[row])
        }
        let fresh = HNSWIndex(store: emptyStore(), keys: KeyColumn(), rowsByKey: KeyMap(isMultiple: isMultiple))
        try fresh.append(vectors, keys, threads: threads, progress: progress)
        rowsByKey.take(over: fresh.rowsByKey) { begin(with: fresh.store, fresh.keyColumn) }
    }

    /// Goes on with another store. The old one goes with the last search that sees it.
    private func begin(with fresh: GraphStore, _ keys: KeyColumn<Key>) {
        store = fresh
        keyColumn = keys
        epoch = UInt64.random(in: 0...UInt64.max)
        upperStorage = UpperStorage(store.upper)
        let state = IndexState(store: store, keys: keyColumn, epoch: epoch, sharing: upperStorage)
        _ = versions.publish(state, replacing: Garbage())
    }
}
