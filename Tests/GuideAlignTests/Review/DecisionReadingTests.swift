import Fingerpost
import GuideAlign
import GuidelineStore
import Platform
import Testing

@Suite("Decisions from files and forms")
struct DecisionReadingTests {
    private func decisions(_ text: String) throws -> [GuidelineDecision] {
        let reader = try JSONLinesReader(.bytes(Array(text.utf8), name: "d.jsonl"))
        var result: [GuidelineDecision] = []
        while let line = try reader.next() { result.append(try GuidelineDecision(line)) }
        return result
    }

    @Test("Lines are read with all their members")
    func lines() throws {
        let read = try decisions(
            """
            {"id":"a","decision":"approve","version":3,"reason":null}
            {"id":"b","decision":"merge","into":"a","reason":"the same"}

            {"id":"c","decision":"edit","title":"","severity":"high","risk":["mlc:prv"]}
            """)
        #expect(read[0] == GuidelineDecision(id: "a", .approve, version: 3, location: .init(file: "d.jsonl", line: 1)))
        #expect(read[1].target == "a" && read[1].reason == "the same" && read[1].location?.line == 2)
        #expect(read[2].changes == GuidelineChanges(title: "", severity: .high, risk: ["mlc:prv"]))
    }

    @Test(
        "What is wrong is told with its line",
        arguments: [
            #"{"decision":"approve"}"#, #"{"id":"","decision":"approve"}"#, #"{"id":7,"decision":"approve"}"#,
            #"{"id":"a"}"#, #"{"id":"a","decision":"accept"}"#, #"{"id":"a","decision":"merge"}"#,
            #"{"id":"a","decision":"approve","into":"b"}"#, #"{"id":"a","decision":"edit"}"#,
            #"{"id":"a","decision":"approve","text":"x"}"#, #"{"id":"a","decision":"edit","severity":"grave"}"#,
            #"{"id":"a","decision":"edit","risk":"mlc:prv"}"#, #"{"id":"a","decision":"edit","risk":[1]}"#,
            #"{"id":"a","decision":"reject","reasons":"x"}"#, #"{"id":"a","decision":"approve","version":0}"#,
            #"{"id":"a","decision":"approve","version":"1"}"#,
        ])
    func faults(line: String) throws {
        let text = "{\"id\":\"z\",\"decision\":\"approve\"}\n\(line)\n"
        let error = #expect(throws: GuideAlignError.self) { try decisions(text) }
        #expect(error?.code == "invalid_decision" && error?.location?.line == 2 && error?.isInputError == true)
        #expect(error?.description.hasPrefix("d.jsonl:2: ") == true)
    }

    @Test("A form that is left as it is decides nothing, whatever the texts are")
    func unchanged() throws {
        var generator = SplitMix64(seed: 5)
        let parts = [
            "word", " ", "\n", "\"", "'", "#", ": ", "- ", "\\", "\t", "|", ">", "{", "[", "%", "@", "`", "\u{202E}",
            "\u{1B}", "\u{85}", "\u{2028}", "\u{FEFF}", "é", "e\u{301}", "薬", "👩‍👩‍👧", "null", "true", "1", "~", "---",
            "\r\n",
        ]
        for _ in 0..<400 {
            func text() -> String {
                (0..<Int.random(in: 1...12, using: &generator)).compactMap { _ in
                    parts.randomElement(using: &generator)
                }.joined()
            }
            let given = Guideline(
                id: "g", title: Bool.random(using: &generator) ? text() : nil, text: "x" + text() + "x",
                risk: ["mlc:vcr", "x:\"a"])
            let guideline = try given.validated()
            let form = EditForm(guideline)
            let decision = try form.decision(from: form.text, name: "form")
            #expect(decision == nil, "\(form.text.debugDescription)")
        }
    }

    @Test("A form says what was changed")
    func changed() throws {
        let guideline = Guideline(id: "g", title: "Old", text: "One.\n\nTwo.", severity: .high, version: 4)
        let form = EditForm(guideline)
        let text = form.text.replacing("Two.", with: "Three: # and \"more\".").replacing("\"Old\"", with: "")
        let decision = try #require(try form.decision(from: text, name: "form"))
        #expect(decision.kind == .edit && decision.version == 4 && decision.id == "g")
        #expect(decision.changes.text == "One.\n\nThree: # and \"more\"." && decision.changes.title == "")
        #expect(
            try form.decision(from: "# nothing\n", name: "form") == nil && form.decision(from: "", name: "f") == nil)
        let plain = try #require(try form.decision(from: "title: No\ntext: 007\nrisk: [a, b]", name: "form"))
        #expect(plain.changes == GuidelineChanges(title: "No", text: "007", risk: ["a", "b"]))
    }

    @Test(
        "A form that makes no sense is refused",
        arguments: [
            "text: [", "- text: a", "text:", "title: a", "text: a\nstatus: active", "text: a\nseverity: grave",
            "text: a\nrisk: b", "text: a\ntext: b", "just words", "text: {a: b}", "text: '  '",
        ])
    func refused(text: String) throws {
        let form = EditForm(Guideline(id: "g", text: "One."))
        #expect(throws: (any Error).self) { try form.decision(from: text, name: "form") }
    }
}
