import Foundation
import LoopbackServer
import Platform
import Testing

@testable import GuideAlign

/// What both ways to a server must do alike. Encrypted connections go through the one of URLSession, which is asked for
/// unencrypted ones here.
@Suite(.serialized) struct TransportTests {
    enum Way: String, CaseIterable, CustomTestStringConvertible {
        case socket, session

        var testDescription: String { rawValue }
        var transport: any ChatTransport { self == .socket ? SocketTransport() : HTTPTransport() }
    }

    private func send(
        _ server: ScriptedServer, by way: Way, limit: Int = 1 << 20, seconds: Double = 10
    ) async throws -> HTTPReply {
        let transport = way.transport
        defer { transport.close() }
        let request = TransportRequest(
            url: try #require(URL(string: server.base + "/chat/completions")), headers: [("Idempotency-Key", "k")],
            body: Data("{}".utf8))
        return try await transport.send(request, limit: limit, seconds: seconds)
    }

    @Test(arguments: Way.allCases) func answersAndRefusalsCome(way: Way) async throws {
        let server = try ScriptedServer { request in
            request.number == 1
                ? .slowAnswer("there", piece: 30, pause: 0.005)
                : .status(429, headers: "Retry-After: 7\r\n", body: "{\"error\":\"slow down\"}")
        }
        let answer = try await send(server, by: way)
        #expect(answer.status == 200 && String(decoding: answer.body, as: UTF8.self).contains("there"))
        let refusal = try await send(server, by: way)
        #expect(refusal.status == 429 && refusal.retryAfter == "7" && refusal.body.count == 21)
        let request = try #require(server.state.requests.first)
        #expect(request.body == "{}" && request.headers["idempotency-key"] == "k")
        #expect(request.path == "/v1/chat/completions")
    }

    @Test(arguments: Way.allCases) func faultsAreToldApart(way: Way) async throws {
        func failure(_ reply: ScriptedServer.Reply, limit: Int = 1 << 20, seconds: Double = 10) async throws -> String {
            let server = try ScriptedServer { _ in reply }
            do {
                return "status \(try await send(server, by: way, limit: limit, seconds: seconds).status)"
            } catch let error as TransportFailure {
                switch error {
                case .connection: return "connection"
                case .timeOver: return "time"
                case .tooLarge: return "size"
                case .redirected(let status): return "redirected \(status)"
                }
            }
        }
        #expect(try await failure(.truncatedAnswer("cut")) == "connection")
        #expect(try await failure(.reset) == "connection")
        #expect(try await failure(.silence(seconds: 2), seconds: 0.3) == "time")
        #expect(try await failure(.slowAnswer("late", piece: 1, pause: 0.1), seconds: 0.5) == "time")
        #expect(try await failure(.answer(String(repeating: "x", count: 5_000)), limit: 1_000) == "size")
        let away = ScriptedServer.Reply.status(307, headers: "Location: http://127.0.0.2:1/\r\n")
        #expect(try await failure(away) == "redirected 307")
    }

    @Test(arguments: Way.allCases) func cancellingEndsTheWait(way: Way) async throws {
        let server = try ScriptedServer { _ in .silence(seconds: 3) }
        let task = Task { try await send(server, by: way) }
        while server.state.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
