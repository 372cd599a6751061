/// Finds personal data in a text, in one pass and in time linear in its length, whatever it holds.
struct PersonalDataDetector: Sendable {
    private let kinds: Set<PersonalDataKind>
    private let wantsNumbers: Bool

    init(_ kinds: some Sequence<PersonalDataKind>) {
        self.kinds = Set(kinds)
        wantsNumbers = !self.kinds.isSubset(of: [.email, .ipAddress, .iban, .ukNINO])
    }

    func wants(_ kind: PersonalDataKind) -> Bool { kinds.contains(kind) }

    /// What is found, surest first where several overlap, in the order of the text.
    ///
    /// - Complexity: O(bytes).
    func detections(in bytes: UnsafeBufferPointer<UInt8>) -> [Detection] {
        let text = TextBytes(bytes)
        var pass = PersonalDataPass(detector: self, text: text)
        var place = 0
        while place < text.count {
            place = max(pass.look(at: place, wantsNumbers: wantsNumbers), place + 1)
        }
        return Detection.withoutOverlaps(pass.found)
    }
}

/// One pass over one text.
struct PersonalDataPass {
    let detector: PersonalDataDetector
    let text: TextBytes
    var found: [Detection] = []
    var number = NumberReading()
    /// An e-mail address does not begin before the end of the one before.
    var emailEnd = 0
    /// Where an address's scheme, as in `ssh://`, was last seen.
    var schemeEnd = -1

    mutating func add(_ kind: PersonalDataKind, _ range: Range<Int>, _ confidence: Float) {
        guard detector.wants(kind) else { return }
        found.append(Detection(kind: kind.rawValue, range: range, confidence: confidence))
    }

    /// Looks for what begins at a place, or for an address around it; returns where to go on.
    mutating func look(at place: Int, wantsNumbers: Bool) -> Int {
        let byte = text[place]
        switch byte {
        case UInt8(ascii: "@"):
            if detector.wants(.email) { email(at: place) }
        case UInt8(ascii: ":"):
            if text[place + 1] == 0x2F, text[place + 2] == 0x2F { schemeEnd = place + 3 }
            if detector.wants(.ipAddress), text[place + 1] == byte, !ByteSet.word.contains(text[place - 1]) {
                return addressV6(at: place) ?? place + 1
            }
        case UInt8(ascii: "+"), UInt8(ascii: "("):
            if detector.wants(.phone), let end = phone(openedAt: place) { return end }
        case 0x30...0x39:
            let isInside = ByteSet.word.contains(text[place - 1])
            guard !isInside else { return text.end(of: .digits, from: place, limit: text.count) }
            return look(atNumber: place, wantsNumbers: wantsNumbers)
        case 0x41...0x5A, 0x61...0x7A:
            guard !ByteSet.word.contains(text[place - 1]) else {
                return text.end(of: .letters, from: place, limit: text.count)
            }
            if let end = lettered(at: place) { return end }
        default: break
        }
        return place + 1
    }

    /// Numbers that begin with letters.
    private mutating func lettered(at place: Int) -> Int? {
        let byte = text[place]
        if byte.isUpper {
            if detector.wants(.iban), let end = IBAN.end(text, at: place) {
                add(.iban, place..<end, 1)
                return end
            }
            if detector.wants(.ukNINO), let end = NationalNumbers.ninoEnd(text, at: place) {
                add(.ukNINO, place..<end, 0.95)
                return end
            }
            if detector.wants(.spanishID), let end = NationalNumbers.nieEnd(text, at: place) {
                add(.spanishID, place..<end, 0.95)
                return end
            }
        }
        if detector.wants(.ipAddress), ByteSet.hexadecimals.contains(byte) { return addressV6(at: place) }
        return nil
    }

    /// Numbers that begin with a digit. Returns the end of what was found, or of the first group.
    private mutating func look(atNumber place: Int, wantsNumbers: Bool) -> Int {
        if detector.wants(.ipAddress), let end = addressV4(at: place) ?? addressV6(at: place) { return end }
        guard wantsNumbers else { return text.end(of: .digits, from: place, limit: text.count) }
        number.read(text, at: place)
        guard !number.ends.isEmpty else { return text.end(of: .digits, from: place, limit: text.count) }
        guard startsCleanly(place) else { return number.ends[0].text }
        if let end = card() ?? nationalNumber() { return end }
        if detector.wants(.phone), let end = nationalPhone(from: place) { return end }
        return number.ends[0].text
    }

    // MARK: Surroundings

    /// Whether a number may begin here, and is not the rest of a longer thing.
    func startsCleanly(_ place: Int) -> Bool {
        switch text[place - 1] {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: ":"):
            // `Tel.030`, `Tel:030` and a dash before a number are fine; `1.5` and `AB-12` are not.
            guard ByteSet.word.contains(text[place - 2]) else { return true }
            return text[place - 1] == UInt8(ascii: ":") && !text[place - 2].isDigit
        case UInt8(ascii: "$"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "~"): return false
        default: return true
        }
    }

    /// Whether a number may end here.
    func endsCleanly(_ place: Int) -> Bool {
        let byte = text[place]
        if ByteSet.word.contains(byte) || byte == UInt8(ascii: "%") { return false }
        guard byte == 0x2D || byte == 0x2E || byte == 0x2F || byte == 0x3A || byte == 0x2C else { return true }
        return !ByteSet.word.contains(text[place + 1])
    }
}
