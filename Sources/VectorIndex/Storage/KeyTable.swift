/// The key of each row, and the row of each key that is alive.
struct KeyTable<Key: IndexKey>: Sendable {
    /// By row, dead rows included.
    private(set) var keys: [Key] = []
    private var rows: [Key: UInt32] = [:]

    init() {}

    /// Keys read from an archive. Nil if two live rows have the same key.
    init?(keys: [Key], live: BitSet) {
        self.keys = keys
        rows.reserveCapacity(keys.count)
        for (row, key) in keys.enumerated() where live.contains(UInt32(row)) {
            guard rows.updateValue(UInt32(row), forKey: key) == nil else { return nil }
        }
    }

    subscript(row: UInt32) -> Key { keys[Int(row)] }

    func row(of key: Key) -> UInt32? { rows[key] }

    /// Takes up a key for the next row.
    mutating func append(_ key: Key) {
        rows[key] = UInt32(keys.count)
        keys.append(key)
    }

    /// Forgets which row a key had. The row keeps its key.
    mutating func remove(_ key: Key) -> UInt32? { rows.removeValue(forKey: key) }

    mutating func reserveCapacity(_ capacity: Int) {
        keys.reserveCapacity(capacity)
        rows.reserveCapacity(capacity)
    }
}
