/// A value as it stands in an expression.
struct FilterValue {
    /// Without quotes; a word keeps its `*`.
    var text: String
    var isQuoted: Bool
    /// Whether a `*` outside quotes ends it.
    var hasStar: Bool
    var offset: Int

    /// The text before the `*`.
    var prefix: String { isQuoted ? text : String(text.dropLast()) }
}

/// Makes conditions on a field of what an expression says about it.
struct FilterConditionParser {
    enum Order: String {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    let field: FilterField
    /// Where the operator stands.
    var offset = 0

    init(field: FilterField) { self.field = field }

    var exists: GuidelineFilter {
        switch field {
        case .text(let field): .text(field, .exists)
        case .threshold: .hasThreshold
        case .source(let path): .source(path, .exists)
        case .metadata(let path): .metadata(path, .exists)
        // Every guideline has these.
        case .kind, .status, .authority, .severity, .priority, .version, .language: .all([])
        }
    }

    func equals(_ value: FilterValue) throws(FilterSyntaxError) -> GuidelineFilter {
        guard value.hasStar else { return try isIn([value]) }
        switch field {
        case .text(let field): return .text(field, .hasPrefix(value.prefix))
        case .source(let path): return .source(path, .hasPrefix(value.prefix))
        case .metadata(let path): return .metadata(path, .hasPrefix(value.prefix))
        default: return try isIn([value])
        }
    }

    func isIn(_ values: [FilterValue]) throws(FilterSyntaxError) -> GuidelineFilter {
        switch field {
        case .text(let field): return .text(field, .isIn(try map(values, text)))
        case .kind: return .kind(try map(values, word))
        case .status: return .status(try map(values, word))
        case .authority: return .authority(try map(values, word))
        case .severity: return .severity(.isIn(try map(values, word)))
        case .priority: return .priority(.isIn(try map(values, wholeNumber)))
        case .version: return .version(.isIn(try map(values, wholeNumber)))
        case .threshold: return .threshold(.isIn(try map(values, realNumber)))
        case .language: return .language(try map(values, languageRange))
        case .source(let path): return .source(path, .isIn(try map(values, metadata)))
        case .metadata(let path): return .metadata(path, .isIn(try map(values, metadata)))
        }
    }

    func contains(_ value: FilterValue) throws(FilterSyntaxError) -> GuidelineFilter {
        switch field {
        case .text(let field): return .text(field, .contains(try text(value)))
        case .source(let path): return .source(path, .contains(try text(value)))
        case .metadata(let path): return .metadata(path, .contains(try text(value)))
        default: throw FilterSyntaxError(offset: offset, expected: "=, != or \"in\": the field holds no running text")
        }
    }

    func ordered(_ order: Order, _ value: FilterValue) throws(FilterSyntaxError) -> GuidelineFilter {
        switch field {
        case .severity: return .severity(Self.test(order, try word(value)))
        case .priority: return .priority(Self.test(order, try wholeNumber(value)))
        case .version: return .version(Self.test(order, try wholeNumber(value)))
        case .threshold: return .threshold(Self.test(order, try realNumber(value)))
        case .source(let path): return .source(path, Self.test(order, try metadata(value)))
        case .metadata(let path): return .metadata(path, Self.test(order, try metadata(value)))
        case .text, .kind, .status, .authority, .language:
            throw FilterSyntaxError(
                offset: offset, expected: "=, != or \"in\": the field's values have no order for \(order.rawValue)")
        }
    }

    private static func test<Value>(_ order: Order, _ value: Value) -> GuidelineFilter.OrderTest<Value> {
        switch order {
        case .less: .lessThan(value)
        case .lessOrEqual: .atMost(value)
        case .greater: .greaterThan(value)
        case .greaterOrEqual: .atLeast(value)
        }
    }

    private static func test(_ order: Order, _ value: GuidelineFilter.MetadataValue) -> GuidelineFilter.MetadataTest {
        switch order {
        case .less: .lessThan(value)
        case .lessOrEqual: .atMost(value)
        case .greater: .greaterThan(value)
        case .greaterOrEqual: .atLeast(value)
        }
    }

    // MARK: Values

    private func map<Value>(
        _ values: [FilterValue], _ transform: (FilterValue) throws(FilterSyntaxError) -> Value
    ) throws(FilterSyntaxError) -> [Value] {
        var result: [Value] = []
        result.reserveCapacity(values.count)
        for value in values { result.append(try transform(value)) }
        return result
    }

    private func text(_ value: FilterValue) throws(FilterSyntaxError) -> String {
        guard !value.hasStar else {
            throw error(value, "a whole text: a * stands for any ending after = and != alone; quote it if it is meant")
        }
        guard value.isQuoted || value.text.lowercased() != "null" else {
            throw error(value, "a value; whether there is one is asked with \"exists\"")
        }
        return value.text
    }

    /// One of the words of an enumeration.
    private func word<Word: RawRepresentable<String> & CaseIterable>(
        _ value: FilterValue
    ) throws(FilterSyntaxError) -> Word {
        if let word = Word(rawValue: value.text.lowercased()) { return word }
        let known = Word.allCases.map(\.rawValue)
        let meant = Suggestion.nearest(to: value.text, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
        throw error(value, "one of \(known.joined(separator: ", "))\(meant)")
    }

    private func wholeNumber(_ value: FilterValue) throws(FilterSyntaxError) -> Int {
        guard case .integer(let number) = Self.number(value.text) else { throw error(value, "a whole number") }
        return number
    }

    private func realNumber(_ value: FilterValue) throws(FilterSyntaxError) -> Double {
        switch Self.number(value.text) {
        case .integer(let number): return Double(number)
        case .number(let number): return number
        default: throw error(value, "a number")
        }
    }

    private func languageRange(_ value: FilterValue) throws(FilterSyntaxError) -> String {
        // Basic filtering has no `en-*`, whose meaning is that of `en`.
        if value.hasStar, value.text.hasSuffix("-*"), value.text.count > 2 { return String(value.text.dropLast(2)) }
        guard value.isQuoted || !value.hasStar || value.text == "*" else {
            throw error(value, "a language range, such as en, en-GB or *")
        }
        return value.text
    }

    private func metadata(_ value: FilterValue) throws(FilterSyntaxError) -> GuidelineFilter.MetadataValue {
        let text = try text(value)
        guard !value.isQuoted else { return .text(text) }
        switch text.lowercased() {
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return Self.number(text) ?? .text(text)
        }
    }

    /// A number as JSON writes it; one beyond the range of integers has the nearest value.
    static func number(_ text: String) -> GuidelineFilter.MetadataValue? {
        var rest = Substring(text)
        func digits() -> Substring {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        if rest.hasPrefix("-") { rest = rest.dropFirst() }
        let whole = digits()
        guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else { return nil }
        if rest.isEmpty, text != "-0", let integer = Int(text) { return .integer(integer) }
        if rest.hasPrefix(".") {
            rest = rest.dropFirst()
            guard !digits().isEmpty else { return nil }
        }
        if rest.hasPrefix("e") || rest.hasPrefix("E") {
            rest = rest.dropFirst()
            if rest.hasPrefix("+") || rest.hasPrefix("-") { rest = rest.dropFirst() }
            guard !digits().isEmpty else { return nil }
        }
        guard rest.isEmpty else { return nil }
        return Double(text).map(GuidelineFilter.MetadataValue.number)
    }

    private func error(_ value: FilterValue, _ expected: String) -> FilterSyntaxError {
        FilterSyntaxError(offset: value.offset, expected: expected)
    }
}
