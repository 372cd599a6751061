/// Splits normalized text into words (at white space, each punctuation character a word of its own) and each word
/// into pieces: the longest piece of the vocabulary first, then the longest that continues, and so on; the unknown
/// token where that fails. (Schuster and Nakajima 2012; greedy longest match as in BERT.)
///
/// One pass; a word costs O(bytes) where the vocabulary has it whole, and no more than O(bytes * longest piece).
struct WordSplitter: NormalizedSink {
    /// Memory for one word and the hashes of its beginnings.
    struct Scratch {
        let word: UnsafeMutableBufferPointer<UInt8>
        let hashes: UnsafeMutableBufferPointer<UInt64>
    }

    private let table: WordPieceVocabulary.Table
    private let unknownID: Int32
    private let maximumCharacters: Int
    private let scratch: Scratch
    /// As many ids as are wanted.
    private let limit: Int
    private var byteCount = 0
    private var characters = 0
    private var hash = WordPieceVocabulary.Position.start.seed
    private var ids: [Int32]

    /// Classes of ASCII characters: 0 part of a word, 1 white space, 2 punctuation.
    private static let asciiClasses: [UInt8] = (0..<128).map { scalar in
        let classes = UnicodeTable.shared[UInt32(scalar)]
        return classes.contains(.whitespace) ? 1 : classes.contains(.punctuation) ? 2 : 0
    }
    private let asciiClasses = Self.asciiClasses

    init(
        table: WordPieceVocabulary.Table, unknownID: Int32, maximumCharacters: Int, limit: Int, ids: consuming [Int32],
        scratch: Scratch
    ) {
        self.table = table
        self.unknownID = unknownID
        self.maximumCharacters = maximumCharacters
        self.limit = limit
        self.ids = ids
        self.scratch = scratch
    }

    var isFull: Bool {
        @inline(__always) get { ids.count >= limit }
    }

    @inline(__always)
    mutating func append(ascii byte: UInt8) {
        let kind = asciiClasses[Int(byte)]
        if kind == 0 {
            appendToWord(byte)
            characters += 1
        } else {
            endWord()
            if kind == 2 {
                appendToWord(byte)
                characters = 1
                endWord()
            }
        }
    }

    @inline(never)
    mutating func append(_ scalar: UInt32) {
        if scalar < 0x80 { return append(ascii: UInt8(truncatingIfNeeded: scalar)) }
        let classes = UnicodeTable.shared[scalar]
        if classes.contains(.whitespace) { return endWord() }
        let isPunctuation = classes.contains(.punctuation)
        if isPunctuation { endWord() }
        UTF8Encoding.encode(scalar) { appendToWord($0) }
        characters += 1
        if isPunctuation { endWord() }
    }

    @inline(__always)
    private mutating func appendToWord(_ byte: UInt8) {
        // What a word has beyond the maximum is counted, not kept.
        guard byteCount < scratch.word.count else { return }
        scratch.word[byteCount] = byte
        byteCount += 1
        hash = WordPieceVocabulary.Hash.extend(hash, byte)
    }

    /// The ids, which are then no longer held here.
    mutating func takeIDs() -> [Int32] {
        endWord()
        let result = ids
        ids = []
        return result
    }

    /// Puts a token of its own after the text so far.
    mutating func append(id: Int32) {
        endWord()
        if !isFull { ids.append(id) }
    }

    @inline(never)
    mutating func endWord() {
        if characters == 0 { return }
        if !isFull {
            let word = UnsafeBufferPointer(rebasing: scratch.word[..<byteCount])
            if characters > maximumCharacters {
                ids.append(unknownID)
            } else if let id = table.id(of: word, hash: hash, at: .start) {
                ids.append(id)
            } else {
                split(word)
            }
        }
        byteCount = 0
        characters = 0
        hash = WordPieceVocabulary.Position.start.seed
    }

    @inline(never)
    private mutating func split(_ word: UnsafeBufferPointer<UInt8>) {
        let mark = ids.count
        var start = 0
        var position = WordPieceVocabulary.Position.start
        while start < word.count {
            let longest = min(word.count - start, table.longest)
            var hash = position.seed
            for offset in 0..<longest {
                hash = WordPieceVocabulary.Hash.extend(hash, word[start + offset])
                scratch.hashes[offset] = hash
            }
            var length = longest
            var found: Int32?
            while length > 0 {
                // Only between characters: pieces are whole characters.
                if start + length == word.count || word[start + length] & 0xC0 != 0x80 {
                    let piece = UnsafeBufferPointer(rebasing: word[start..<(start + length)])
                    found = table.id(of: piece, hash: scratch.hashes[length - 1], at: position)
                    if found != nil { break }
                }
                length -= 1
            }
            guard let found else {
                ids.removeSubrange(mark...)
                ids.append(unknownID)
                return
            }
            ids.append(found)
            start += length
            position = .continuation
        }
        // A word may bring more than is wanted.
        if ids.count > limit { ids.removeSubrange(limit...) }
    }
}
