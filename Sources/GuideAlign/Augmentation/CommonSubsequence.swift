/// The length of the longest common subsequence of two sequences of word numbers, 64 words at a time (Hyyrö,
/// "Bit-parallel LCS-length computation revisited", AWOCA 2004).
struct CommonSubsequence {
    /// For each word of the pattern, where it stands, ``words`` machine words each.
    private var masks: [UInt32: Int] = [:]
    private var bits: [UInt64] = []
    private var words = 0
    private(set) var count = 0

    init(_ pattern: some Collection<UInt32>) {
        count = pattern.count
        words = (count + 63) / 64
        for (index, word) in pattern.enumerated() {
            let place: Int
            if let known = masks[word] {
                place = known
            } else {
                place = bits.count
                masks[word] = place
                bits.append(contentsOf: repeatElement(0, count: words))
            }
            bits[place + index / 64] |= 1 << UInt64(index % 64)
        }
    }

    /// O(length of `text` times a 64th of the pattern's).
    func length(with text: some Sequence<UInt32>) -> Int {
        var row = [UInt64](repeating: .max, count: words)
        for word in text {
            guard let place = masks[word] else { continue }
            var carry: UInt64 = 0
            for index in 0..<words {
                let old = row[index]
                let common = old & bits[place + index]
                let (partial, first) = old.addingReportingOverflow(common)
                let (sum, second) = partial.addingReportingOverflow(carry)
                carry = first || second ? 1 : 0
                row[index] = sum | (old & ~bits[place + index])
            }
        }
        var length = 0
        for index in 0..<words {
            let used = index == words - 1 && count % 64 != 0 ? (1 << UInt64(count % 64)) - 1 : UInt64.max
            length += (~row[index] & used).nonzeroBitCount
        }
        return length
    }
}
