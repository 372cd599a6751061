import Foundation
import LoopbackServer
import Platform
import Testing

@testable import GuideAlign

@Suite(.serialized) struct ChatClientTests {
    private let pauses = Locked<[Double]>([])

    private func client(_ server: ScriptedServer, _ change: (inout ChatPolicy) -> Void = { _ in }) throws -> ChatClient
    {
        var policy = ChatPolicy()
        policy.timeout = 20
        change(&policy)
        let pauses = pauses
        return ChatClient(
            endpoint: try ChatEndpoint(base: "http://127.0.0.1:\(server.port)/v1", model: "m"), policy: policy,
            generator: SplitMix64(seed: 1), now: { Date(timeIntervalSince1970: 784_111_777 - 60) },
            pause: { seconds in pauses.withLock { $0.append(seconds) } })
    }

    private func request(_ text: String) -> ChatRequest { ChatRequest(messages: [ChatMessage(.user, text)]) }

    @Test(arguments: [408, 409, 425, 429, 500, 503]) func retriesPassingFailures(status: Int) async throws {
        let server = try ScriptedServer { $0.number < 3 ? .status(status) : .answer("ok") }
        let client = try client(server)
        #expect(try await client.complete(request("a")).text == "ok")
        let usage = await client.usage
        #expect(usage.requests == 3 && usage.retries == 2 && usage.promptTokens == 3 && usage.completionTokens == 2)
        #expect(server.state.bodies.count == 3)
    }

    @Test(arguments: [400, 401, 403, 404, 422]) func neverRetriesRefusals(status: Int) async throws {
        let server = try ScriptedServer { _ in .status(status) }
        await #expect(
            throws: GuideAlignError.refused(host: "127.0.0.1:\(server.port)", status: status, attempts: 1, reason: nil)
        ) {
            try await client(server).complete(request("a"))
        }
        #expect(server.state.bodies.count == 1)
    }

    @Test func honoursRetryAfter() async throws {
        let server = try ScriptedServer { request in
            switch request.number {
            case 1: .status(429, headers: "Retry-After: 7\r\n")
            case 2: .status(503, headers: "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
            default: .answer("ok")
            }
        }
        _ = try await client(server).complete(request("a"))
        #expect(pauses.withLock { $0 } == [7, 60])
    }

    @Test func refusesRedirectsHugeAndBrokenAnswers() async throws {
        let redirecting = try ScriptedServer { _ in .status(307, headers: "Location: http://127.0.0.2:1/\r\n") }
        await #expect(throws: GuideAlignError.redirected(host: "127.0.0.1:\(redirecting.port)", status: 307)) {
            try await client(redirecting).complete(request("a"))
        }
        let huge = try ScriptedServer { _ in .answer(String(repeating: "x", count: 5000)) }
        await #expect(throws: GuideAlignError.answerTooLarge(host: "127.0.0.1:\(huge.port)", limit: 1000)) {
            try await client(huge) { $0.answerLimit = 1000 }.complete(request("a"))
        }
        let broken = try ScriptedServer { _ in .status(200, body: #"{"choices":[{"message":{"content":5}}]}"#) }
        await #expect(throws: GuideAlignError.self) { try await client(broken).complete(request("a")) }
        #expect(broken.state.bodies.count == 1)
    }

    @Test func retriesResetsAndTimeouts() async throws {
        let server = try ScriptedServer { request in
            request.number == 1 ? .reset : request.number == 2 ? .silence(seconds: 3) : .answer("ok")
        }
        #expect(try await client(server) { $0.timeout = 1 }.complete(request("a")).text == "ok")
    }

    @Test func resumesAndNeverAsksTwice() async throws {
        let path = NSTemporaryDirectory() + "journal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try ScriptedServer { request in
            Thread.sleep(forTimeInterval: 0.005)
            return .answer(SHA256.hexadecimal(of: request.body))
        }
        let requests = (0..<40).map { request("input \($0 % 30)") }
        do {
            let journal = try AnswerJournal(path: path)
            #expect(throws: GuideAlignError.journalInUse(path: path)) { try AnswerJournal(path: path) }
            let client = try client(server) { $0.requestBudget = 12 }
            let outcome = try await BatchRun(client: client, journal: journal).run(requests)
            #expect(outcome.stopped == .budgetExhausted(budget: "requests", limit: 12))
            #expect(journal.count == 12)
            try journal.close()
        }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(#"{"answer":{"te"#.utf8))
        try file.close()
        let journal = try AnswerJournal(path: path)
        #expect(journal.count == 12)
        let outcome = try await BatchRun(client: client(server), journal: journal).run(requests)
        let expected = try requests.map {
            SHA256.hexadecimal(of: String(decoding: try $0.body(model: "m"), as: UTF8.self))
        }
        #expect(try outcome.results.map { try $0.get().text } == expected)
        #expect(server.state.bodies.count == 30 && Set(server.state.bodies).count == 30)
        #expect(server.state.mostUnderWay <= 4)
    }

    @Test func verdicts() throws {
        #expect(try Verdict(text: "criterion 2: Yes, it does.\n**Verdict: No.**") == .no)
        #expect(throws: GuideAlignError.self) { try Verdict(text: "Yes\nbecause of criterion 1") }
        #expect(
            try Verdict.decode([String: Bool].self, from: "So:\n```json\n{\"unsafe\":true}\n```") == ["unsafe": true])
        #expect(throws: GuideAlignError.self) { try Verdict.decode([String: Bool].self, from: "{\"unsafe\":\"true\"}") }
    }
}
