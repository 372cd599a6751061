/// Decides which rows a search may return: they must be alive and pass the filter.
///
/// One plain type for every kind of filter, so that the loops that ask it need no specialization.
struct Acceptance {
    /// One bit a row; nil where every row is alive and none is filtered out.
    private let bits: UnsafeBufferPointer<UInt64>?
    private let predicate: ((UInt32) -> Bool)?

    private init(bits: UnsafeBufferPointer<UInt64>?, predicate: ((UInt32) -> Bool)?) {
        self.bits = bits
        self.predicate = predicate
    }

    static var all: Acceptance { Acceptance(bits: nil, predicate: nil) }

    /// Rows of a set.
    static func rows(_ bits: UnsafeBufferPointer<UInt64>) -> Acceptance { Acceptance(bits: bits, predicate: nil) }

    /// Rows of a set that pass a test.
    static func rows(
        _ bits: UnsafeBufferPointer<UInt64>, where predicate: @escaping (UInt32) -> Bool
    ) -> Acceptance {
        Acceptance(bits: bits, predicate: predicate)
    }

    @inline(__always)
    func accepts(_ row: UInt32) -> Bool {
        guard let bits else { return true }
        let word = Int(row >> 6)
        guard word < bits.count, bits[word] & (1 << UInt64(row & 63)) != 0 else { return false }
        return predicate?(row) ?? true
    }

    /// Puts the acceptable rows below `rows` into `ids`, in order, up to `room` at a time, and tells how many.
    ///
    /// - Complexity: O(rows / 64 + accepted).
    func forEachRun(rows: Int, ids: UnsafeMutablePointer<UInt32>, room: Int, _ body: (_ count: Int) -> Void) {
        var count = 0
        func add(_ row: UInt32) {
            ids[count] = row
            count += 1
            if count == room {
                body(count)
                count = 0
            }
        }
        if let bits {
            for word in 0..<min(bits.count, (rows + 63) / 64) {
                var left = bits[word]
                while left != 0 {
                    let row = UInt32(word * 64 + left.trailingZeroBitCount)
                    left &= left - 1
                    if Int(row) < rows, predicate?(row) ?? true { add(row) }
                }
            }
        } else {
            for row in 0..<UInt32(rows) { add(row) }
        }
        if count > 0 { body(count) }
    }
}
