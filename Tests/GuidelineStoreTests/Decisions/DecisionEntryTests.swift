import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite struct DecisionEntryTests {
    private func read(_ text: String) throws -> DecisionEntry {
        try DecisionEntry(line: Array(text.utf8)[...], location: InputLocation(file: "log.jsonl", line: 7))
    }

    @Test func whatIsWrittenIsRead() throws {
        var random = SplitMix64(seed: 1)
        for number in 0..<500 {
            let record = DecisionRecord.random(&random, decision: "d\(number)", index: number % 3, count: 3)
            let text = record.jsonText
            #expect(!text.utf8.contains(10))
            #expect(try read(text) == .record(record))
            // Foundation reads it too: it is JSON.
            #expect((try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?["check"] != nil)
        }
        var note = DecisionNote(time: LogTime(microseconds: 5), decision: "d")
        #expect(try read(DecisionEntry.note(note).jsonText) == .note(note))
        (note.check, note.rule, note.action, note.reviewer) = ("c", "r", "shown", "ann")
        (note.review, note.correction, note.comment) = (.falseAlarm, "better\u{0}", "why")
        #expect(try read(DecisionEntry.note(note).jsonText) == .note(note))
    }

    @Test func theNamesAreThoseOfTheFormat() {
        let line = DecisionRecord.of("hi", id: "d1", .deny).jsonText
        #expect(
            line == """
                {"ts":"2026-03-01T12:00:00.000000Z","decision":{"id":"d1","index":0,"count":1,"verdict":"deny"},"rail":"input",\
                "target_type":"llm_input","check":{"id":"semantic","kind":"semantic","version":"1"},"verdict":"deny",\
                "shadow":false,"input_hash":"sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",\
                "latency_us":{"encode":0,"search":0,"checks":0,"total":0},"status":"ok","text":"hi"}
                """)
    }

    /// A log of another program, with what the format asks for and nothing else.
    @Test func membersHaveDefaults() throws {
        let text = #"""
            {"ts":"2026-03-01T09:30:00Z","rail":"output","check":{"id":"pii"},"verdict":"modify","input_hash":"sha256:00","later":[1]}
            """#
        guard case .record(let record) = try read(text) else { return #expect(Bool(false), "no record") }
        #expect(record.decision.verdict == .modify && record.decision.count == 1 && record.check.kind == "other")
        #expect(record.decision.id == "2026-03-01T09:30:00Z/sha256:00/pii")
    }

    @Test(arguments: [
        (#"{"ts":"2026-03-01","rail":"input","check":{"id":"a"},"input_hash":"x"}"#, "verdict"),
        (#"{"ts":"2026-03-01","rail":"input","check":{"id":"a"},"verdict":"maybe","input_hash":"x"}"#, "verdict"),
        (#"{"ts":"2026-03-32","rail":"input","check":{"id":"a"},"verdict":"deny","input_hash":"x"}"#, "ts"),
        (#"{"ts":"2026-03-01","rail":"in","check":{"id":"a"},"verdict":"deny","input_hash":"x"}"#, "rail"),
        (#"{"ts":"2026-03-01","rail":"input","check":{},"verdict":"deny","input_hash":"x"}"#, "check.id"),
        (#"{"ts":"2026-03-01","rail":"input","check":{"id":"a"},"verdict":"deny"}"#, "input_hash"),
        (
            #"{"ts":"2026-03-01","rail":"input","check":{"id":"a"},"verdict":"deny","input_hash":"x","matched":[1]}"#,
            "matched"
        ),
        (
            #"{"ts":"2026-03-01","rail":"input","check":{"id":"a"},"verdict":"deny","input_hash":"x","findings":[{"kind":"email","start":5,"end":3}]}"#,
            "findings.end"
        ),
        (
            #"{"ts":"2026-03-01","rail":"input","check":{"id":"a"},"verdict":"deny","input_hash":"x","decision":{"id":"d","index":2,"count":2}}"#,
            "decision.index"
        ),
        (#"{"note":{"review":"right"},"ts":"2026-03-01"}"#, "note.decision"),
        (#"{"note":{"decision":"d","review":"nice"},"ts":"2026-03-01"}"#, "note.review"),
    ])
    func faultsAreNamed(text: String, field: String) throws {
        let error = storeError { _ = try read(text) }
        guard case .invalidField(let name, _, let location)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(name == field && location?.line == 7 && error?.isInputError == true)
    }
}
