import Platform

/// The key of each row, and the row of each key that is alive.
struct KeyTable<Key: IndexKey>: Sendable {
    /// By row, dead rows included.
    private(set) var keys: [Key] = []
    private let rows: RowsByKey<Key>

    init() { rows = RowsByKey() }

    /// Keys read from an archive.
    init(keys: [Key], live: BitSet) {
        self.keys = keys
        rows = RowsByKey(keys: keys, live: live)
    }

    subscript(row: UInt32) -> Key { keys[Int(row)] }

    func row(of key: Key) -> UInt32? { rows.withRows { $0[key] } }

    /// Takes up a key for the next row.
    mutating func append(_ key: Key) {
        let row = UInt32(keys.count)
        rows.withRows { $0[key] = row }
        keys.append(key)
    }

    /// Forgets which row a key had. The row keeps its key.
    mutating func remove(_ key: Key) -> UInt32? { rows.withRows { $0.removeValue(forKey: key) } }

    mutating func reserveCapacity(_ capacity: Int) {
        keys.reserveCapacity(capacity)
        rows.withRows { $0.reserveCapacity(capacity) }
    }
}

/// A dictionary from keys to rows that is made when it is first asked: a mapped archive that is only searched never
/// needs it.
private final class RowsByKey<Key: IndexKey>: Sendable {
    private struct State {
        var rows: [Key: UInt32] = [:]
        var pending: (keys: [Key], live: BitSet)?
    }

    private let state: Locked<State>

    init() { state = Locked(State()) }

    init(keys: [Key], live: BitSet) { state = Locked(State(pending: (keys, live))) }

    func withRows<Value: Sendable>(_ body: (inout [Key: UInt32]) -> Value) -> Value {
        state.withLock { state in
            if let (keys, live) = state.pending {
                state.rows.reserveCapacity(keys.count)
                for (row, key) in keys.enumerated() where live.contains(UInt32(row)) { state.rows[key] = UInt32(row) }
                state.pending = nil
            }
            return body(&state.rows)
        }
    }
}
