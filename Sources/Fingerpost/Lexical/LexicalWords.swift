/// Splits a text into the words that lexical search compares: the longest runs of letters, marks, digits and underscores,
/// in lower case.
///
/// A script that is written without spaces gives one word a run. O(length).
enum LexicalWords {
    /// The words as they stand, without a list of words to leave out.
    static func forEach(in text: String, _ body: (String) -> Void) {
        forEachRun(in: text) { body(String(decoding: $0, as: UTF8.self)) }
    }

    /// The words without their ``EnglishPlural`` endings.
    static func forEachStem(in text: String, _ body: (String) -> Void) {
        forEachRun(in: text) { word in
            EnglishPlural.removeEnding(of: &word)
            body(String(decoding: word, as: UTF8.self))
        }
    }

    /// Calls `body` with the UTF-8 of each word, which it may change.
    private static func forEachRun(in text: String, _ body: (inout [UInt8]) -> Void) {
        var word: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let byte = asciiWordBytes[Int(scalar.value)]
                guard byte == 0 else {
                    word.append(byte)
                    continue
                }
            } else if isPartOfWord(scalar) {
                word.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
                continue
            }
            guard !word.isEmpty else { continue }
            body(&word)
            word.removeAll(keepingCapacity: true)
        }
        if !word.isEmpty { body(&word) }
    }

    /// For each ASCII character its lower case where it is part of a word, or 0.
    private static let asciiWordBytes: [UInt8] = (0..<128).map { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): byte
        default: 0
        }
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}
