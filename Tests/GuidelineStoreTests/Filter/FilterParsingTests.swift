import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// What expressions mean, and what is said of those that mean nothing.
@Suite struct FilterParsingTests {
    @Test(arguments: [
        ("severity >= high", GuidelineFilter.severity(.atLeast(.high))),
        ("severity != Critical", .not(.severity(.equals(.critical)))),
        ("kind in (safety, style)", .kind([.safety, .style])),
        ("status not in (draft)", .not(.status([.draft]))),
        ("priority > -3", .priority(.greaterThan(-3))),
        ("threshold < 0.5 and threshold exists", .threshold(.lessThan(0.5)) && .hasThreshold),
        ("risk = mlc:*", .risk(.hasPrefix("mlc:"))),
        ("risk = 'mlc:*'", .risk("mlc:*")),
        ("risk = 'a b'*", .risk(.hasPrefix("a b"))),
        ("tag=security||tags=\"two words\"", .tag("security") || .tag("two words")),
        ("category = privacy", .category("privacy")),
        ("lang = en", .language("en")),
        ("lang = en-*", .language("en")),
        ("lang = *", .language("*")),
        (
            "a = 1 OR b = 2 AND NOT c = 3",
            .any([
                .metadata("a", .equals(1)),
                .all([.metadata("b", .equals(2)), .not(.metadata("c", .equals(3)))]),
            ])
        ),
        (
            "(a = 1 or b = 2) and c = true",
            .all([
                .any([.metadata("a", .equals(1)), .metadata("b", .equals(2))]), .metadata("c", .equals(true)),
            ])
        ),
        ("!!(a exists)", .not(.not(.metadata("a", .exists)))),
        ("author.name = \"Ann\"", .metadata("author.name", .equals("Ann"))),
        ("author.\"first name\".x exists", .metadata(.init(["author", "first name", "x"]), .exists)),
        ("\"and\" = x", .metadata("and", .equals("x"))),
        ("metadata.kind = x", .metadata("kind", .equals("x"))),
        ("source.license = CC0-1.0", .source("license", .equals("CC0-1.0"))),
        ("year = '2020'", .metadata("year", .equals("2020"))),
        ("year = 2020", .metadata("year", .equals(2020))),
        ("day >= 2024-05-01", .metadata("day", .atLeast("2024-05-01"))),
        ("x = 007", .metadata("x", .equals("007"))),
        ("x = 1e3", .metadata("x", .equals(1000.0))),
        ("x in (1, two, 'three', 4.5, false)", .metadata("x", .isIn([1, "two", "three", 4.5, false]))),
        ("x not contains y", .not(.metadata("x", .contains("y")))),
        ("text contains \"\\u{E9}\\n\\\"\"", .text(.text, .contains("\u{E9}\n\""))),
        ("all(kind = safety, any())", .all([.kind(.safety), .any([])])),
        ("id in ()", .text(.id, .isIn([]))),
        ("kind exists", .all([])),
    ])
    func expressions(_ text: String, _ expected: GuidelineFilter) throws {
        #expect(try GuidelineFilter(parsing: text) == expected)
    }

