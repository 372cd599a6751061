extension PersonalDataPass {
    private static let local = ByteSet.alphanumerics.union("._%+'-")
    private static let host = ByteSet.alphanumerics.union("-")

    /// An address around an `@`.
    ///
    /// Names of files and packages (`logo@2x.png`), handles (`@name@host.example`), users of other protocols
    /// (`ssh://git@host`, `git@host:path`) are none.
    mutating func email(at place: Int) {
        // RFC 5321: 64 bytes before, 255 behind.
        var start = place
        let lowest = max(emailEnd, place - 64)
        while start > lowest, isLocal(text[start - 1]) { start -= 1 }
        while start < place, text[start] == UInt8(ascii: ".") || text[start] == UInt8(ascii: "'") { start += 1 }
        guard start < place, text[place - 1] != UInt8(ascii: "."), text[start - 1] != UInt8(ascii: "@"),
            start == lowest ? !isLocal(text[start - 1]) || start == emailEnd : true,
            text[start - 1] != UInt8(ascii: "/"), !isInAddress(start)
        else { return }
        guard let end = hostEnd(place + 1) else { return }
        if text[end] == UInt8(ascii: ":"), ByteSet.word.contains(text[end + 1]) || text[end + 1] == UInt8(ascii: "/") {
            return
        }
        emailEnd = end
        add(.email, start..<end, 0.95)
    }

    private func isLocal(_ byte: UInt8) -> Bool { Self.local.contains(byte) || byte >= 0x80 }

    /// Whether a place belongs to `scheme://…`, with no white space since.
    private func isInAddress(_ place: Int) -> Bool {
        guard schemeEnd >= 0, place - schemeEnd < 256, schemeEnd <= place else { return false }
        for index in schemeEnd..<place where text[index] <= 0x20 || text[index] == 0x22 { return false }
        return true
    }

    /// The end of a host's name with at least two labels, the last one of letters and no ending of a file.
    private func hostEnd(_ start: Int) -> Int? {
        var place = start
        var labels = 0
        var last = start..<start
        while place - start <= 255 {
            let end = hostLabelEnd(place)
            guard end > place, end - place <= 63, text[place] != UInt8(ascii: "-"), text[end - 1] != UInt8(ascii: "-")
            else { break }
            labels += 1
            last = place..<end
            guard text[end] == UInt8(ascii: "."), isHost(text[end + 1]) else { break }
            place = end + 1
        }
        guard labels >= 2, last.count >= 2 else { return nil }
        for index in last where !ByteSet.letters.contains(text[index]) && text[index] < 0x80 { return nil }
        let ending = last.map { text[$0] | 0x20 }
        guard !Self.fileEndings.contains(ending), !ByteSet.word.contains(text[last.upperBound]) else { return nil }
        return last.upperBound
    }

    private func isHost(_ byte: UInt8) -> Bool { Self.host.contains(byte) || byte >= 0x80 }

    private func hostLabelEnd(_ start: Int) -> Int {
        var place = start
        while place - start <= 64, isHost(text[place]) { place += 1 }
        return place
    }

    private static let fileEndings = Set(
        byteWords(
            "png jpg jpeg gif svg webp ico pdf js ts jsx tsx css scss html json yaml yml toml lock tar zip exe dll"))
}
