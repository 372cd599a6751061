/// Decides which rows a search may return: they must be alive and pass the filter.
protocol Acceptance {
    func accepts(_ row: UInt32) -> Bool
}

/// Every row there is: nothing was ever removed, nothing is filtered.
struct AcceptAll: Acceptance {
    @inline(__always) func accepts(_ row: UInt32) -> Bool { true }
}

/// Rows of a set.
struct AcceptRows: Acceptance {
    let bits: BitSet
    @inline(__always) func accepts(_ row: UInt32) -> Bool { bits.contains(row) }
}

/// Live rows whose key passes a test.
struct AcceptKeys<Key: IndexKey>: Acceptance {
    let live: BitSet
    let keys: [Key]
    let predicate: @Sendable (Key) -> Bool
    @inline(__always) func accepts(_ row: UInt32) -> Bool {
        live.contains(row) && predicate(keys[Int(row)])
    }
}
