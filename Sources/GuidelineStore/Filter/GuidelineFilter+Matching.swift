extension GuidelineFilter {
    /// Whether the guideline is meant. The same as ``LibraryDatabase/rows(matching:)`` finds for a guideline that a
    /// library keeps. O(size of filter and guideline).
    public func matches(_ guideline: Guideline) -> Bool {
        switch self {
        case .all(let filters): filters.allSatisfy { $0.matches(guideline) }
        case .any(let filters): filters.contains { $0.matches(guideline) }
        case .not(let filter): !filter.matches(guideline)
        case .text(let field, let test): Self.matches(guideline, field, test)
        case .kind(let kinds): kinds.contains(guideline.kind)
        case .status(let states): states.contains(guideline.status)
        case .authority(let authorities): authorities.contains(guideline.authority)
        case .severity(let test): test.matches(guideline.severity)
        case .priority(let test): test.matches(guideline.priority)
        case .version(let test): test.matches(guideline.version)
        case .threshold(let test): guideline.threshold.map(test.matches) ?? false
        case .hasThreshold: guideline.threshold != nil
        case .language(let ranges): ranges.contains { LanguageRange.matches($0, guideline.language) }
        case .source(let path, let test):
            test.matches(path.value(in: .object(guideline.source)))
        case .metadata(let path, let test):
            test.matches(path.value(in: .object(guideline.additionalFields)))
        }
    }

    private static func matches(_ guideline: Guideline, _ field: TextField, _ test: TextTest) -> Bool {
        switch field {
        case .id: test.matches(guideline.id)
        case .title: guideline.title.map(test.matches) ?? false
        case .text: test.matches(guideline.text)
        case .condition: guideline.condition.map(test.matches) ?? false
        case .risk: guideline.risk.contains(where: test.matches)
        case .tag: guideline.tags.contains(where: test.matches)
        case .category:
            guideline.tags.contains(where: test.matches)
                || test.matches(MetadataPath.category.value(in: .object(guideline.additionalFields)))
        case .examples: guideline.examples.contains(where: test.matches)
        case .counterexamples: guideline.counterexamples.contains(where: test.matches)
        }
    }
}

extension GuidelineFilter.MetadataPath {
    /// Where ``GuidelineFilter/TextField/category`` looks beside the tags.
    static let category = GuidelineFilter.MetadataPath(["category"])

    /// What the path leads to, or nil where there is nothing, or null.
    func value(in json: JSONValue) -> JSONValue? { Self.value(of: names[...], in: json) }

    /// As ``value(in:)``, without the first name.
    func rest(in json: JSONValue) -> JSONValue? { Self.value(of: names.dropFirst(), in: json) }

    private static func value(of names: ArraySlice<String>, in json: JSONValue) -> JSONValue? {
        var value = json
        for name in names {
            // Swift takes names for equal that differ in their bytes.
            guard case .object(let members) = value, let index = members.index(forKey: name),
                members[index].key.hasSameBytes(as: name)
            else { return nil }
            value = members[index].value
        }
        if case .null = value { return nil }
        return value
    }
}

extension GuidelineFilter.TextTest {
    func matches(_ text: String) -> Bool {
        switch self {
        case .isIn(let values): values.contains { $0.hasSameBytes(as: text) }
        case .hasPrefix(let prefix): text.utf8.starts(with: prefix.utf8)
        case .contains(let part): CaseFolding.contains(text, part)
        case .exists: true
        }
    }

    /// For a text, or a list of which one item must pass.
    func matches(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null: return false
        case .string(let text): return matches(text)
        case .array(let items):
            if case .exists = self { return true }
            return items.contains { if case .string(let text) = $0 { matches(text) } else { false } }
        case .bool, .integer, .number, .object:
            if case .exists = self { return true }
            return false
        }
    }
}

extension GuidelineFilter.OrderTest {
    func matches(_ value: Value) -> Bool {
        switch self {
        case .isIn(let values): values.contains(value)
        case .lessThan(let bound): value < bound
        case .atMost(let bound): value <= bound
        case .greaterThan(let bound): value > bound
        case .atLeast(let bound): value >= bound
        }
    }
}

