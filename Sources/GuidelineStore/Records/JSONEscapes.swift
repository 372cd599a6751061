/// The bytes that do not stand for themselves in a JSON string: quotes, backslashes and control characters.
enum JSONEscapes {
    /// The first of them; nil where there is none. Eight bytes at a time, as most texts have few.
    static func first(in utf8: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var place = start
        while place + 8 <= utf8.count {
            let word = utf8.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if hasEscape(word) { break }
            place += 8
        }
        while place < utf8.count {
            let byte = utf8[place]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return place }
            place += 1
        }
        return nil
    }

    /// Whether one of eight bytes is below 0x20, a quote or a backslash. A byte of a word borrows from the next one only if it
    /// is one of these itself, so the answer is exact.
    private static func hasEscape(_ word: UInt64) -> Bool {
        let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        func hasByte(below limit: UInt64, _ word: UInt64) -> UInt64 { (word &- ones &* limit) & ~word & tops }
        let found =
            hasByte(below: 0x20, word) | hasByte(below: 1, word ^ (ones &* 0x22))
            | hasByte(below: 1, word ^ (ones &* 0x5C))
        return found != 0
    }

    static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        let digits = StaticString("0123456789abcdef")
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case ..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
