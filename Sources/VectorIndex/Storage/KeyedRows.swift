import CKernels
import Platform

/// Rows with their keys: what both kinds of index have in common.
struct KeyedRows<Key: IndexKey>: Sendable {
    var rows: VectorRows
    var keys: KeyTable<Key>
    /// Changes when rows move, so that filters made before are told apart.
    var epoch: UInt64

    init(rows: VectorRows, keys: KeyTable<Key> = KeyTable()) {
        self.rows = rows
        self.keys = keys
        epoch = UInt64.random(in: 0...UInt64.max)
    }

    var count: Int { rows.liveCount }

    func vector(for key: Key) -> [Float]? {
        keys.row(of: key).map { Array(UnsafeBufferPointer(start: rows.vector($0), count: rows.dimension)) }
    }

    /// Checks a batch before anything is changed.
    func validate(_ vectors: [Float], _ newKeys: [Key]) throws(VectorIndexError) {
        guard vectors.count == newKeys.count * rows.dimension else {
            throw .dimensionMismatch(
                expected: rows.dimension, actual: newKeys.isEmpty ? vectors.count : vectors.count / newKeys.count)
        }
        guard rows.count + newKeys.count <= VectorRows.maximumCount else {
            throw .capacityExceeded(limit: VectorRows.maximumCount)
        }
        try Self.checked { try vectors.withUnsafeBufferPointer(rows.validate) }
        var seen: Set<Key> = []
        if newKeys.count > 1 { seen.reserveCapacity(newKeys.count) }
        for key in newKeys {
            guard keys.row(of: key) == nil, newKeys.count == 1 || seen.insert(key).inserted else {
                throw .duplicateKey("\(key)")
            }
        }
    }

    /// Writes vectors behind the rows in use, where no search looks yet. Capacity must be there.
    func write(_ vectors: [Float], threads: Int, kernels: fp_kernels) {
        let rows = rows
        let dimension = rows.dimension
        vectors.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let source = base
            Parallel.forEachRange(buffer.count / dimension, chunk: 256, threads: threads) { range, _ in
                for row in range {
                    rows.write(source + row * dimension, at: rows.count + row, kernels: kernels)
                }
            }
        }
    }

    /// Brings the next written rows to life under their keys.
    mutating func adopt(_ newKeys: some Collection<Key>) {
        for key in newKeys {
            let row = UInt32(rows.count)
            keys.append(key)
            rows.live.insert(row)
            rows.count += 1
        }
        rows.liveCount += newKeys.count
    }

    /// A dead row keeps its place, so that searches still travel through it.
    mutating func remove(_ key: Key) -> Bool {
        guard let row = keys.remove(key) else { return false }
        rows.live.remove(row)
        rows.liveCount -= 1
        return true
    }

    func filter(including chosen: some Sequence<Key>) -> RowFilter {
        var bits = BitSet(capacity: rows.count)
        for key in chosen {
            if let row = keys.row(of: key) { bits.insert(row) }
        }
        return RowFilter(bits: bits, epoch: epoch, count: bits.count)
    }

    /// The live rows in order, without the dead ones in between.
    func compacted(threads: Int, kernels: fp_kernels) -> (vectors: [Float], keys: [Key]) {
        var vectors: [Float] = []
        var liveKeys: [Key] = []
        vectors.reserveCapacity(rows.liveCount * rows.dimension)
        liveKeys.reserveCapacity(rows.liveCount)
        for row in 0..<UInt32(rows.count) where rows.live.contains(row) {
            vectors.append(contentsOf: UnsafeBufferPointer(start: rows.vector(row), count: rows.dimension))
            liveKeys.append(keys[row])
        }
        return (vectors, liveKeys)
    }

    /// Rethrows the error of a closure that can throw only this module's.
    static func checked<Value>(_ body: () throws -> Value) throws(VectorIndexError) -> Value {
        do {
            return try body()
        } catch let error as VectorIndexError {
            throw error
        } catch {
            throw .file(path: "", reason: "\(error)", isMissing: false, isOutOfSpace: false)
        }
    }
}
