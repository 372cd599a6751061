import Fingerpost
import Foundation
import Testing

@testable import FingerpostCLI

@Suite("Requests of the sidecar")
struct SidecarRequestTests {
    private func parse(_ line: String) throws(SidecarFault) -> SidecarRequest {
        try SidecarRequest(parsing: Array(line.utf8), number: 7)
    }

    @Test("Every field of a search is taken over")
    func search() throws {
        let request = try parse(
            """
            {"id":"a","op":"search","query":"q","k":3,"minScore":0.25,"filter":"lang = en","always":"root","mmr":0.5,\
            "ignoreThresholds":true,"noCalibration":true,"method":"dense","exact":true,"efSearch":77,"explain":true}
            """)
        guard case .search("q", let options) = request.operation else {
            Issue.record("\(request)")
            return
        }
        #expect(request.id == .string("a") && !request.isWrite)
        #expect(options.limit == 3 && options.minimumScore == 0.25 && options.always == .root)
        #expect(options.filter == (try GuidelineFilter(parsing: "lang = en")))
        #expect(options.diversity == .marginalRelevance(weight: 0.5) && !options.usesThresholds)
        #expect(!options.usesCalibration)
        #expect(options.method == .dense && options.isExact && options.efSearch == 77 && options.explains)

        guard case .search(_, let plain) = try parse(#"{"query":"q","k":null}"#).operation else {
            Issue.record("no search")
            return
        }
        #expect(plain == RetrievalOptions())
        guard case .search(_, let alike) = try parse(#"{"query":"q","diverse":1}"#).operation else {
            Issue.record("no search")
            return
        }
        #expect(alike.diversity == .fuzzy(1))
    }

