import Platform

/// The rows of each key that is alive: a dictionary that is made when it is first asked. A mapped archive that is only
/// searched never needs it.
final class KeyMap<Key: IndexKey>: Sendable {
    private struct State {
        /// The first row of each key.
        var rows: [Key: UInt32] = [:]
        /// The others, of keys that have several.
        var others: [Key: [UInt32]] = [:]
        var pending: (keys: KeyColumn<Key>, live: BitSet)?

        mutating func add(_ key: Key, _ row: UInt32, isMultiple: Bool) {
            if isMultiple, rows[key] != nil {
                others[key, default: []].append(row)
            } else {
                rows[key] = row
            }
        }
    }

    /// Whether a key may have several rows.
    let isMultiple: Bool
    private let state: Locked<State>

    init(isMultiple: Bool) {
        self.isMultiple = isMultiple
        state = Locked(State())
    }

    init(keys: KeyColumn<Key>, live: BitSet, isMultiple: Bool) {
        self.isMultiple = isMultiple
        state = Locked(State(pending: (keys, live)))
    }

    func contains(_ key: Key) -> Bool { withState { $0.rows[key] != nil } }

    func rows(of key: Key) -> [UInt32] {
        withState { state in state.rows[key].map { [$0] + state.others[key, default: []] } ?? [] }
    }

    /// The rows of each of some keys, with the place of the key among them.
    func rows(ofEach keys: [Key]) -> [(place: Int, row: UInt32)] {
        withState { state in
            var rows: [(place: Int, row: UInt32)] = []
            rows.reserveCapacity(keys.count)
            for (place, key) in keys.enumerated() {
                guard let first = state.rows[key] else { continue }
                rows.append((place, first))
                if isMultiple { for row in state.others[key, default: []] { rows.append((place, row)) } }
            }
            return rows
        }
    }

    /// Notes a row of a key: its only one, or another.
    func add(_ key: Key, _ row: UInt32) { withState { $0.add(key, row, isMultiple: isMultiple) } }

    /// Forgets a key and returns the rows that it had.
    func remove(_ key: Key) -> [UInt32] {
        withState { state in
            guard let first = state.rows.removeValue(forKey: key) else { return [] }
            return [first] + (state.others.removeValue(forKey: key) ?? [])
        }
    }

    /// Puts other rows in the place of those that a key has.
    func replace(_ key: Key, with rows: [UInt32]) {
        withState { state in
            state.rows[key] = rows.first
            state.others[key] = rows.count > 1 ? Array(rows.dropFirst()) : nil
        }
    }

    /// Has the rows of another map from now on, once `publish` has made them known. Nobody reads rows meanwhile.
    func take(over other: KeyMap, publish: () -> Void) {
        let (rows, others) = other.withState { ($0.rows, $0.others) }
        state.withLock { state in
            publish()
            (state.rows, state.others, state.pending) = (rows, others, nil)
        }
    }

    /// Makes the dictionary, which has to be there before rows are given to other keys.
    func prepare() { withState { _ in } }

    func reserveCapacity(_ capacity: Int) { withState { $0.rows.reserveCapacity(capacity) } }

    private func withState<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        state.withLock { state in
            if let (keys, live) = state.pending {
                state.rows.reserveCapacity(live.count)
                for row in 0..<UInt32(keys.count) where live.contains(row) {
                    state.add(keys[row], row, isMultiple: isMultiple)
                }
                state.pending = nil
            }
            return body(&state)
        }
    }
}

// Reads beside a writer, who publishes a state of the index first and notes the rows of its keys right after.
extension KeyMap {
    /// The vectors of a key in the order of their rows.
    ///
    /// - Parameter published: the vector of a row, if the newest state has it alive under this key.
    func vectors(for key: Key, published: (UInt32) throws -> [Float]?) rethrows -> [[Float]] {
        // Rows just replaced are asked for once more.
        while true {
            let rows = rows(of: key).sorted()
            let vectors = try rows.compactMap(published)
            if vectors.count == rows.count { return vectors }
        }
    }

    /// - Parameter epoch: that of the newest state.
    func filter(including keys: some Sequence<Key>, epoch: () -> UInt64) -> RowFilter {
        let keys = Array(keys)
        while true {
            let before = epoch()
            let bits = withState { state in
                var bits = BitSet()
                for key in keys {
                    guard let first = state.rows[key] else { continue }
                    bits.insert(first)
                    if isMultiple { for row in state.others[key, default: []] { bits.insert(row) } }
                }
                return bits
            }
            // Unless row numbers have come to mean other rows meanwhile.
            if epoch() == before { return RowFilter(bits: bits, epoch: before, count: bits.count) }
        }
    }
}
