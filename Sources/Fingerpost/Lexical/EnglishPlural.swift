/// Takes the plural and the third person off English words, so that "locks" finds "lock".
///
/// The weak stemmer of Harman, "How effective is suffixing?", 1991: the first of three rules that fits, for words of four
/// letters and more. It joins few words that do not belong together, which on short texts matters more than to find them
/// all.
enum EnglishPlural {
    /// - Parameter word: in lower case, UTF-8.
    static func removeEnding(of word: inout [UInt8]) {
        let count = word.count
        guard count > 3, word[count - 1] == UInt8(ascii: "s") else { return }
        let (third, second) = (word[count - 3], word[count - 2])
        if third == UInt8(ascii: "i"), second == UInt8(ascii: "e") {
            // "policies" -> "policy"; not "eies", "aies".
            guard !isOneOf(word[count - 4], "ea") else { return }
            word.removeLast(3)
            word.append(UInt8(ascii: "y"))
        } else if second == UInt8(ascii: "e") {
            // "rules" -> "rule"; not "aes", "ees", "oes".
            if !isOneOf(third, "aeo") { word.removeLast() }
        } else if !isOneOf(second, "us") {
            // "locks" -> "lock"; not "us", "ss".
            word.removeLast()
        }
    }

    private static func isOneOf(_ byte: UInt8, _ letters: StaticString) -> Bool {
        letters.withUTF8Buffer { $0.contains(byte) }
    }
}
