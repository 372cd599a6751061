import Platform

/// The row of each key that is alive: a dictionary that is made when it is first asked. A mapped archive that is only
/// searched never needs it.
final class KeyMap<Key: IndexKey>: Sendable {
    private struct State {
        var rows: [Key: UInt32] = [:]
        var pending: (keys: KeyColumn<Key>, live: BitSet)?
    }

    private let state: Locked<State>

    init() { state = Locked(State()) }

    init(keys: KeyColumn<Key>, live: BitSet) { state = Locked(State(pending: (keys, live))) }

    subscript(key: Key) -> UInt32? { withRows { $0[key] } }

    func set(_ key: Key, _ row: UInt32) { withRows { $0[key] = row } }

    func remove(_ key: Key) -> UInt32? { withRows { $0.removeValue(forKey: key) } }

    /// Has the rows of another map from now on.
    func take(over other: KeyMap) {
        let rows = other.withRows { $0 }
        withRows { $0 = rows }
    }

    func reserveCapacity(_ capacity: Int) { withRows { $0.reserveCapacity(capacity) } }

    private func withRows<Value: Sendable>(_ body: (inout [Key: UInt32]) -> Value) -> Value {
        state.withLock { state in
            if let (keys, live) = state.pending {
                state.rows.reserveCapacity(live.count)
                for row in 0..<UInt32(keys.count) where live.contains(row) { state.rows[keys[row]] = row }
                state.pending = nil
            }
            return body(&state.rows)
        }
    }
}
