/// What differs between two states of a guideline, field by field.
///
/// The id and the version, which tell the states apart, are no part of it.
public struct GuidelineDifference: Sendable, Hashable {
    /// A field that differs.
    public struct FieldChange: Sendable, Hashable {
        /// As in files; members of the source as `source.license`.
        public var field: String
        /// Nil where there was no value.
        public var before: JSONValue?
        /// Nil where there is no value.
        public var after: JSONValue?

        /// For a text that became another, what of it was kept, removed and added.
        public var words: [TextDifference.Part]? {
            guard case .string(let before) = before, case .string(let after) = after else { return nil }
            return TextDifference.parts(from: before, to: after)
        }
    }

    /// In the documented order of the fields, then the additional ones by name.
    public var changes: [FieldChange]

    public var isEmpty: Bool { changes.isEmpty }

    /// Compares two states; nil stands for none. Texts and names are compared byte by byte.
    public init(from before: Guideline?, to after: Guideline?) {
        let (old, new) = (Self.fields(of: before), Self.fields(of: after))
        changes = []
        for field in GuidelineField.allCases where field != .id && field != .version {
            if field == .source {
                append("source.", before?.source ?? [:], after?.source ?? [:])
            } else {
                append(field.rawValue, old[field.rawValue], new[field.rawValue])
            }
        }
        append("", before?.additionalFields ?? [:], after?.additionalFields ?? [:])
    }

    private static func fields(of guideline: Guideline?) -> [String: JSONValue] {
        guard case .object(let members) = guideline?.json else { return [:] }
        return members
    }

    private mutating func append(_ prefix: String, _ before: [String: JSONValue], _ after: [String: JSONValue]) {
        // Names that differ in their bytes alone are two fields, one that went and one that came.
        var names: [[UInt8]: (before: JSONValue?, after: JSONValue?)] = [:]
        for (name, value) in before { names[Array(name.utf8), default: (nil, nil)].before = value }
        for (name, value) in after { names[Array(name.utf8), default: (nil, nil)].after = value }
        for (name, values) in names.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            append(prefix + String(decoding: name, as: UTF8.self), values.before, values.after)
        }
    }

    private mutating func append(_ field: String, _ before: JSONValue?, _ after: JSONValue?) {
        guard before?.jsonText.utf8.elementsEqual(after?.jsonText.utf8 ?? "".utf8) ?? (after == nil) else {
            return changes.append(FieldChange(field: field, before: before, after: after))
        }
    }
}

/// What of a text was kept, removed and added, in words.
public enum TextDifference {
    public enum Kind: String, Sendable, Hashable, CaseIterable { case kept, removed, added }

    /// A run of words with the white space behind them.
    public struct Part: Sendable, Hashable {
        public var kind: Kind
        public var text: String
    }

    /// Words beyond that which differ are replaced as a whole: the time grows with the square of the difference.
    static let maximumWordCount = 4_000

    /// The parts in their order. Kept and removed ones together are the first text, kept and added ones the second.
    ///
    /// Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), as the standard
    /// library has it. O(words * difference).
    public static func parts(from before: String, to after: String) -> [Part] {
        let (old, new) = (words(before), words(after))
        let start = zip(old, new).prefix { $0 == $1 }.count
        let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
        let (removed, added) = changed(old[start..<(old.count - end)], new[start..<(new.count - end)])

        var parts: [(kind: Kind, bytes: [UInt8])] = []
        func append(_ kind: Kind, _ word: [UInt8]) {
            if parts.last?.kind == kind {
                parts[parts.count - 1].bytes += word
            } else {
                parts.append((kind, word))
            }
        }
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                append(.removed, old[left])
                left += 1
            } else if right < new.count, added.contains(right) {
                append(.added, new[right])
                right += 1
            } else if left < old.count {
                append(.kept, old[left])
                left += 1
                right += 1
            }
        }
        return parts.map { Part(kind: $0.kind, text: String(decoding: $0.bytes, as: UTF8.self)) }
    }

    /// The indices of the words that went and of those that came.
    private static func changed(
        _ old: ArraySlice<[UInt8]>, _ new: ArraySlice<[UInt8]>
    ) -> (removed: Set<Int>, added: Set<Int>) {
        guard old.count + new.count <= maximumWordCount else { return (Set(old.indices), Set(new.indices)) }
        var (removed, added): (Set<Int>, Set<Int>) = ([], [])
        for change in Array(new).difference(from: Array(old)) {
            switch change {
            case .remove(let offset, _, _): removed.insert(old.startIndex + offset)
            case .insert(let offset, _, _): added.insert(new.startIndex + offset)
            }
        }
        return (removed, added)
    }

    /// The words in UTF-8, each with the white space behind it; white space at the start is a word of its own.
    private static func words(_ text: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var wasSpace = true
        for character in text {
            if words.isEmpty || wasSpace && !character.isWhitespace { words.append([]) }
            words[words.count - 1] += character.utf8
            wasSpace = character.isWhitespace
        }
        return words
    }
}
