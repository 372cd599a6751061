import Foundation

/// A text as keywords are compared with it: without case, accents and widths, one space for each run of white space and
/// hyphens. Every byte knows the characters that it comes from.
struct FoldedText {
    private(set) var bytes: [UInt8] = []
    /// The range of the text that each byte comes from.
    private(set) var starts: [Int] = []
    private(set) var ends: [Int] = []

    /// - Parameter readsDigitsAsLetters: whether words such as `p4ssw0rd` are read with the letters that are meant; numbers
    ///   stay numbers.
    init(_ text: String, readsDigitsAsLetters: Bool = false) {
        bytes.reserveCapacity(text.utf8.count)
        starts.reserveCapacity(text.utf8.count)
        ends.reserveCapacity(text.utf8.count)
        var place = 0
        for character in text {
            let length = character.utf8.count
            defer { place += length }
            if length == 1, let byte = character.utf8.first {
                append(Self.ascii[Int(byte & 0x7F)], place, place + 1)
            } else if character.unicodeScalars.allSatisfy({ Self.isInvisible($0) }) {
                continue
            } else if character.isWhitespace
                || character.unicodeScalars.first?.properties.generalCategory == .dashPunctuation
            {
                append(0x20, place, place + length)
            } else {
                let folded = String(character).folding(
                    options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
                for byte in folded.utf8 { append(byte < 0x80 ? Self.ascii[Int(byte)] : byte, place, place + length) }
            }
        }
        if readsDigitsAsLetters { readDigitsAsLetters() }
    }

    private mutating func append(_ byte: UInt8, _ start: Int, _ end: Int) {
        // Runs of spaces are one, which ends where the last one does.
        if byte == 0x20, bytes.last == 0x20 {
            ends[ends.count - 1] = end
            return
        }
        bytes.append(byte)
        starts.append(start)
        ends.append(end)
    }

    /// Characters that join or hide others: `pass\u{200B}word`.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B...0x200F, 0x2060...0x2064, 0xFEFF: true
        default: false
        }
    }

    private static let ascii: [UInt8] = (0..<128).map { value in
        switch UInt8(value) {
        case 0x41...0x5A: UInt8(value) | 0x20
        case 0x09...0x0D, 0x20, 0x2D, 0x5F: 0x20
        default: UInt8(value)
        }
    }

    /// `1`, `!`, `|` and `l` are all read as `i`, in keywords as well.
    private static let letters: [UInt8: UInt8] = [
        0x30: 0x6F, 0x31: 0x69, 0x33: 0x65, 0x34: 0x61, 0x35: 0x73, 0x37: 0x74, 0x40: 0x61, 0x24: 0x73, 0x21: 0x69,
        0x7C: 0x69, 0x6C: 0x69,
    ]

    private mutating func readDigitsAsLetters() {
        var start = 0
        while start < bytes.count {
            var end = start
            var hasLetter = false
            while end < bytes.count, bytes[end] != 0x20 {
                if bytes[end] &- 0x61 < 26 { hasLetter = true }
                end += 1
            }
            if hasLetter {
                for place in start..<end {
                    // A mark at a word's end is a mark.
                    if place == end - 1, bytes[place] == 0x21 { continue }
                    if let letter = Self.letters[bytes[place]] { bytes[place] = letter }
                }
            }
            start = end + 1
        }
    }

    /// Whether a byte belongs to a word.
    func isWord(_ place: Int) -> Bool {
        guard bytes.indices.contains(place) else { return false }
        return ByteSet.word.contains(bytes[place])
    }
}
