import GuidelineStore

/// What may stand in a text in place of what was taken away, so that it is not taken for something new.
struct Replacements: Sendable {
    private static let opening = Array("[redacted".utf8)
    /// Kinds that a placeholder may name: those that checks of this module give. With any other, a text could call itself
    /// redacted and say what it likes.
    private let kinds: Set<String>
    private let texts: [[UInt8]]

    init(_ checks: [GuardedCheck]) {
        var kinds = Set(PersonalDataKind.allCases.map(\.rawValue) + SecretKind.allCases.map(\.rawValue))
        kinds.formUnion(["keyword", "banned_phrase"])
        var texts: Set<[UInt8]> = []
        for guarded in checks {
            if let pattern = guarded.check as? Pattern { kinds.insert(pattern.name) }
            for case .modify(.replace(let text)) in [guarded.action] + guarded.severityActions.values
            where !text.isEmpty {
                texts.insert(Array(text.utf8))
            }
        }
        self.kinds = kinds
        self.texts = texts.sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
    }

    /// What stands in place of something that is redacted.
    func placeholder(for kind: String) -> String { kinds.contains(kind) ? "[redacted:\(kind)]" : "[redacted]" }

    /// Places of replacements in a text, in its order.
    func ranges(in text: String) -> [Range<Int>] {
        let bytes = Array(text.utf8)
        var ranges: [Range<Int>] = []
        var place = 0
        while place < bytes.count {
            if let end = end(bytes, at: place) {
                ranges.append(place..<end)
                place = end
            } else {
                place += 1
            }
        }
        return ranges
    }

    private func end(_ bytes: [UInt8], at place: Int) -> Int? {
        for text in texts where bytes[place] == text[0] && bytes[place...].starts(with: text) {
            return place + text.count
        }
        guard bytes[place] == Self.opening[0], bytes[place...].starts(with: Self.opening) else { return nil }
        var end = place + Self.opening.count
        guard end < bytes.count else { return nil }
        if bytes[end] == UInt8(ascii: "]") { return end + 1 }
        guard bytes[end] == UInt8(ascii: ":") else { return nil }
        let name = end + 1
        end = name
        while end < bytes.count, end - name < 48, bytes[end] != UInt8(ascii: "]") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "]"),
            kinds.contains(String(decoding: bytes[name..<end], as: UTF8.self))
        else { return nil }
        return end + 1
    }
}
