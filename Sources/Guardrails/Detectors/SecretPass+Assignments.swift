/// What is given to a name: `password = …`, `"api_key": "…"`, and passwords in addresses.
extension SecretPass {
    private static let nameBytes = ByteSet.alphanumerics.union("_-.")
    private static let quotes = ByteSet("\"'`")

    /// Looks at what stands on both sides of a `=` or `:`.
    mutating func assignment(at place: Int) {
        if text[place] == 0x3A, text[place + 1] == 0x2F, text[place + 2] == 0x2F {
            connection(at: place)
            return
        }
        var end = place
        // `:=`, `=>`, white space and a closing quote may stand between.
        if text[end - 1] == 0x3A { end -= 1 }
        var spaces = 0
        while text[end - 1] == 0x20, spaces < 4 {
            end -= 1
            spaces += 1
        }
        if Self.quotes.contains(text[end - 1]) { end -= 1 }
        var start = end
        let lowest = max(0, end - 48)
        while start > lowest, Self.nameBytes.contains(text[start - 1]) { start -= 1 }
        guard end - start >= 3, let name = SecretName(text, start..<end) else { return }
        guard let value = value(behind: place) else { return }
        switch name {
        case .password where isPassword(value):
            add(.password, value.range, value.isQuoted || text[place] == 0x3D ? 0.9 : 0.8)
        case .key where isKey(value.range): add(.assignedKey, value.range, 0.85)
        default: break
        }
    }

    private struct Value {
        var range: Range<Int>
        var isQuoted: Bool
    }

    /// The word or the quoted text behind a sign.
    private func value(behind place: Int) -> Value? {
        var start = place + 1
        if text[start] == 0x3D || text[start] == 0x3E { start += 1 }
        var spaces = 0
        while text[start] == 0x20 || text[start] == 0x09, spaces < 4 {
            start += 1
            spaces += 1
        }
        let quote = text[start]
        let isQuoted = Self.quotes.contains(quote)
        if isQuoted { start += 1 }
        var end = start
        while end < text.count, end - start <= 256 {
            let byte = text[end]
            if isQuoted ? byte == quote || byte == 0x0A : byte <= 0x20 || byte == 0x2C || byte == 0x3B || byte == 0x26 {
                break
            }
            end += 1
        }
        guard end - start <= 256, !isQuoted || text[end] == quote else { return nil }
        if !isQuoted {
            while end > start, Self.trailing.contains(text[end - 1]) { end -= 1 }
        }
        return end > start ? Value(range: start..<end, isQuoted: isQuoted) : nil
    }

    private static let trailing = ByteSet(".,;:)]}\"'")

    /// Whether it can be a password, rather than a placeholder, a call, or a word of a sentence.
    private func isPassword(_ value: Value) -> Bool {
        let range = value.range
        guard (5...128).contains(range.count), !isPlaceholder(range) else { return false }
        let classes = Entropy.classes(text, range)
        let symbols = range.contains { text[$0] < 0x80 && !ByteSet.alphanumerics.contains(text[$0]) }
        if value.isQuoted { return !range.contains { text[$0] == 0x20 } }
        // `password: required`; digits or odd signs make a word something else.
        return classes.digits > 0 && (classes.count >= 2 || symbols) || symbols && classes.count >= 2
    }

    /// Whether it is as random as keys are.
    private func isKey(_ range: Range<Int>) -> Bool {
        guard (16...256).contains(range.count), !isPlaceholder(range) else { return false }
        for index in range where !Self.keyBytes.contains(text[index]) { return false }
        let classes = Entropy.classes(text, range)
        return classes.digits >= 2 && classes.count >= 2 && Entropy.bits(text, range) >= 3
    }

    private static let keyBytes = ByteSet.base64URL.union("+/=.~:")

    /// Whether a value stands for one: `<your key>`, `${KEY}`, `os.environ["KEY"]`, `********`, `changeme`, a path.
    private func isPlaceholder(_ range: Range<Int>) -> Bool {
        let first = text[range.lowerBound]
        if first == 0x3C || first == 0x24 || first == 0x7B || first == 0x5B || first == 0x28 || first == 0x25
            || first == 0x2F
        {
            return true
        }
        if range.allSatisfy({ text[$0] == first }) { return true }
        var lower: [UInt8] = []
        lower.reserveCapacity(range.count)
        for index in range {
            let byte = text[index]
            // A call, or an element of something.
            if byte == 0x28 || byte == 0x7B || byte == 0x5B { return true }
            if byte == 0x2A || byte == 0xE2 { return true }
            lower.append(byte.isUpper ? byte | 0x20 : byte)
        }
        for word in Self.placeholders where lower.count >= word.count {
            if lower.starts(with: word) { return true }
        }
        for word in Self.inner where lower.count >= word.count {
            var place = 0
            while place <= lower.count - word.count {
                if lower[place] == word[0], lower[place...].starts(with: word) { return true }
                place += 1
            }
        }
        return false
    }

    private static let placeholders = byteWords(
        """
        your example changeme change_me placeholder redacted secret password passwd none null nil true false required \
        optional undefined env. os. process. config. settings. self. this. getenv string str input prompt http todo xxxx \
        test_password my_password mypassword
        """)
    private static let inner = byteWords(
        "environ process.env getenv your_ your- _here -here placeholder xxxxx secrets. vault: example")

    // MARK: Addresses

    /// The password in `scheme://user:password@host`.
    private mutating func connection(at place: Int) {
        var colon: Int?
        var index = place + 3
        while index < text.count, index - place < 256 {
            let byte = text[index]
            if byte <= 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x3C || byte == 0x3E || byte >= 0x80 { return }
            if byte == 0x2F || byte == 0x3F || byte == 0x23 { return }
            if byte == 0x3A, colon == nil { colon = index }
            if byte == 0x40 {
                guard let colon, index - colon > 3, !isPlaceholder((colon + 1)..<index) else { return }
                add(.connectionPassword, (colon + 1)..<index, 0.95)
                return
            }
            index += 1
        }
    }
}

/// What a name says that it holds.
private enum SecretName {
    case password, key

    init?(_ text: TextBytes, _ range: Range<Int>) {
        // Letters and digits alone, in lower case: `API-Key` and `apiKey` are one name.
        var name: [UInt8] = []
        for index in range {
            let byte = text[index]
            if ByteSet.alphanumerics.contains(byte) { name.append(byte.isUpper ? byte | 0x20 : byte) }
        }
        func ends(_ word: [UInt8]) -> Bool {
            name.count >= word.count && name[(name.count - word.count)...].elementsEqual(word)
        }
        if Self.passwords.contains(where: ends) {
            self = .password
        } else if Self.keys.contains(where: ends) {
            self = .key
        } else {
            return nil
        }
    }

    private static let passwords = byteWords(
        "password passwd passphrase pwd passcode kennwort passwort contrasena motdepasse")
    private static let keys = byteWords(
        """
        apikey secret secretkey accesskey accesstoken authtoken token privatekey clientsecret appsecret bearer credential \
        credentials signingkey encryptionkey authkey sessionkey apitoken secretaccesskey licensekey
        """)
}
