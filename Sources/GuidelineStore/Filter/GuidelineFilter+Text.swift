extension GuidelineFilter: CustomStringConvertible {
    /// An expression that ``init(parsing:)`` reads as an equal filter, as long as it is not longer or nested deeper than
    /// that allows, and compares with no number that is NaN.
    public var description: String { Self.text(self, in: .alternative) }

    /// Whether the place is one where a combination needs parentheses.
    private enum Place { case alternative, conjunction, negation }

    private static func text(_ filter: GuidelineFilter, in place: Place) -> String {
        switch filter {
        case .all(let filters) where filters.count > 1:
            let text = filters.map { self.text($0, in: .conjunction) }.joined(separator: " and ")
            return place == .alternative ? text : "(\(text))"
        case .any(let filters) where filters.count > 1:
            let text = filters.map { filter in
                // A disjunction in a disjunction stays one of its own.
                if case .any(let inner) = filter, inner.count > 1 { return self.text(filter, in: .negation) }
                return self.text(filter, in: .alternative)
            }.joined(separator: " or ")
            return place == .alternative ? text : "(\(text))"
        case .all(let filters): return "all(\(filters.first.map { text($0, in: .alternative) } ?? ""))"
        case .any(let filters): return "any(\(filters.first.map { text($0, in: .alternative) } ?? ""))"
        case .not(let inner):
            switch inner {
            case .all, .any, .not: return "not \(text(inner, in: .negation))"
            default: return condition(inner).negated
            }
        default: return condition(filter).text
        }
    }

    // MARK: Conditions

    /// A condition as an expression has it, and its negation.
    private struct Condition {
        var text: String
        var negated: String

        init(_ field: String, _ operation: String, _ value: String) {
            text = "\(field) \(operation) \(value)"
            negated = operation == "=" ? "\(field) != \(value)" : "not \(text)"
        }

        /// That the field is one of the values, which are ready to print.
        init(_ field: String, isIn values: [String]) {
            let list = values.joined(separator: ", ")
            text = values.count == 1 ? "\(field) = \(list)" : "\(field) in (\(list))"
            negated = values.count == 1 ? "\(field) != \(list)" : "\(field) not in (\(list))"
        }

        init(existenceOf field: String) { (text, negated) = ("\(field) exists", "\(field) not exists") }
    }

    private static func condition(_ filter: GuidelineFilter) -> Condition {
        switch filter {
        case .text(let field, let test): condition(field.rawValue, test)
        case .kind(let values): Condition("kind", isIn: values.map(\.rawValue))
        case .status(let values): Condition("status", isIn: values.map(\.rawValue))
        case .authority(let values): Condition("authority", isIn: values.map(\.rawValue))
        case .severity(let test): condition("severity", test) { $0.rawValue }
        case .priority(let test): condition("priority", test) { String($0) }
        case .version(let test): condition("version", test) { String($0) }
        case .threshold(let test): condition("threshold", test, number)
        case .hasThreshold: Condition(existenceOf: "threshold")
        case .language(let ranges): Condition("lang", isIn: ranges.map { $0 == "*" ? $0 : quoted($0) })
        case .source(let path, let test):
            condition("source." + path.names.map(name).joined(separator: "."), test)
        case .metadata(let path, let test): condition(path.description, test)
        case .all, .any, .not: Condition(existenceOf: text(filter, in: .negation))
        }
    }

    private static func condition(_ field: String, _ test: TextTest) -> Condition {
        switch test {
        case .isIn(let values): Condition(field, isIn: values.map(quoted))
        case .hasPrefix(let text): Condition(field, "=", prefix(text))
        case .contains(let text): Condition(field, "contains", quoted(text))
        case .exists: Condition(existenceOf: field)
        }
    }

    private static func condition<Value>(
        _ field: String, _ test: OrderTest<Value>, _ text: (Value) -> String
    ) -> Condition {
        switch test {
        case .isIn(let values): Condition(field, isIn: values.map(text))
        case .lessThan(let value): Condition(field, "<", text(value))
        case .atMost(let value): Condition(field, "<=", text(value))
        case .greaterThan(let value): Condition(field, ">", text(value))
        case .atLeast(let value): Condition(field, ">=", text(value))
        }
    }

    private static func condition(_ field: String, _ test: MetadataTest) -> Condition {
        switch test {
        case .isIn(let values): Condition(field, isIn: values.map(\.description))
        case .lessThan(let value): Condition(field, "<", value.description)
        case .atMost(let value): Condition(field, "<=", value.description)
        case .greaterThan(let value): Condition(field, ">", value.description)
        case .atLeast(let value): Condition(field, ">=", value.description)
        case .hasPrefix(let text): Condition(field, "=", prefix(text))
        case .contains(let text): Condition(field, "contains", quoted(text))
        case .exists: Condition(existenceOf: field)
        }
    }

    // MARK: Words

    fileprivate static func number(_ value: Double) -> String {
        // No number that can be written is larger, so this one is read as infinity.
        value.isInfinite ? (value < 0 ? "-1e999" : "1e999") : value.description
    }

    /// A text that means itself without quotes: it begins with a letter and is no word of the language.
    private static func isPlain(_ text: String, _ allowed: (UInt8) -> Bool) -> Bool {
        guard let first = text.utf8.first, isLetter(first), text.utf8.allSatisfy(allowed) else { return false }
        let word = text.lowercased()
        return !FilterField.keywords.contains(word) && !["true", "false", "null"].contains(word)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    fileprivate static func name(_ name: String) -> String {
        isPlain(name, isNameByte) ? name : inQuotes(name)
    }

    fileprivate static func quoted(_ text: String) -> String {
        let isPlain = isPlain(text) { isNameByte($0) || ":./@#".utf8.contains($0) }
        return isPlain ? text : inQuotes(text)
    }

    private static func prefix(_ text: String) -> String { text.isEmpty ? "*" : quoted(text) + "*" }

    private static func inQuotes(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension GuidelineFilter.MetadataPath: CustomStringConvertible {
    /// The names as an expression has them; with `metadata.` before them where the first could mean something else.
    public var description: String {
        let text = names.map(GuidelineFilter.name).joined(separator: ".")
        guard let first = names.first, !text.hasPrefix("\"") else { return text }
        let isAmbiguous =
            FilterField.named(first) != nil || GuidelineField(rawValue: first) != nil || first == "metadata"
            || FilterField.likelySlip(first) != nil
        return isAmbiguous ? "metadata." + text : text
    }
}

extension GuidelineFilter.MetadataValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .text(let text): GuidelineFilter.quoted(text)
        case .integer(let value): String(value)
        case .number(let value): GuidelineFilter.number(value)
        case .bool(let value): value ? "true" : "false"
        }
    }
}

extension GuidelineFilter: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try GuidelineFilter(parsing: try container.decode(String.self))
        } catch let error as GuidelineStoreError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