    @Test(arguments: [
        ("", 1, "a condition"),
        ("severity", 9, "an operator"),
        ("severity >= hgih", 13, "did you mean \"high\"?"),
        ("severity >= enormous", 13, "one of low, medium, high, critical"),
        ("sevrity = high", 1, "did you mean \"severity\"?"),
        ("kind = safety and sttaus = active", 19, "metadata.sttaus"),
        ("kind = safety kind = style", 15, "\"and\", \"or\" or the end"),
        ("(kind = safety", 15, "\")\""),
        ("kind = safety)", 14, "the end of the expression"),
        ("kind in safety", 9, "\"(\""),
        ("kind in (safety", 16, "\",\" or \")\""),
        ("kind < style", 6, "no order"),
        ("severity contains h", 10, "no running text"),
        ("title = \"open", 14, "closing \""),
        ("title = \"bad \\q\"", 15, "escapes"),
        ("title = \"\\u{110000}\"", 12, "hexadecimal"),
        ("a = 1 & b = 2", 7, "\"&&\""),
        ("a = 1 | b = 2", 7, "\"||\""),
        ("priority = high", 12, "a whole number"),
        ("priority = 1.5", 12, "a whole number"),
        ("threshold > much", 13, "a number"),
        ("title = null", 9, "\"exists\""),
        ("tag in (mlc:*)", 9, "a whole text"),
        ("lang = e*", 8, "a language range"),
        ("source = x", 1, "a member"),
        ("relations = x", 1, "another field"),
        ("id.x = 3", 1, "no members"),
        ("a..b = 3", 1, "empty parts"),
        ("and = 3", 1, "in quotes"),
        ("caf\u{E9} = \u{1F468}\u{200D}\u{1F469} !", 10, "the end of the expression"),
        ("cafe\u{301} = \u{1F468}\u{200D}\u{1F469} !", 10, "the end of the expression"),
    ])
    func mistakes(_ text: String, _ column: Int, _ expected: String) throws {
        let error = try #require(storeError { _ = try GuidelineFilter(parsing: text) })
        guard case .invalidFilter(let expression, let found, let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(expression == text)
        #expect(found == column, "\(error)")
        #expect(message.contains(expected), "\(error)")
        #expect(error.code == "invalid_filter" && error.isInputError && error.location == nil)
    }

    @Test func theCaretStandsUnderTheColumn() throws {
        let error = try #require(storeError { _ = try GuidelineFilter(parsing: "kind = safety and\tseverity >= hgih") })
        #expect(
            error.description == """
                the filter is wrong at column 31: expected one of low, medium, high, critical; did you mean "high"?
                  kind = safety and severity >= hgih
                                                ^
                """)
        let long = String(repeating: "kind = safety and ", count: 40) + "severity >= hgih or kind = style"
        let lines = try #require(storeError { _ = try GuidelineFilter(parsing: long) }).description.split(
            separator: "\n")
        #expect(lines.count == 3)
        let caret = try #require(lines[2].firstIndex(of: "^"))
        let offset = lines[2].distance(from: lines[2].startIndex, to: caret)
        #expect(lines[1].dropFirst(offset).hasPrefix("hgih"))
        #expect(lines[1].count < 90)
    }

    @Test func nothingOverflowsTheStack() throws {
        for text in [
            String(repeating: "(", count: 60_000), String(repeating: "!", count: 60_000) + "a = 1",
            String(repeating: "not ", count: 15_000) + "a = 1", String(repeating: "all(", count: 15_000),
            String(repeating: "(", count: 20_000) + "a = 1" + String(repeating: ")", count: 20_000),
        ] {
            let error = try #require(storeError { _ = try GuidelineFilter(parsing: text) })
            #expect(error.description.contains("nesting of at most 128 levels"), "\(error)")
        }
        let tooLong = try #require(
            storeError { _ = try GuidelineFilter(parsing: String(repeating: "(", count: 100_000)) })
        #expect(tooLong.description.contains("at most 65536 bytes"))
        let deep = String(repeating: "(", count: 126) + "a = 1" + String(repeating: ")", count: 126)
        #expect(try GuidelineFilter(parsing: deep) == .metadata("a", .equals(1)))
    }

    /// Whatever is given is either a filter, which prints as itself, or an error with a place in the expression.
    @Test(arguments: 1...4)
    func anyTextIsAFilterOrAnError(seed: UInt64) throws {
        var random = FilterGenerator(seed: seed)
        let pieces =
            FilterGenerator.texts + [
                "(", ")", ",", "=", "!=", "<", ">=", "~", "and", "or", "not", "in", "exists", "contains", "\"", "'",
                "\\",
                "severity", "high", "metadata.", ".", "*", "all(", "any(", " ", " ", " ", "a = 1", "kind = safety",
            ]
        var filters = 0
        for _ in 0..<4_000 {
            let text = (0..<random.number(1...8)).map { _ in random.pick(pieces) }.joined(
                separator: random.pick(["", " "]))
            let error = storeError {
                let filter = try GuidelineFilter(parsing: text)
                let again = try GuidelineFilter(parsing: filter.description)
                #expect(again == filter, "seed \(seed): \(text)")
                filters += 1
            }
            guard let error else { continue }
            guard case .invalidFilter(text, let column, let expected) = error else {
                Issue.record("seed \(seed): \(text): \(error)")
                continue
            }
            #expect((1...(text.count + 1)).contains(column) && !expected.isEmpty, "seed \(seed): \(text)")
        }
        #expect(filters > 20)
    }

    @Test func whatAFilterMeans() throws {
        let guideline = try Guideline(
            id: "g1", title: "Keep Secrets", text: "Never reveal a Caf\u{C9} password.", severity: .high,
            risk: ["mlc:prv"], tags: ["privacy"], language: "en-GB", threshold: 0.5,
            source: ["license": .string("CC0-1.0")],
            additionalFields: [
                "category": .array([.string("secrets"), .integer(5)]), "support": .integer(9_007_199_254_740_993),
                "year": .string("2020"), "draft": .bool(true), "none": .null,
                "author": .object(["name": .string("Ann"), "languages": .array([.string("de"), .string("fr")])]),
            ]
        ).validated()
        for expression in [
            "id = g1", "title ~ secrets", "text ~ 'caf\u{E9}'", "not text ~ 'cafe'", "risk = mlc:*", "lang = en",
            "lang = EN-gb", "lang != de", "lang != en-US", "category = privacy", "category = secrets",
            "not category = 5", "threshold <= 0.5", "source.license = CC0-1.0", "support > 9007199254740992",
            "support != 9007199254740992", "support < 9007199254740994.0", "year = '2020'", "year != 2020",
            "draft = true", "draft != 'true'", "not draft = 1", "not none exists", "none != x", "not missing = x",
            "not missing < x", "author exists", "author.name = Ann", "author.languages = fr",
            "author.languages in (it, de)", "not author = Ann", "not author.name.first exists", "severity > medium",
            "metadata.text not exists", "examples not exists", "tag exists", "id in (g2, g1)",
        ] {
            #expect(try GuidelineFilter(parsing: expression).matches(guideline), "\(expression)")
            #expect(try !GuidelineFilter(parsing: "not (\(expression))").matches(guideline), "\(expression)")
        }
    }

    @Test func conditionsAreBuiltInSwift() throws {
        let filter: GuidelineFilter =
            .severity(.atLeast(.high)) && .risk(.hasPrefix("mlc:")) && !(.tag("a b") || .metadata("n", .atMost(12)))
        #expect(filter.description == #"severity >= high and risk = mlc:* and not (tag = "a b" or n <= 12)"#)
        #expect(GuidelineFilter.not(.kind([.safety, .style])).description == "kind not in (safety, style)")
        #expect(GuidelineFilter.metadata("sevrity", .equals("x")).description == "metadata.sevrity = x")
    }
}