extension GuidelineFilter.MetadataTest {
    func matches(_ value: JSONValue?) -> Bool {
        guard let value else { return false }
        if case .exists = self { return true }
        if case .array(let items) = value { return items.contains(where: matchesItem) }
        return matchesItem(value)
    }

    private func matchesItem(_ value: JSONValue) -> Bool {
        switch self {
        case .isIn(let values): values.contains { $0.isEqual(to: value) }
        case .lessThan(let bound): bound.order(of: value).map { $0 < 0 } ?? false
        case .atMost(let bound): bound.order(of: value).map { $0 <= 0 } ?? false
        case .greaterThan(let bound): bound.order(of: value).map { $0 > 0 } ?? false
        case .atLeast(let bound): bound.order(of: value).map { $0 >= 0 } ?? false
        case .hasPrefix(let prefix):
            if case .string(let text) = value { text.utf8.starts(with: prefix.utf8) } else { false }
        case .contains(let part):
            if case .string(let text) = value { CaseFolding.contains(text, part) } else { false }
        case .exists: true
        }
    }
}

extension GuidelineFilter.MetadataValue {
    func isEqual(to value: JSONValue) -> Bool {
        if case .bool(let own) = self, case .bool(let other) = value { return own == other }
        return order(of: value) == 0
    }

    /// Below, at or above 0 where the value comes before, is equal to or comes after this one; nil where the two have no
    /// order.
    func order(of value: JSONValue) -> Int? {
        switch (value, self) {
        case (.string(let left), .text(let right)):
            left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        case (.integer(let left), .integer(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.integer(let left), .number(let right)): Self.order(left, right)
        case (.number(let left), .integer(let right)): Self.order(right, left).map { -$0 }
        case (.number(let left), .number(let right)):
            left < right ? -1 : left == right ? 0 : left > right ? 1 : nil
        default: nil
        }
    }

    /// The order of a whole number to another number, exactly; nil where that is NaN.
    private static func order(_ left: Int, _ right: Double) -> Int? {
        guard !right.isNaN else { return nil }
        guard let whole = Int(exactly: right.rounded(.down)) else { return right > 0 ? -1 : 1 }
        if left != whole { return left < whole ? -1 : 1 }
        return right > right.rounded(.down) ? -1 : 0
    }
}

/// Basic filtering of language tags (RFC 4647, section 3.3.1).
enum LanguageRange {
    static func matches(_ range: String, _ tag: String) -> Bool {
        if range == "*" { return true }
        var rest = tag.utf8[...]
        for byte in range.utf8 {
            guard let first = rest.first, CaseFolding.lowercase(first) == CaseFolding.lowercase(byte) else {
                return false
            }
            rest.removeFirst()
        }
        return rest.isEmpty || rest.first == UInt8(ascii: "-")
    }
}

/// Looking for a text whatever its case.
enum CaseFolding {
    static func contains(_ text: String, _ part: String) -> Bool {
        var (text, part) = (text, part)
        let isFound: Bool? = text.withUTF8 { text in
            part.withUTF8 { part in
                guard text.allSatisfy({ $0 < 0x80 }), part.allSatisfy({ $0 < 0x80 }) else { return nil }
                return contains(text.count, { lowercase(text[$0]) }, part.map(lowercase))
            }
        }
        if let isFound { return isFound }
        let folded = folded(text)
        return contains(folded.count, { folded[$0] }, Self.folded(part))
    }

    /// Each scalar's own lower-case mapping, in UTF-8: neither language nor neighbours count.
    private static func folded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                bytes.append(lowercase(UInt8(truncatingIfNeeded: scalar.value)))
            } else {
                bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            }
        }
        return bytes
    }

    private static func contains(_ count: Int, _ byte: (Int) -> UInt8, _ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard count >= part.count else { return false }
        for start in 0...(count - part.count) where byte(start) == first {
            if part.indices.allSatisfy({ byte(start + $0) == part[$0] }) { return true }
        }
        return false
    }

    static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

extension String {
    /// Whether the two are the same in UTF-8. `==` takes texts for equal that look alike, which SQLite does not.
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
