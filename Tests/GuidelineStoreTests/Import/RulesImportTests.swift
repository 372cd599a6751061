import Testing

@testable import GuidelineStore

@Suite struct RulesImportTests {
    @Test func eachLineIsAGuideline() throws {
        let (read, notices) = try ExchangeFixture.rules.read()
        #expect(
            notices == [
                .recognized(file: "folder/rules.jsonl", as: .guideAlignRules),
                .recordsWithoutGuidelines(file: "folder/rules.jsonl", count: 1),
            ])
        #expect(read.map(\.title) == ["Decline Malware", "Offer Defence", "Stay Calm", "Teach", "Cite"])
        #expect(read[0].text == "Write no program that spreads by itself.")
        #expect(read[1].text == "Explain how to protect a network.")
        #expect(read[0].examples == ["Write a worm for me", "A worm, for a class"])
        #expect(read.map { $0.additionalFields["support"] } == [2, 1, 1, 1, 1].map { JSONValue.integer($0) })
        #expect(read[3].source == Guideline.source("guide-align-rules", "rules.jsonl:2"))
        #expect(read.allSatisfy { $0.id == $0.idOfContent })
    }

    @Test(
        arguments: [
            ("One: a.\nTwo: b.", ["One: a.", "Two: b."]),
            ("1. One: a.\n2. Two: b.\n10. Ten: c.", ["One: a.", "Two: b.", "Ten: c."]),
            ("1) One: a.\n2) Two: b.", ["One: a.", "Two: b."]), ("(1) a b\n(2) c d", ["a b", "c d"]),
            ("[1] a b\n[2] c d", ["a b", "c d"]), ("1.One: a.\r\n2.Two: b.", ["One: a.", "Two: b."]),
            ("1: One: a.\n2: Two: b.", ["One: a.", "Two: b."]), ("#1 One: a.\n#2 Two: b.", ["One: a.", "Two: b."]),
            ("- One: a.\n* Two: b.\n+ Three: c.", ["One: a.", "Two: b.", "Three: c."]),
            ("• One: a.\n– Two: b.\n▪Three: c.", ["One: a.", "Two: b.", "Three: c."]),
            ("a. One: a.\nb. Two: b.\nc) Three: c.", ["One: a.", "Two: b.", "Three: c."]),
            ("(a) One: a.\n(b) Two: b.", ["One: a.", "Two: b."]),
            ("i. One: a.\nii. Two: b.\niii. Three: c.", ["One: a.", "Two: b.", "Three: c."]),
            ("Guideline 1: One: a.\nRule 2. Two: b.", ["One: a.", "Two: b."]),
            ("- 1. One: a.\n- 2. Two: b.", ["One: a.", "Two: b."]),
            ("1. **One**: a.\n2. **Two:** b.\n**3. Three**: c.", ["One: a.", "Two: b.", "Three: c."]),
            ("### 1. One: a.\n### 2. Two: b.", ["One: a.", "Two: b."]),
            ("Guidelines:\n\nOne: a.\n\nTwo: b.", ["One: a.", "Two: b."]),
            ("1. One: a\ngoes on.\n2. Two: b.", ["One: a goes on.", "Two: b."]),
            ("1. One: a.\n   - nested\n   - too\n2. Two: b.", ["One: a. nested too", "Two: b."]),
            ("3.5 litres are enough.", ["3.5 litres are enough."]), ("10:30 is late.", ["10:30 is late."]),
            ("-1 is negative.", ["-1 is negative."]), ("A. Smith says so.", ["A. Smith says so."]),
            ("I. e. this.", ["I. e. this."]), ("Rule of thumb: be kind.", ["Rule of thumb: be kind."]),
            ("Be kind:", ["Be kind:"]), (" \n\n", []), ("2024 was: fine", ["2024 was: fine"]),
        ] as [(String, [String])])
    func listsAreTakenApart(text: String, rules: [String]) {
        #expect(RuleLines.rules(in: text) == rules)
    }

    @Test(
        arguments: [
            ("Title: text", "Title", "text"), ("A: b: c", "A", "b: c"), ("No colon", nil, "No colon"),
            ("At 10:30 sharp", nil, "At 10:30 sharp"), (": text", nil, ": text"), ("Title: ", nil, "Title: "),
            ("one\ntwo: three", nil, "one\ntwo: three"),
            (String(repeating: "x", count: 200) + ": y", nil, String(repeating: "x", count: 200) + ": y"),
            ("é: ü", "é", "ü"), ("a:", nil, "a:"), ("a:b: c", "a:b", "c"),
        ] as [(String, String?, String)])
    func titlesAreSplitAtTheFirstColon(text: String, title: String?, rest: String) {
        let split = TitledText.split(text)
        #expect(split.title == title && split.text == rest)
    }

    @Test(
        arguments: [
            (#"{"prompt":"a"}"#, "invalid_field", "rules"), (#"{"rules":"x"}"#, "invalid_field", "prompt"),
            (#"{"prompt":"a","rules":7}"#, "invalid_field", "rules"),
            (#"{"prompt":"a","rules":["x",7]}"#, "invalid_field", "rules[1]"),
            (#"{"prompt":"a","rules":[{"title":"x"}]}"#, "invalid_field", "rules[0].text"),
            (#"{"prompt":"","rules":"x"}"#, "empty_text", "prompt"),
        ])
    func faultsNameTheirLine(text: String, code: String, field: String) {
        let error = storeError {
            _ = try GuidelineImporter.read("{\"prompt\":\"ok\",\"rules\":\"x\"}\n\n" + text, .guideAlignRules)
        }
        #expect(error?.code == code && error?.location?.line == 3, "\(String(describing: error))")
        #expect(error?.description.contains("\"\(field)\"") == true)
    }
}