    @Test("Prompts, writes and the rest")
    func others() throws {
        guard
            case .prompt(.chat(let chat), let options, let composer) = try parse(
                #"{"messages":[{"role":"user","content":"hi"}],"k":2,"budget":9,"template":"{each}{id}{/each}"}"#
            ).operation
        else {
            Issue.record("no prompt")
            return
        }
        #expect(chat.lastUserText == "hi" && options.limit == 2 && composer.budget == 9)
        #expect(composer.template == (try PromptTemplate("{each}{id}{/each}")))
        let check = try parse(
            #"{"op":"check","text":"","rail":"output","deadline":2.5,"model":"m","conversation":"c"}"#)
        guard case .check(let request) = check.operation else {
            Issue.record("no check")
            return
        }
        #expect(!check.isWrite && request.text.isEmpty && request.rail == .output)
        #expect(request.deadline == .microseconds(2_500) && request.model == "m" && request.conversation == "c")
        guard case .check(let plain) = try parse(#"{"op":"check","text":"x"}"#).operation else {
            Issue.record("no check")
            return
        }
        #expect(plain.rail == .input && plain.deadline == nil && plain.model == nil)
        let add = try parse(#"{"op":"add","guidelines":[{"id":"g","text":" t "}]}"#)
        guard case .add(let guidelines) = add.operation else {
            Issue.record("no add")
            return
        }
        #expect(add.isWrite && guidelines.map(\.id) == ["g"] && guidelines[0].text == "t")
        let remove = try parse(#"{"op":"remove","ids":["a","b"],"id":3}"#)
        guard case .remove(["a", "b"]) = remove.operation else {
            Issue.record("no remove")
            return
        }
        #expect(remove.isWrite && remove.id == .integer(3))
        for name in ["info", "ping"] { #expect(try !parse("{\"op\":\"\(name)\"}").isWrite) }
    }

    @Test(
        "What is wrong is named, with its line",
        arguments: [
            (#"x"#, "syntax", ":7:1"), (#"{"query":"q""#, "syntax", ":7"), ("{\"query\":\"\u{0}\"}", "syntax", ":7"),
            (#"[]"#, "invalid_request", "a list"), (#"{}"#, "missing_op", "query"),
            (#"{"op":"drop"}"#, "unknown_op", "search, prompt"), (#"{"op":1}"#, "invalid_field", "\"op\""),
            (#"{"query":"q","topk":3}"#, "unknown_field", "\"topk\""),
            (#"{"query":"q","budget":3}"#, "unknown_field", "\"budget\""),
            (#"{"op":"ping","query":"q"}"#, "unknown_field", "\"query\""),
            (#"{"query":" "}"#, "empty_text", "empty"), (#"{"query":3}"#, "invalid_field", "a number"),
            (#"{"op":"search"}"#, "invalid_field", "is missing"),
            (#"{"query":"q","k":0}"#, "invalid_field", "at least 1"),
            (#"{"query":"q","k":1.5}"#, "invalid_field", "whole number"),
            (#"{"query":"q","k":"3"}"#, "invalid_field", "whole number"),
            (#"{"query":"q","minScore":1e99}"#, "invalid_field", "finite"),
            (#"{"query":"q","minScore":"1"}"#, "invalid_field", "a number"),
            (#"{"query":"q","filter":"severity >"}"#, "invalid_filter", "severity >"),
            (#"{"query":"q","always":"king"}"#, "invalid_field", "king"),
            (#"{"query":"q","diverse":2}"#, "invalid_field", "0.0 to 1.0"),
            (#"{"query":"q","diverse":0.5,"mmr":0.5}"#, "invalid_field", "exclude"),
            (#"{"query":"q","method":"magic"}"#, "invalid_field", "hybrid, dense, lexical"),
            (#"{"query":"q","exact":1}"#, "invalid_field", "true or false"),
            (#"{"query":"q","explain":"yes"}"#, "invalid_field", "true or false"),
            (#"{"query":"q","ignoreThresholds":0}"#, "invalid_field", "true or false"),
            (#"{"query":"q","efSearch":0}"#, "invalid_field", "1 to 65536"),
            (#"{"query":"q","id":[1]}"#, "invalid_field", "\"id\""),
            (#"{"query":"q","id":123456789012345678901234567890}"#, "invalid_field", "given back"),
            (#"{"messages":[]}"#, "invalid_chat", "user"), (#"{"messages":{}}"#, "invalid_field", "a list"),
            (#"{"messages":[{"role":"user","content":"x"}],"query":"q"}"#, "invalid_field", "exclude"),
            (#"{"op":"prompt","query":"q","budget":0}"#, "invalid_field", "at least 1"),
            (#"{"op":"prompt","query":"q","template":"none"}"#, "invalid_template", "{each}"),
            (#"{"op":"add"}"#, "invalid_field", "is missing"),
            (#"{"op":"add","guidelines":[]}"#, "invalid_field", "least"),
            (#"{"op":"add","guidelines":[{"text":"a"},{"text":" "}]}"#, "empty_text", "record 2"),
            (#"{"op":"remove","ids":[]}"#, "invalid_field", "least"),
            (#"{"op":"remove","ids":[1]}"#, "invalid_field", "texts"),
        ])
    func faults(line: String, code: String, part: String) throws {
        let fault = try #require(throws: SidecarFault.self) { try parse(line) }
        #expect(fault.failure.code == code && fault.failure.message.contains(part), "\(fault.failure)")
        #expect(fault.failure.isInputError && fault.failure.line == 7, "\(fault.failure)")
    }

    @Test("A fault has the id of its request")
    func identifiers() throws {
        let fault = try #require(throws: SidecarFault.self) { try parse(#"{"id":4.5,"query":"q","x":1}"#) }
        #expect(fault.id == .number(4.5))
    }
}

@Suite("Lines of the sidecar")
struct RequestLinesTests {
    /// The lines of bytes that are written in pieces of a size.
    private func lines(_ bytes: [UInt8], limit: Int) throws -> [RequestLines.Line] {
        let pipe = Pipe()
        Thread.detachNewThread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
            try? pipe.fileHandleForWriting.close()
        }
        let reader = try RequestLines(descriptor: pipe.fileHandleForReading.fileDescriptor, limit: limit)
        var result: [RequestLines.Line] = []
        while let line = try reader.next() { result.append(line) }
        return result
    }

    @Test("Long lines are passed over, the last line needs no break")
    func limits() throws {
        let long = [UInt8](repeating: 0x61, count: 300_000)
        let found = try lines(Array("a\n\nbcd\nbcde\n".utf8) + long + Array("\nxyz".utf8), limit: 3)
        #expect(
            found == [
                .text([0x61], number: 1), .text([], number: 2), .text(Array("bcd".utf8), number: 3),
                .tooLong(number: 4),
                .tooLong(number: 5), .text(Array("xyz".utf8), number: 6),
            ])
        #expect(try lines(long, limit: 3) == [.tooLong(number: 1)])
        #expect(try lines([], limit: 3).isEmpty)
        #expect(try lines(Array("a\n".utf8), limit: 3).count == 1)
    }

    @Test("Once stopped, what was read is handed out and nothing more is read")
    func stop() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("a\nb\nhalf".utf8))
        let reader = try RequestLines(descriptor: pipe.fileHandleForReading.fileDescriptor, limit: 10)
        #expect(try reader.next() == .text([0x61], number: 1))
        reader.stop()
        reader.stop()
        try pipe.fileHandleForWriting.write(contentsOf: Data("\nc\n".utf8))
        #expect(try reader.next() == .text([0x62], number: 2))
        #expect(try reader.next() == nil)
    }
}
