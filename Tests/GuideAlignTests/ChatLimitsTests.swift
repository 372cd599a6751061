import Foundation
import LoopbackServer
import Platform
import Testing

@testable import GuideAlign

@Suite(.serialized) struct ChatLimitsTests {
    private func client(
        _ server: ScriptedServer, key: ChatEndpoint.KeySource = .none, environment: [String: String] = [:],
        _ change: (inout ChatPolicy) -> Void = { _ in }
    ) throws -> ChatClient {
        var policy = ChatPolicy()
        policy.timeout = 20
        change(&policy)
        return ChatClient(
            endpoint: try ChatEndpoint(base: server.base, model: "m", key: key, environment: environment),
            policy: policy, generator: SplitMix64(seed: 1), now: { Date() }, pause: { _ in })
    }

    private func request(_ text: String, sample: Int = 0) -> ChatRequest {
        ChatRequest(messages: [ChatMessage(.user, text)], sample: sample)
    }

    private func temporaryPath() -> String { NSTemporaryDirectory() + "fingerpost-journal-\(UUID().uuidString)" }

    @Test func askedAgainWhereTheAnswerBreaksOff() async throws {
        let server = try ScriptedServer { $0.number == 1 ? .truncatedAnswer("cut") : .answer("whole") }
        let client = try client(server)
        #expect(try await client.complete(request("a")).text == "whole")
        let keys = server.state.requests.compactMap { $0.headers["idempotency-key"] }
        #expect(keys.count == 2 && Set(keys).count == 1)
    }

