/// A text's bytes, which answer 0 beyond their ends.
struct TextBytes {
    let bytes: UnsafeBufferPointer<UInt8>
    let count: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>) { (self.bytes, count) = (bytes, bytes.count) }

    @inline(__always)
    subscript(_ index: Int) -> UInt8 {
        index >= 0 && index < count ? bytes[index] : 0
    }

    /// Whether the bytes from `index` are these.
    func matches(_ pattern: [UInt8], at index: Int) -> Bool {
        guard index >= 0, pattern.count <= count - index else { return false }
        for offset in pattern.indices where bytes[index + offset] != pattern[offset] { return false }
        return true
    }

    /// The first byte from `index`, below `limit`, that is not in the set; `limit` if all are.
    func end(of set: ByteSet, from index: Int, limit: Int) -> Int {
        let limit = min(limit, count)
        var index = index
        while index < limit, set.contains(bytes[index]) { index += 1 }
        return index
    }

    /// Whether one of the words, in lower case, stands by itself in the bytes before `index`, on the same line.
    func hasWord(_ words: [[UInt8]], before index: Int, within length: Int) -> Bool {
        var start = index
        let lowest = max(0, index - length)
        while start > lowest, bytes[start - 1] != 0x0A { start -= 1 }
        guard start < index else { return false }
        var place = start
        while place < index {
            // To the beginning of a word.
            guard ByteSet.letters.contains(bytes[place]),
                place == 0 || !ByteSet.letters.contains(bytes[place - 1])
            else {
                place += 1
                continue
            }
            var end = place
            while end < index, ByteSet.letters.contains(bytes[end]) { end += 1 }
            for word in words where word.count == end - place {
                var offset = 0
                while offset < word.count, bytes[place + offset] | 0x20 == word[offset] { offset += 1 }
                if offset == word.count { return true }
            }
            place = end
        }
        return false
    }
}

/// A set of byte values.
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    /// Bytes of characters beyond ASCII.
    private var isOpen = false

    init(_ characters: String = "", wide: Bool = false) {
        for byte in characters.utf8 where byte < 0x80 { insert(byte) }
        isOpen = wide
    }

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low >> UInt64(byte) & 1 != 0 }
        if byte < 128 { return high >> UInt64(byte & 63) & 1 != 0 }
        return isOpen
    }

    func union(_ characters: String) -> ByteSet {
        var result = self
        for byte in characters.utf8 where byte < 0x80 { result.insert(byte) }
        return result
    }

    static let digits = ByteSet("0123456789")
    static let letters = ByteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    static let alphanumerics = letters.union("0123456789")
    /// What a word may go on with.
    static let word = ByteSet(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", wide: true)
    static let hexadecimals = ByteSet("0123456789abcdefABCDEF")
    static let base64URL = alphanumerics.union("-_")
}

extension UInt8 {
    @inline(__always)
    var isDigit: Bool { self &- 0x30 < 10 }
    @inline(__always)
    var isUpper: Bool { self &- 0x41 < 26 }
}

/// Lower-case words, with spaces between them, as bytes.
func byteWords(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
