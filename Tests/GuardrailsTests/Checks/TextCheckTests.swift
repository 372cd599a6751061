import Fingerpost
import GuidelineStore
import Testing

@testable import Guardrails

@Suite("Patterns")
struct PatternTests {
    private func found(_ pattern: Pattern, _ text: String) throws -> [Substring] {
        try pattern.run(on: CheckInput(text)).findings.map { finding in
            let start = text.utf8.index(text.startIndex, offsetBy: finding.range.lowerBound)
            return text[start..<text.utf8.index(text.startIndex, offsetBy: finding.range.upperBound)]
        }
    }

    @Test("Findings are where they are, whatever stands before them")
    func places() throws {
        let ticket = try Pattern("[A-Z]{2,}-[0-9]+", name: "ticket")
        for before in ["", "see ", "é", "🙂 ", "👩‍👩‍👧 e\u{301} \r\n", "\u{0}\u{200D}"] {
            #expect(
                try found(ticket, before + "AB-12, then 🙂XYZ-9é") == ["AB-12", "XYZ-9"], "\(before.debugDescription)")
        }
        #expect(try ticket.run(on: CheckInput("AB-1")).findings == [Detection(kind: "ticket", range: 0..<4)])
        #expect(try !ticket.run(on: CheckInput("ab-12")).isHit)
        #expect(try Pattern("ab", ignoresCase: true).run(on: CheckInput("xAB")).isHit)
    }

    @Test("A match of nothing is none")
    func empty() throws {
        #expect(try found(Pattern("x*"), "axxb") == ["xx"])
        #expect(try !Pattern("x*").run(on: CheckInput("")).isHit)
    }

    @Test("More matches than are looked at between two looks at the clock")
    func many() throws {
        let text = String(repeating: "é1 ", count: 500)
        #expect(try found(Pattern("[0-9]"), text) == [Substring](repeating: "1", count: 500))
    }

    @Test("One that runs away comes to no end, and says so")
    func runaway() throws {
        let pattern = try Pattern("^(a+)+$")
        let text = String(repeating: "a", count: 64) + "b"
        #expect(throws: GuardrailsError.deadlineMissed) {
            try pattern.run(on: CheckInput(text, deadline: .now + .milliseconds(20)))
        }
        let open = try Rails { pattern.onMatch(.deny).onFailure(.open) }.check(text, deadline: .milliseconds(20))
        #expect(open.verdict == .allow && open.checks[0].status == .timeout)
    }

    @Test("What is no pattern is an error", arguments: ["(", "[a", "a{2,1}", "\\"])
    func invalid(_ pattern: String) {
        #expect { try Pattern(pattern) } throws: { ($0 as? GuardrailsError)?.code == "invalid_check" }
        #expect { try Pattern("a", name: "A name") } throws: { ($0 as? GuardrailsError)?.code == "invalid_check" }
    }

    @Test("Its version changes with what it looks for")
    func version() throws {
        let patterns = try [
            Pattern("a"), Pattern("b"), Pattern("a", name: "n"), Pattern("a", ignoresCase: true),
        ]
        #expect(Set(patterns.map(\.version)).count == 4)
        #expect(try Pattern("a").version == patterns[0].version && Pattern("a") == patterns[0])
    }
}

@Suite("Style")
struct StyleTests {
    private func kinds(_ text: String, _ change: (inout Style.Rules) -> Void) throws -> [String] {
        var rules = Style.Rules()
        change(&rules)
        return try Style(rules).run(on: CheckInput(text)).findings.map(\.kind)
    }

