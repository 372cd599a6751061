extension PersonalDataPass {
    /// Four numbers up to 255 with points between them, unless they are called a version.
    mutating func addressV4(at start: Int) -> Int? {
        var place = start
        for part in 0..<4 {
            let end = text.end(of: .digits, from: place, limit: place + 4)
            guard (1...3).contains(end - place) else { return nil }
            var value = 0
            for index in place..<end { value = value * 10 + Int(text[index] - 0x30) }
            guard value <= 255, end - place == 1 || text[place] != 0x30 else { return nil }
            place = end
            guard part < 3 else { break }
            guard text[place] == 0x2E else { return nil }
            place += 1
        }
        guard !ByteSet.word.contains(text[place]), text[place] != 0x2E || !text[place + 1].isDigit,
            text[start - 1] != 0x2E,
            !text.hasWord(Self.versionWords, before: start, within: 24)
        else { return nil }
        add(.ipAddress, start..<place, 0.9)
        return place
    }

    private static let versionWords = byteWords("version versions v release build firmware section chapter driver")

    /// Groups of up to four hexadecimal digits with colons between them: eight, or fewer around one `::`.
    mutating func addressV6(at start: Int) -> Int? {
        guard text[start - 1] != 0x3A else { return nil }
        var place = start
        var groups = 0
        var isShortened = false
        while place - start < 40 {
            let end = text.end(of: .hexadecimals, from: place, limit: place + 5)
            guard end - place <= 4 else { return nil }
            if end > place { groups += 1 }
            place = end
            guard text[place] == 0x3A else { break }
            if text[place + 1] == 0x3A {
                guard !isShortened else { return nil }
                isShortened = true
                place += 2
                if !ByteSet.hexadecimals.contains(text[place]) { break }
            } else {
                guard ByteSet.hexadecimals.contains(text[place + 1]) else { break }
                place += 1
            }
        }
        guard isShortened ? (2...7).contains(groups) : groups == 8, !ByteSet.word.contains(text[place]),
            text[place] != 0x3A
        else { return nil }
        add(.ipAddress, start..<place, 0.9)
        return place
    }
}
