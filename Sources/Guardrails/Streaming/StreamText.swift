/// A text that arrives in pieces, as whole characters, with the places at which words and sentences begin.
///
/// What it says depends on the text alone, not on how it was cut.
struct StreamText: Sendable {
    /// The beginning of a word.
    struct Boundary: Sendable, Hashable {
        /// In bytes of UTF-8, and in characters.
        var byte: Int
        var character: Int
        var isSentence: Bool
    }

    /// Characters of the longest word, or of the longest sentence; longer ones are cut between two characters, or words.
    static let longest = 4_096

    /// Of the characters that are complete.
    private(set) var bytes: [UInt8] = []
    private(set) var characterCount = 0
    /// Characters that what comes next may still become part of.
    private var tail = ""
    private var last: Character?
    /// Of all that has arrived.
    var byteCount: Int { bytes.count + tail.utf8.count }
    /// Whether the sentence has come to an end, but for white space and closing marks.
    private var isSentenceOver = false
    private var wordStart = 0
    private var sentenceStart = 0

    /// Takes a piece and calls `body` for each word that begins in it, after what is before it has been taken.
    mutating func push(_ piece: String, _ body: (inout StreamText, Boundary) -> Void) {
        tail += piece
        guard let end = tail.indices.last else { return }
        let complete = tail[..<end]
        tail = String(tail[end...])
        for character in complete { take(character, body) }
    }

    /// Takes what is left. No word begins after this.
    mutating func finish(_ body: (inout StreamText, Boundary) -> Void) {
        let rest = tail
        tail = ""
        for character in rest { take(character, body) }
    }

    private mutating func take(_ character: Character, _ body: (inout StreamText, Boundary) -> Void) {
        if let last, startsWord(last, character) {
            let isSentence = isSentenceOver || characterCount - sentenceStart >= Self.longest
            wordStart = characterCount
            if isSentence { sentenceStart = characterCount }
            isSentenceOver = false
            body(&self, Boundary(byte: bytes.count, character: characterCount, isSentence: isSentence))
        }
        if Self.terminators.contains(character) || character.isNewline {
            isSentenceOver = true
        } else if !character.isWhitespace, !Self.closing.contains(character) {
            isSentenceOver = false
        }
        bytes += String(character).utf8
        characterCount += 1
        last = character
    }

    private static let terminators: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]
    private static let closing: Set<Character> = ["\"", "'", ")", "]", "”", "’", "»", "」", "』"]

    private func startsWord(_ last: Character, _ next: Character) -> Bool {
        if next.isWhitespace { return false }
        if last.isWhitespace || characterCount - wordStart >= Self.longest { return true }
        guard Self.standsAlone(last) || Self.standsAlone(next) else { return false }
        return next.isLetter || next.isNumber
    }

    /// Whether a character belongs to a script that puts no spaces between words.
    private static func standsAlone(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3001...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF,
            0xFF01, 0xFF1F, 0x20000...0x3FFFF:
            return true
        default: return false
        }
    }
}
