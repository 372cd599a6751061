/// Characters of a text that nobody sees and that a model, a search or a reviewer may still read.
enum HiddenCharacters {
    enum Kind: String, Sendable, CaseIterable {
        /// U+E0000 to U+E007F, which spell ASCII unseen.
        case tag = "tag character"
        /// Overrides, embeddings and isolates, which show text in another order than it is read in.
        case direction = "mark of direction"
        case control = "control character"
        case zeroWidth = "zero-width character"
        /// Variation selectors in a row, which can carry any bytes.
        case selectors = "run of variation selectors"
        /// Letters and spaces that have a width and no shape.
        case blank = "blank letter"
        case replacement = "replacement character"

        var severity: LintSeverity {
            switch self {
            case .tag, .direction, .selectors: .error
            case .control, .zeroWidth, .blank: .warning
            case .replacement: .note
            }
        }
    }

    struct Hit: Sendable, Hashable {
        var kind: Kind
        /// Where it is among the text's Unicode scalars.
        var offset: Int
        var scalar: Unicode.Scalar
    }

    /// O(length); one pass over the bytes where all are printable ASCII.
    static func hits(in text: String) -> [Hit] {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }) else {
            return []
        }
        let scalars = Array(text.unicodeScalars)
        var hits: [Hit] = []
        for (offset, scalar) in scalars.enumerated() {
            guard let kind = kind(of: scalar, at: offset, in: scalars) else { continue }
            hits.append(Hit(kind: kind, offset: offset, scalar: scalar))
        }
        return hits
    }

    private static func kind(of scalar: Unicode.Scalar, at offset: Int, in scalars: [Unicode.Scalar]) -> Kind? {
        let before = offset > 0 ? scalars[offset - 1] : nil
        let after = offset + 1 < scalars.count ? scalars[offset + 1] : nil
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return nil
        case 0..<0x20, 0x7F...0x9F: return .control
        case 0xE0000...0xE007F: return isFlag(offset, scalars) ? nil : .tag
        case 0x202A...0x202E, 0x2066...0x2069: return .direction
        // A mark beside text that is written from right to left is where it belongs.
        case 0x200E, 0x200F, 0x061C: return scalars.contains(where: isRightToLeft) ? nil : .direction
        // Joiners are part of the spelling of many scripts, and of emoji.
        case 0x200C, 0x200D:
            guard let before, let after else { return .zeroWidth }
            return joins(before) && joins(after) ? nil : .zeroWidth
        case 0xFE00...0xFE0F, 0xE0100...0xE01EF: return before.map(isSelector) == true ? .selectors : nil
        case 0x200B, 0x2060...0x2064, 0x206A...0x206F, 0xFEFF, 0x00AD, 0x180E, 0xFFF9...0xFFFB: return .zeroWidth
        case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: return .blank
        case 0xFFFD: return .replacement
        default: return nil
        }
    }

    private static func isSelector(_ scalar: Unicode.Scalar) -> Bool {
        (0xFE00...0xFE0F).contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value)
    }

    /// Whether a joiner beside it means something: it is no ASCII, and a letter, a mark or an emoji.
    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        return scalar.properties.isAlphabetic || scalar.properties.isEmoji
            || scalar.properties.canonicalCombiningClass.rawValue > 0
            || isSelector(scalar)
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// Whether the tags around a place are those of a flag: a black flag, at most seven letters, the tag that ends it.
    private static func isFlag(_ offset: Int, _ scalars: [Unicode.Scalar]) -> Bool {
        func isTag(_ scalar: Unicode.Scalar) -> Bool { (0xE0000...0xE007F).contains(scalar.value) }
        var start = offset
        while start > 0, isTag(scalars[start - 1]), offset - start < 8 { start -= 1 }
        guard start > 0, scalars[start - 1].value == 0x1F3F4 else { return false }
        var end = start
        while end < scalars.count, isTag(scalars[end]), end - start < 9 { end += 1 }
        return end - start <= 8 && scalars[end - 1].value == 0xE007F
    }

    /// What tag characters spell, for people to read.
    static func spelled(_ hits: [Hit]) -> String {
        var text = ""
        for hit in hits where hit.kind == .tag {
            if let scalar = Unicode.Scalar(hit.scalar.value - 0xE0000), scalar.value >= 0x20, scalar.value < 0x7F {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
