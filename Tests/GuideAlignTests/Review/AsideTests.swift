import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Testing

@Suite("What a model wrote that could not be used")
struct AsideTests {
    private static let file = """
        {"id":"in-1","step":"safety","refused":[{"line":"Title without text","reason":"no_text"}],"used":2,"answer":"1. Title","finish":"stop"}
        {"input":"an input","answer":"\\u001b[2J\\nbye","reason":"not numbered","refused":"odd","id":7}
        {"id":"in-1","answer":"1. Title","used":2,"step":"safety","finish":"stop","refused":[{"reason":"no_text","line":"Title without text"}]}
        {}
        """

    private func entries() throws -> [AsideEntry] {
        try AsideEntry.read(from: .bytes(Array(Self.file.utf8), name: "aside.jsonl"))
    }

    @Test("Entries are read leniently, the same one once")
    func reading() throws {
        let entries = try entries()
        #expect(entries.count == 3 && Set(entries.map(\.key)).count == 3)
        #expect(entries[0].id == "in-1" && entries[0].answer == "1. Title" && entries[0].problems == ["step safety"])
        #expect(entries[0].refused == [AsideEntry.Refused(line: "Title without text", reason: "no_text")])
        #expect(entries[1].id == nil && entries[1].input == "an input" && entries[1].problems == ["not numbered"])
        #expect(throws: GuidelineStoreError.self) { try AsideEntry.read(from: .bytes(Array("{}\n[".utf8), name: "a")) }
    }

    @Test("A form becomes a draft with its input, or nothing")
    func form() throws {
        let entries = try entries()
        let text = EditForm.text(for: entries[0])
        #expect(text.contains("# answer: 1. Title"))
        let draft = try #require(try EditForm.guideline(from: text, name: "f", entry: entries[0]))
        #expect(draft.status == .draft && draft.text == "Title without text" && !draft.id.isEmpty && draft.title == nil)
        #expect(draft.source == ["type": .string("human"), "inputs": .array([.string("in-1")])])
        // A control character in the answer leaves the form readable.
        let other = EditForm.text(for: entries[1])
        #expect(try EditForm.guideline(from: other, name: "f", entry: entries[1]) == nil)
        let written = other.replacing("text: \"\"", with: "text: A rule.").replacing("title: ", with: "title: T")
        let second = try #require(try EditForm.guideline(from: written, name: "f", entry: entries[1]))
        #expect(second.text == "A rule." && second.title == "T" && second.examples == ["an input"])
        #expect(throws: GuideAlignError.self) {
            try EditForm.guideline(from: "text: a\nother: b", name: "f", entry: entries[0])
        }
    }

    @Test("The journal keeps decisions, drops half a line, and refuses another's file")
    func journal() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("fingerpost-journal-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let journal = try ReviewJournal(path: path)
            try journal.record("write", of: "k1", result: "g_1")
            try journal.record("discard", of: "k2")
            #expect(reviewCode { _ = try ReviewJournal(path: path) } == "journal_in_use")
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try (whole + Data(#"{"key":"k3","deci"#.utf8)).write(to: URL(fileURLWithPath: path))
        do {
            let again = try ReviewJournal(path: path)
            #expect(again.decisions == ["k1": "write", "k2": "discard"])
            try again.record("discard", of: "k1")
        }
        #expect(try ReviewJournal(path: path).decisions["k1"] == "discard")
        try Data("{\"other\":1}\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(reviewCode { _ = try ReviewJournal(path: path) } == "journal_damaged")
    }
}
