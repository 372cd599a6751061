import Foundation
import LoopbackServer
import Platform
import Testing

@testable import GuideAlign

@Suite(.serialized) struct SocketTransportTests {
    private func send(_ server: ScriptedServer, limit: Int = 1 << 20, seconds: Double = 10) async throws -> HTTPReply {
        let request = TransportRequest(
            url: try #require(URL(string: server.base + "/chat/completions")), headers: [("X-One", "1")],
            body: Data("{\"a\":1}".utf8))
        return try await SocketTransport().send(request, limit: limit, seconds: seconds)
    }

    private static let whole =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 11\r\n\r\nhello world"

    @Test func aServerMayStopAnywhere() async throws {
        let number = Locked(0)
        let server = try ScriptedServer { _ in
            .raw(String(Self.whole.prefix(number.withLock { $0 })))
        }
        // A carriage return and a line feed are one character of a string.
        for length in 0..<Self.whole.count {
            number.withLock { $0 = length }
            do {
                _ = try await send(server)
                Issue.record("\(length) characters were taken for an answer")
            } catch TransportFailure.connection {}
        }
        number.withLock { $0 = Self.whole.count }
        let reply = try await send(server)
        #expect(reply.status == 200 && reply.body == Data("hello world".utf8))
        let request = try #require(server.state.requests.last)
        #expect(
            request.path == "/v1/chat/completions" && request.headers["x-one"] == "1" && request.body == "{\"a\":1}")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
            1
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 3),
        ("HTTP/1.0 200 OK\r\n\r\nhello world", 4),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-length:11\r\n\r\nhello world and more", 1_000),
        ("HTTP/1.1 200 OK\nContent-Length: 11\n\nhello world", 7),
    ])
    func bodiesComeInSeveralForms(answer: String, piece: Int) async throws {
        let server = try ScriptedServer { _ in .raw(answer, piece: piece) }
        #expect(try await send(server).body == Data("hello world".utf8))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "SSH-2.0-server\r\n\r\n",
        "\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
    ])
    func whatIsNotHTTPIsAnError(answer: String) async throws {
        let server = try ScriptedServer { _ in .raw(answer) }
        do {
            _ = try await send(server)
            Issue.record("\(answer) was taken for an answer")
        } catch TransportFailure.connection {}
    }

    @Test func answersHaveALimit() async throws {
        let text = String(repeating: "x", count: 5_000)
        for head in [
            "Content-Length: 5000\r\n\r\n\(text)", "\r\n\(text)",
            "Transfer-Encoding: chunked\r\n\r\n1388\r\n\(text)\r\n0\r\n\r\n",
        ] {
            let server = try ScriptedServer { _ in .raw("HTTP/1.1 200 OK\r\n" + head) }
            #expect(try await send(server, limit: 5_000).body.count == 5_000)
            do {
                _ = try await send(server, limit: 4_999)
                Issue.record("the limit is none")
            } catch TransportFailure.tooLarge {}
        }
        let endless = try ScriptedServer { _ in .raw("HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 1 << 20))
        }
        await #expect(throws: TransportFailure.self) { try await send(endless) }
    }

    @Test func bytesOfAnyKindNeverTrap() async throws {
        let answer = Locked("")
        let server = try ScriptedServer { _ in .raw(answer.withLock { $0 }) }
        var generator = SplitMix64(seed: 11)
        for _ in 0..<300 {
            var bytes = Array(Self.whole.utf8)
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes.remove(at: place)
                } else {
                    bytes[place] = UInt8.random(in: 0...127, using: &generator)
                }
            }
            answer.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
            do { _ = try await send(server) } catch is TransportFailure {}
        }
    }

    @Test func nobodyListens() async throws {
        let port: UInt16
        do {
            let server = try ScriptedServer { _ in .reset }
            port = server.port
        }
        let endpoint = try ChatEndpoint(base: "http://localhost:\(port)/v1", model: "m")
        var policy = ChatPolicy()
        policy.attempts = 1
        let client = ChatClient(endpoint: endpoint, policy: policy)
        await #expect(throws: GuideAlignError.self) {
            try await client.complete(ChatRequest(messages: [ChatMessage(.user, "a")]))
        }
    }
}