    @Test("Phrases that must not be there are found where they are, and missing ones as the text")
    func phrases() throws {
        var rules = Style.Rules()
        (rules.banned, rules.required) = (["as an AI"], ["not legal advice", "sincerely"])
        let text = "Né: As an AI, I say: this is not legal advice."
        let findings = try Style(rules).run(on: CheckInput(text)).findings
        #expect(
            findings == [
                Detection(kind: "banned_phrase", range: 5..<13),
                Detection(kind: "missing_phrase", range: 0..<text.utf8.count),
            ])
        #expect(try kinds("") { $0.required = ["a", "b"] } == ["missing_phrase", "missing_phrase"])
    }

    @Test("Exclamation marks are counted, and so are words in capitals, but not one acronym")
    func loudness() throws {
        #expect(try kinds("No! No！") { $0.exclamationMarks = 1 } == ["exclamation_marks"])
        #expect(try kinds("No! No") { $0.exclamationMarks = 1 }.isEmpty)
        #expect(try kinds("PLEASE READ THIS now") { $0.capitals = 0.5 } == ["capitals"])
        #expect(try kinds("the NATO and the UNHCR") { $0.capitals = 0.1 }.isEmpty)
        #expect(try kinds("PLEASE READ THIS now") { $0.capitals = 0.75 }.isEmpty)
        #expect(try kinds("PLEASE READ THIS") { $0.capitals = 1 }.isEmpty)
    }

    @Test("Long words in long sentences are harder to read")
    func reading() throws {
        let easy = "The cat sat on the mat. The dog ran to the cat. They had fun in the sun."
        let hard = """
            Notwithstanding considerable organisational responsibilities, institutional representatives \
            enthusiastically demonstrated extraordinary administrative capabilities throughout international negotiations.
            """
        #expect(try kinds(easy) { $0.readingGrade = 6 }.isEmpty)
        #expect(try kinds(hard) { $0.readingGrade = 12 } == ["reading_grade"])
        // Too little to tell.
        #expect(try kinds("Incomprehensibilities notwithstanding.") { $0.readingGrade = 1 }.isEmpty)
        #expect(Readability("The cake is late.").syllables == 4)
        let simple = Readability("One two three four five. Six seven eight nine ten!")
        #expect(simple.words == 10 && simple.sentences == 2)
    }

    @Test("Rules that cannot be kept are errors")
    func invalid() {
        for change in [
            { $0.capitals = 1.1 }, { $0.capitals = -.infinity }, { $0.readingGrade = .nan }, { $0.banned = ["  "] },
            { $0.required = [""] },
        ] as [(inout Style.Rules) -> Void] {
            #expect { try kinds("text", change) } throws: { ($0 as? GuardrailsError)?.code == "invalid_check" }
        }
    }
}

@Suite("Length")
struct LengthTests {
    private func kinds(_ text: String, _ limits: Length.Limits) -> [String] {
        Length(limits).run(on: CheckInput(text)).findings.map(\.kind)
    }

    @Test("What a reader calls a character, a word, and what a counter calls a token")
    func limits() {
        #expect(kinds("👩‍👩‍👧e\u{301}", .init(characters: 2...2)).isEmpty)
        #expect(kinds("abc", .init(characters: 0...2)) == ["too_many_characters"])
        #expect(kinds("a", .init(characters: 2...3, words: 2...3)) == ["too_few_characters", "too_few_words"])
        #expect(kinds(" a\u{3000}b\nc ", .init(words: 3...3)).isEmpty)
        #expect(kinds("", .init(characters: 1...9)) == ["too_few_characters"])
        #expect(kinds("", .init()).isEmpty)
        let letters = TokenCounter(name: "letters") { $0.count }
        let check = Length(.init(tokens: 0...3), counter: letters)
        #expect(check.run(on: CheckInput("abcd")).findings == [Detection(kind: "too_many_tokens", range: 0..<4)])
        #expect(!check.run(on: CheckInput("abc")).isHit)
    }

    @Test("Its version tells its limits apart")
    func version() {
        let limits: [Length.Limits] = [
            .init(), .init(characters: 0...5), .init(words: 0...5), .init(tokens: 0...5),
            .init(characters: 5...Int.max),
        ]
        #expect(Set(limits.map { Length($0).version }).count == limits.count)
    }
}