    @Test func slowAnswersAreWaitedForWithinTheTime() async throws {
        let server = try ScriptedServer {
            $0.body.contains("quick")
                ? .slowAnswer("there", piece: 20, pause: 0.01) : .slowAnswer("late", piece: 1, pause: 0.2)
        }
        #expect(try await client(server).complete(request("quick")).text == "there")
        let problem = "the time of 0.5 s was over"
        await #expect(
            throws: GuideAlignError.unreachable(host: "127.0.0.1:\(server.port)", problem: problem, attempts: 2)
        ) {
            try await client(server) {
                $0.timeout = 0.5; $0.attempts = 2
            }.complete(request("slow"))
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"choices":[]}"#, #"{"choices":{}}"#, #"{"choices":[{"message":{"content":null}}]}"#,
        #"{"choices":[{"message":{"content":["a"]}}]}"#,
        #"{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":-1}}"#,
        #"{"choices":[{"message":{"content":"a"}}"#, "<html>", "\u{0}",
    ])
    func wrongBodiesAreNoAnswers(body: String) async throws {
        let server = try ScriptedServer { _ in .status(200, body: body) }
        do {
            _ = try await client(server).complete(request("a"))
            Issue.record("\(body) was taken for an answer")
        } catch GuideAlignError.malformedAnswer {
            #expect(server.state.requests.count == 1)
        }
    }

    @Test func bytesOfAnyKindNeverTrap() async throws {
        var generator = SplitMix64(seed: 7)
        let valid = Array(ScriptedServer.Reply.completion("some text", finish: "stop").utf8)
        for _ in 0..<2_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
            }
            do throws(GuideAlignError) {
                let answer = try ChatAnswer(body: Data(bytes), host: "h")
                #expect((answer.promptTokens ?? 0) >= 0)
            } catch {
                #expect(error.code == "malformed_answer")
            }
        }
    }

    @Test func budgetsAndCosts() async throws {
        let server = try ScriptedServer { _ in .answer("ok") }
        let client = try client(server) {
            $0.tokenBudget = 12
            $0.pricePerMillionPromptTokens = 1_000_000
            $0.pricePerMillionCompletionTokens = 2_000_000
        }
        for number in 0..<3 { _ = try await client.complete(request("\(number)")) }
        await #expect(throws: GuideAlignError.budgetExhausted(budget: "tokens", limit: 12)) {
            try await client.complete(request("x"))
        }
        let usage = await client.usage
        #expect(usage.promptTokens == 9 && usage.completionTokens == 6 && usage.cost == 21 && usage.requests == 3)
    }

    @Test func cancellingEndsARunAndKeepsWhatCame() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try ScriptedServer { request in
            if request.number > 5 { Thread.sleep(forTimeInterval: 2) }
            return .answer("ok")
        }
        let journal = try AnswerJournal(path: path)
        let run = BatchRun(client: try client(server), journal: journal)
        let requests = (0..<50).map { request("\($0)") }
        let task = Task { try await run.run(requests) }
        while journal.count < 5 { try await Task.sleep(for: .milliseconds(5)) }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Nobody waits for the slow answers.
        #expect(ContinuousClock.now - start < .seconds(1.5))
        #expect(journal.count >= 5 && journal.count < 20)
        try journal.close()
        #expect(try AnswerJournal(path: path).count == journal.count)
    }

    @Test func hopelessRunsEnd() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let refusing = try ScriptedServer { _ in .status(401) }
        let journal = try AnswerJournal(path: path)
        let requests = (0..<100).map { request("\($0)") }
        let host = "127.0.0.1:\(refusing.port)"
        let refused = try await BatchRun(client: client(refusing), journal: journal).run(requests)
        #expect(refused.stopped == .refused(host: host, status: 401, attempts: 1, reason: nil))
        #expect(refusing.state.requests.count <= 8)
        #expect(refused.results.count == 100)
        let failing = try ScriptedServer { _ in .status(500) }
        let failed = try await BatchRun(client: client(failing) { $0.attempts = 2 }, journal: journal).run(requests)
        #expect(failed.stopped != nil && (20...32).contains(failing.state.requests.count))
        #expect(failed.results.last == .failure(.notAsked))
    }

    @Test func samplesOfOneQuestionAreDifferentAnswers() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try ScriptedServer { .answer("\($0.number)") }
        let journal = try AnswerJournal(path: path)
        let requests = (0..<4).map { request("same", sample: $0) } + [request("same", sample: 2)]
        let outcome = try await BatchRun(client: client(server), journal: journal).run(requests)
        let texts = try outcome.results.map { try $0.get().text }
        #expect(Set(texts).count == 4 && texts[4] == texts[2] && server.state.requests.count == 4)
        #expect(Set(server.state.bodies).count == 1)
    }

    @Test func theKeyIsSentAndNeverShown() async throws {
        let secret = "sk-a-secret-of-the-user"
        let server = try ScriptedServer {
            $0.headers["authorization"] == "Bearer \(secret)" ? .answer("ok") : .status(401)
        }
        let client = try client(server, key: .environment("KEY"), environment: ["KEY": " \(secret)\n"])
        #expect(try await client.complete(request("a")).text == "ok")
        var shown = "\(client.endpoint)"
        dump(client.endpoint, to: &shown)
        debugPrint(client.endpoint, to: &shown)
        #expect(!shown.contains("secret"))
        let file = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("api-key: \(secret)\r\n".utf8).write(to: URL(fileURLWithPath: file))
        let other = try ScriptedServer { $0.headers["api-key"] == secret ? .answer("ok") : .status(401) }
        #expect(try await self.client(other, key: .headerFile(file)).complete(request("a")).text == "ok")
        for (environment, name) in [([:], "KEY"), (["KEY": "a\nb"], "KEY"), (["KEY": "  "], "KEY")] {
            #expect(throws: GuideAlignError.self) {
                try ChatEndpoint(base: server.base, model: "m", key: .environment(name), environment: environment)
            }
        }
    }

    @Test func whatAServerSaysIsToldWithoutTheKey() async throws {
        let secret = "sk-a-secret-of-the-user"
        let server = try ScriptedServer { request in
            .status(
                400,
                body: #"{"error":{"message":"no model \u001b[2J m\nfor \#(request.headers["authorization"] ?? "")"}}"#)
        }
        do {
            _ = try await client(server, key: .environment("KEY"), environment: ["KEY": secret]).complete(request("a"))
            Issue.record("it was taken for an answer")
        } catch let error as GuideAlignError {
            #expect(error.description.contains("\"no model [2J m for ...\""))
            #expect(!error.description.contains(secret))
        }
        let declined = #"{"choices":[{"message":{"content":null,"refusal":"I cannot."},"finish_reason":"stop"}]}"#
        #expect(try ChatAnswer(body: Data(declined.utf8), host: "h").text == "I cannot.")
        for body in ["", "[]", "{}", #"{"error":5}"#, #"{"error":{"message":""}}"#, "<html>"] {
            #expect(ServerMessage.read(Data(body.utf8), hiding: []) == nil, "\(body)")
        }
        let long = try JSONEncoder().encode(["detail": String(repeating: "word ", count: 1_000)])
        #expect(ServerMessage.read(long, hiding: [])?.count == 203)
    }

    @Test(arguments: [
        "", "localhost:1234", "ftp://localhost", "http://example.org/v1", "https://user:word@example.org/v1",
        "https://example.org/v1?key=1", "http://localhost.example.org", "http://127.0.0.1.example.org/v1", "https://",
    ])
    func addressesThatAreRefused(address: String) {
        #expect(throws: GuideAlignError.self) { try ChatEndpoint(base: address, model: "m") }
    }

    @Test func theJournalRefusesWhatItDidNotWrite() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let journal = try AnswerJournal(path: path)
            for number in 0..<3 { try journal.record(ChatAnswer(text: "\(number)"), for: "k\(number)") }
            try journal.close()
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for cut in 0...whole.count {
            try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
            let journal = try AnswerJournal(path: path)
            #expect(journal.count == whole.prefix(cut).count { $0 == 0x0A })
        }
        try Data("{\"key\":1}\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: GuideAlignError.self) { try AnswerJournal(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("{\"key\":1}\n".utf8))
    }
}
