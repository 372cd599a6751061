import Platform

/// Lines that mark off texts in a prompt.
struct Fence {
    let mark: String

    /// The mark is a digest of the texts: for them to hold it they would have to hold their own digest.
    init(of texts: [String]) {
        var hash = SHA256()
        for text in texts {
            hash.update("\(text.utf8.count):")
            hash.update(text)
        }
        mark = String(SHA256.hexadecimal(hash.finalize()).prefix(16))
    }

    func section(_ name: String, _ text: String) -> String { "=== \(name) \(mark) ===\n\(text)\n" }
    var end: String { "=== End \(mark) ===" }
}
