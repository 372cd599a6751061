/// A growable set of row numbers, one bit each.
struct BitSet: Sendable, Hashable {
    private(set) var words: [UInt64]

    init() { words = [] }

    init(capacity: Int) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

    init(words: [UInt64]) { self.words = words }

    func contains(_ row: UInt32) -> Bool {
        let word = Int(row >> 6)
        return word < words.count && words[word] & (1 << UInt64(row & 63)) != 0
    }

    mutating func insert(_ row: UInt32) {
        let word = Int(row >> 6)
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(row & 63)
    }

    mutating func remove(_ row: UInt32) {
        let word = Int(row >> 6)
        if word < words.count { words[word] &= ~(1 << UInt64(row & 63)) }
    }

    /// Number of rows in the set. O(capacity / 64).
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func intersection(_ other: UnsafeBufferPointer<UInt64>) -> BitSet {
        BitSet(words: zip(words, other).map { $0 & $1 })
    }
}
