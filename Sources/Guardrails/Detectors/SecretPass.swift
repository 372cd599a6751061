/// One pass over one text.
struct SecretPass {
    let detector: SecretDetector
    let text: TextBytes
    var found: [Detection] = []
    /// No web token is looked for before this place: what it would be part of is none.
    private var webTokenEnd = 0

    init(detector: SecretDetector, text: TextBytes) {
        (self.detector, self.text) = (detector, text)
    }

    mutating func add(_ kind: SecretKind, _ range: Range<Int>, _ confidence: Float) {
        guard detector.wants(kind) else { return }
        found.append(Detection(kind: kind.rawValue, range: range, confidence: confidence))
    }

    // MARK: Tokens with a prefix

    /// The end of a token that begins here and is known by its shape; nil if none is.
    mutating func shaped(at place: Int) -> Int? {
        for number in SecretShape.byFirstByte[Int(text[place])] {
            let shape = SecretShape.all[number]
            guard text.matches(shape.prefix, at: place) else { continue }
            if shape.kind == .webToken, place < webTokenEnd { continue }
            let start = place + shape.prefix.count
            var end = text.end(of: shape.alphabet, from: start, limit: start + shape.lengths.upperBound + 1)
            // A point that ends a sentence, or a dash, belongs to no token.
            while end > start, text[end - 1] == 0x2E || text[end - 1] == 0x2D { end -= 1 }
            guard shape.lengths.contains(end - start), isToken(shape, place, start..<end) else {
                if shape.kind == .webToken { webTokenEnd = end }
                continue
            }
            add(shape.kind, place..<end, 1)
            return end
        }
        return nil
    }

    private func isToken(_ shape: SecretShape, _ place: Int, _ rest: Range<Int>) -> Bool {
        if shape.parts > 1 {
            let points = rest.count { text[$0] == 0x2E }
            // Header, claims and signature; the first two are objects.
            if shape.kind == .webToken {
                guard points == 2, let first = rest.first(where: { text[$0] == 0x2E }) else { return false }
                return text.matches([0x65, 0x79, 0x4A], at: first + 1)
            }
            return points == shape.parts - 1
        }
        let classes = Entropy.classes(text, rest)
        switch shape.kind {
        // Words with dashes between them are no key: `sk-learn-based-classification-pipeline`.
        case .modelKey: return classes.digits >= 3 && classes.count >= 2 && Entropy.bits(text, rest) >= 3.2
        case .awsKey: return Entropy.bits(text, rest) >= 2.5
        // Placeholders such as `ghp_xxxxxxxx`.
        default: return classes.digits > 0 && Entropy.bits(text, rest) >= 2.8
        }
    }

    // MARK: Private keys

    /// Bytes of the longest block that is looked for.
    private static let keyLimit = 16_384
    private static let begin = Array("-----BEGIN ".utf8)
    private static let endMark = Array("-----END ".utf8)
    private static let privateKey = Array("PRIVATE KEY".utf8)

    /// A block of a private key that begins here, to its end mark, or as far as there is text where it has none. Returns
    /// where to go on.
    mutating func key(at place: Int) -> Int {
        guard text.matches(Self.begin, at: place) else {
            // Dashes are looked at once.
            return text.end(of: Self.dash, from: place, limit: text.count) == place
                ? place + 1 : dashesEnd(place)
        }
        let line = place + Self.begin.count
        guard let name = first(Self.privateKey, from: line, limit: line + 48),
            let dashes = first([0x2D, 0x2D, 0x2D, 0x2D, 0x2D], from: name, limit: name + 32)
        else { return line }
        let limit = min(text.count, place + Self.keyLimit)
        var end = limit
        if let mark = first(Self.endMark, from: dashes + 5, limit: limit) {
            let close = first([0x2D, 0x2D, 0x2D, 0x2D, 0x2D], from: mark + Self.endMark.count, limit: mark + 64)
            end = min(limit, close.map { $0 + 5 } ?? limit)
        }
        while end > place, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
        add(.privateKey, place..<end, 1)
        return end
    }

    private static let dash = ByteSet("-")

    /// The last place of a run of dashes at which a mark may still begin.
    private func dashesEnd(_ place: Int) -> Int {
        let end = text.end(of: Self.dash, from: place, limit: text.count)
        return max(place + 1, end - 5)
    }

    private func first(_ pattern: [UInt8], from start: Int, limit: Int) -> Int? {
        let last = min(limit, text.count) - pattern.count
        var place = start
        while place <= last {
            if text[place] == pattern[0], text.matches(pattern, at: place) { return place }
            place += 1
        }
        return nil
    }
}
