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

// Reads beside a writer, who publishes a state of the index first and notes the rows of its keys right after.
extension KeyMap {
    /// - Parameter published: the vector of a row, if the newest state has it alive under this key.
    func vector(for key: Key, published: (UInt32) -> [Float]?) -> [Float]? {
        // A row just replaced is asked for once more.
        while let row = self[key] {
            if let vector = published(row) { return vector }
        }
        return nil
    }

    /// - Parameter epoch: that of the newest state.
    func filter(including keys: some Sequence<Key>, epoch: () -> UInt64) -> RowFilter {
        let keys = Array(keys)
        while true {
            let before = epoch()
            var bits = BitSet()
            for key in keys {
                if let row = self[key] { bits.insert(row) }
            }
            // Unless row numbers have come to mean other rows meanwhile.
            if epoch() == before { return RowFilter(bits: bits, epoch: before, count: bits.count) }
        }
    }
}
