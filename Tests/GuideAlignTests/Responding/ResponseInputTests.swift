import GuidelineStore
import Testing

@testable import GuideAlign

@Suite("Inputs to be answered")
struct ResponseInputTests {
    private func read(_ text: String) throws -> [ResponseInput] {
        try ResponseInput.read(from: [.bytes(Array(text.utf8), name: "inputs")])
    }

    @Test("Text, query, prompt and messages are read; what else there is goes along")
    func shapes() throws {
        let inputs = try read(
            """
            {"id":"a","text":"one","risk":["x:a"]}
            {"query":"two"}
            {"id":7,"prompt":"three"}
            {"messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":"x"},{"role":"assistant","content":"y"},{"role":"user","content":[{"type":"text","text":"fo"},{"type":"text","text":"ur"}]}]}
            {"prompt":[{"role":"user","content":"five"}]}
            """)
        #expect(inputs.map(\.id) == ["a", "2", "7", "4", "5"])
        #expect(inputs.map(\.query) == ["one", "two", "three", "fo\nur", "five"])
        #expect(inputs[0].fields == ["risk": .array([.string("x:a")])])
        #expect(inputs[3].messages.map(\.role) == [.system, .user, .assistant, .user])
    }

    @Test(
        "What cannot be asked is an error with its line",
        arguments: [
            (#"{"id":"a"}"#, "\"text\" or \"messages\""), (#"{"text":"a","query":"b"}"#, "second input"),
            (#"{"text":" "}"#, "empty"), (#"{"messages":[{"role":"tool","content":"x"}]}"#, "role \"tool\""),
            (#"{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}"#, "must end with"),
            (#"{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#, "no text"),
            (#"{"id":true,"text":"a"}"#, "must be text"), (#"{"messages":{}}"#, "list of messages"),
            (#"{"messages":[]}"#, "must end with"),
        ])
    func faults(line: String, problem: String) throws {
        let error = #expect(throws: GuidelineStoreError.self) { try read("{\"id\":\"z\",\"text\":\"ok\"}\n\(line)\n") }
        let described = try #require(error)
        #expect(described.description.contains(problem) && described.location?.line == 2, "\(described)")
        #expect(described.isInputError)
    }

    @Test("An id that comes twice, and a file without inputs")
    func duplicates() throws {
        #expect(throws: GuidelineStoreError.self) { try read("{\"id\":\"2\",\"text\":\"a\"}\n{\"text\":\"b\"}\n") }
        #expect(throws: GuidelineStoreError.self) { try read("\n") }
    }

    @Test("Guidance stands at the end of the system's message, or before all")
    func adding() {
        let user = ChatMessage(.user, "u")
        #expect([user].adding(guidance: "") == [user])
        #expect([user].adding(guidance: "g") == [ChatMessage(.system, "g"), user])
        #expect([ChatMessage(.system, "s"), user].adding(guidance: "g") == [ChatMessage(.system, "s\n\ng"), user])
        #expect([ChatMessage(.system, ""), user].adding(guidance: "g") == [ChatMessage(.system, "g"), user])
    }
}
