/// Tokens that are looked for in the text itself before words are, such as a literal "[SEP]".
struct AddedTokens: Sendable {
    struct Token: Sendable {
        var content: [UInt8]
        var id: Int32
        /// White space before (after) the token belongs to it.
        var stripsLeft = false
        var stripsRight = false
    }

    struct Match {
        var range: Range<Int>
        var token: Token
    }

    /// Sorted by first byte, longer tokens before shorter ones.
    private let tokens: [Token]
    /// For each first byte, where in `tokens` its tokens start; as many as there are bytes, and one.
    private let starts: [Int]
    /// The contents one after another, and where each begins: compared without following a reference per token.
    private let contents: [UInt8]
    private let ends: [Int]

    init(_ tokens: [Token]) {
        // The first of two equal tokens wins, as in the library.
        self.tokens = tokens.enumerated().sorted { left, right in
            let (a, b) = (left.element.content, right.element.content)
            if a.first != b.first { return (a.first ?? 0) < (b.first ?? 0) }
            return a.count != b.count ? a.count > b.count : left.offset < right.offset
        }.map(\.element)
        var starts = [Int](repeating: 0, count: 257)
        for token in tokens { starts[Int(token.content.first ?? 0) + 1] += 1 }
        for byte in 0..<256 { starts[byte + 1] += starts[byte] }
        self.starts = starts
        var contents: [UInt8] = []
        var ends = [0]
        for token in self.tokens {
            contents += token.content
            ends.append(contents.count)
        }
        (self.contents, self.ends) = (contents, ends)
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// The leftmost token from `position` on, the longest where several start there.
    func firstMatch(in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Match? {
        starts.withUnsafeBufferPointer { starts in
            for start in position..<max(position, text.count) {
                let first = Int(text[start])
                if starts[first] == starts[first + 1] { continue }
                for index in starts[first]..<starts[first + 1] where isToken(index, at: start, in: text) {
                    let token = tokens[index]
                    return Match(range: start..<(start + token.content.count), token: token)
                }
            }
            return nil
        }
    }

    private func isToken(_ index: Int, at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (begin, end) = (ends[index], ends[index + 1])
        guard end - begin <= text.count - start else { return false }
        for offset in 0..<(end - begin) where contents[begin + offset] != text[start + offset] { return false }
        return true
    }

    /// Cuts a text at its tokens and calls `text` and `token` for the parts in order. Empty parts are left out.
    /// - Parameter isDone: asked between parts; the rest is skipped once it says so.
    @inline(__always)
    func split(
        _ bytes: UnsafeBufferPointer<UInt8>, isDone: () -> Bool,
        text: (UnsafeBufferPointer<UInt8>) -> Void, token: (Int32) -> Void
    ) {
        var done = 0
        var position = 0
        while !isEmpty, !isDone(), let match = firstMatch(in: bytes, from: position) {
            position = match.range.upperBound
            var (start, end) = (match.range.lowerBound, match.range.upperBound)
            if match.token.stripsLeft { start = max(done, Self.skipSpace(before: start, in: bytes)) }
            if match.token.stripsRight { end = Self.skipSpace(after: end, in: bytes) }
            if done < start { text(UnsafeBufferPointer(rebasing: bytes[done..<start])) }
            token(match.token.id)
            done = end
        }
        if done < bytes.count, !isDone() { text(UnsafeBufferPointer(rebasing: bytes[done...])) }
    }

    private static func skipSpace(after position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var position = position
        while position < text.count {
            var next = position
            guard UnicodeTable.shared[BertNormalizer.decode(text, &next)].contains(.whitespace) else { break }
            position = next
        }
        return position
    }

    private static func skipSpace(before position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var position = position
        while position > 0 {
            var previous = position - 1
            while previous > 0, text[previous] & 0xC0 == 0x80 { previous -= 1 }
            var next = previous
            guard UnicodeTable.shared[BertNormalizer.decode(text, &next)].contains(.whitespace) else { break }
            position = previous
        }
        return position
    }
}
