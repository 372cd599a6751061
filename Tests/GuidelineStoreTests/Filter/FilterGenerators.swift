import Platform

@testable import GuidelineStore

/// Random guidelines and filters over few values, so that they meet often.
struct FilterGenerator {
    var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &generator) ?? values[0] }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    /// Some look alike and differ in their bytes; some mean something to SQL, to JSON or to the language of filters.
    static let texts = [
        "a", "A", "ab", "mlc:vcr", "mlc:ncr", "x:style", "privacy", "Privacy", "caf\u{E9}", "cafe\u{301}", "CAF\u{C9}",
        "STRA\u{1E9E}E", "stra\u{DF}e", "\u{130}stanbul", "\u{212A}", "k", "\u{3A3}\u{3A3}", "\u{3C3}\u{3C2}", "100%",
        "a_b", "a%", "it's", "say \"x\"", "back\\slash", "and", "not", "null", "true", "12", "12.0", "*", "mlc:*",
        "two words", "tab\there", "line\nbreak", "\u{301}mark", "\u{10FFFF}", "a\u{10FFFF}", "\u{D7FF}", "\u{E000}",
        "\u{1F44D}\u{1F3FD}", "); DROP TABLE guideline; --", "en", "2024-05-01", "2024-11-30", "\u{202E}x",
    ]
    static let names = [
        "category", "support", "author", "odd name", "a.b", "say \"x\"", "back\\slash", "caf\u{E9}", "cafe\u{301}",
        "metadata", "nul\0", "and", "", "tab\t", "severities", "$.x", "[0]", "it's",
    ]
    static let numbers: [Double] = [
        0, -0.0, 0.1, 0.30000000000000004, 0.3, 1, 1.5, 12, 1e300, .leastNonzeroMagnitude, 9_007_199_254_740_992,
        9_007_199_254_740_994, 9.223372036854775e18, 1e19, -1e19, 123_456.789_012_345_68, 2.2250738585072014e-308,
    ]
    static let integers = [
        0, 1, -1, 2, 12, 9_007_199_254_740_991, 9_007_199_254_740_992, 9_007_199_254_740_993, .max, .max - 1, .min,
    ]
    static let languages = ["en", "en-GB", "EN-us", "english", "de", "de-CH-1996", "x-klingon", "\u{FC}b"]

    // MARK: Guidelines

    mutating func json(depth: Int = 0) -> JSONValue {
        switch number(0...(depth < 3 ? 9 : 6)) {
        case 0: .null
        case 1: .bool(chance(50))
        case 2: .integer(pick(Self.integers))
        case 3: .number(pick(Self.numbers))
        case 4, 5: .string(pick(Self.texts))
        case 6: .string(pick(["", "nul\0inside", "nul"]))
        case 7, 8: .array((0..<number(0...3)).map { _ in json(depth: depth + 1) })
        default: .object(members(0...3, depth: depth + 1))
        }
    }

    mutating func members(_ counts: ClosedRange<Int>, depth: Int = 0) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for _ in 0..<number(counts) { members[pick(Self.names)] = json(depth: depth) }
        return members
    }

    mutating func list() -> [String] { (0..<number(0...3)).map { _ in pick(Self.texts) } }

    mutating func guideline(_ index: Int) throws -> Guideline {
        var additional = members(0...4)
        if chance(40) { additional["category"] = chance(60) ? .string(pick(Self.texts)) : json() }
        return try Guideline(
            id: chance(30) ? "\(pick(["a", "ab", "mlc:", "\u{E9}", "it's \"", "100%"]))\(index)" : "g\(index)",
            title: chance(50) ? pick(Self.texts) : nil, text: "\(pick(Self.texts)) \(pick(Self.texts)) \(index)",
            condition: chance(40) ? pick(Self.texts) : nil, kind: pick(Guideline.Kind.allCases),
            status: pick(Guideline.Status.allCases), authority: pick(Guideline.Authority.allCases),
            priority: pick(Self.integers), severity: pick(Guideline.Severity.allCases), risk: list(), tags: list(),
            language: pick(Self.languages), examples: list(), counterexamples: list(),
            threshold: chance(50) ? pick(Self.numbers) : nil, source: members(0...3),
            version: abs(number(1...3)), additionalFields: additional
        ).validated()
    }

    // MARK: Filters

    mutating func filter(depth: Int = 0) -> GuidelineFilter {
        if depth < 4, chance(45) {
            switch number(0...3) {
            case 0: return .all((0..<number(0...3)).map { _ in filter(depth: depth + 1) })
            case 1: return .any((0..<number(0...3)).map { _ in filter(depth: depth + 1) })
            default: return .not(filter(depth: depth + 1))
            }
        }
        switch number(0...16) {
        case 0...4: return .text(pick(GuidelineFilter.TextField.allCases), textTest())
        case 5: return .kind(some(Guideline.Kind.allCases))
        case 6: return .status(some(Guideline.Status.allCases))
        case 7: return .authority(some(Guideline.Authority.allCases))
        case 8: return .severity(orderTest(Guideline.Severity.allCases))
        case 9: return .priority(orderTest(Self.integers))
        case 10: return .version(orderTest([1, 2, 3]))
        case 11: return .threshold(orderTest(Self.numbers + [.infinity]))
        case 12: return .hasThreshold
        case 13: return .language(some(Self.languages + ["*", "EN", "de-ch", "x", "", "en-"]))
        case 14: return .source(path(), metadataTest())
        default: return .metadata(path(), metadataTest())
        }
    }

    private mutating func some<Value>(_ values: [Value]) -> [Value] {
        (0..<(chance(60) ? 1 : number(0...3))).map { _ in pick(values) }
    }

    private mutating func text() -> String {
        switch number(0...9) {
        case 0: ""
        case 1: "nul\0"
        case 2: String(pick(Self.texts).prefix(2))
        default: pick(Self.texts)
        }
    }

    private mutating func textTest() -> GuidelineFilter.TextTest {
        switch number(0...5) {
        case 0, 1: .isIn((0..<(chance(60) ? 1 : number(0...3))).map { _ in text() })
        case 2: .hasPrefix(text())
        case 3, 4: .contains(text())
        default: .exists
        }
    }

    private mutating func orderTest<Value>(_ values: [Value]) -> GuidelineFilter.OrderTest<Value> {
        switch number(0...4) {
        case 0: .isIn(some(values))
        case 1: .lessThan(pick(values))
        case 2: .atMost(pick(values))
        case 3: .greaterThan(pick(values))
        default: .atLeast(pick(values))
        }
    }

    private mutating func value() -> GuidelineFilter.MetadataValue {
        switch number(0...5) {
        case 0: .bool(chance(50))
        case 1: .integer(pick(Self.integers))
        case 2: .number(pick(Self.numbers + [.infinity, -.infinity]))
        default: .text(text())
        }
    }

    private mutating func path() -> GuidelineFilter.MetadataPath {
        GuidelineFilter.MetadataPath(
            (0..<(chance(70) ? 1 : 2)).map { _ in pick(Self.names + ["text", "kind", "sevrity"]) })
    }

    private mutating func metadataTest() -> GuidelineFilter.MetadataTest {
        switch number(0...8) {
        case 0, 1: .isIn((0..<(chance(60) ? 1 : number(0...3))).map { _ in value() })
        case 2: .lessThan(value())
        case 3: .atMost(value())
        case 4: .greaterThan(value())
        case 5: .atLeast(value())
        case 6: .hasPrefix(text())
        case 7: .contains(text())
        default: .exists
        }
    }
}
