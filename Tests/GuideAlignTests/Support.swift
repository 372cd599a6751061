import Foundation
import Platform

/// A server on a loopback port that answers each connection as its script says, one request to a connection.
final class ScriptedServer: Sendable {
    enum Reply: Sendable {
        case raw(String)
        case reset
        case silence(seconds: Double)

        static func status(_ status: Int, headers: String = "", body: String = "{}") -> Reply {
            .raw(
                "HTTP/1.1 \(status) x\r\nConnection: close\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
        static func answer(_ text: String) -> Reply {
            .status(
                200,
                body: #"{"choices":[{"message":{"content":"\#(text)"},"finish_reason":"stop"}],"#
                    + #""usage":{"prompt_tokens":3,"completion_tokens":2}}"#)
        }
    }

    struct Seen: Sendable {
        var bodies: [String] = []
        var underWay = 0
        var mostUnderWay = 0
    }

    let port: UInt16
    private let seen = Locked(Seen())
    private let listener: Int32
    var state: Seen { seen.withLock { $0 } }

    init(_ script: @escaping @Sendable (_ number: Int, _ body: String) -> Reply) throws {
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        port = UInt16(bigEndian: address.sin_port)
        let seen = seen
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { Self.serve(connection, seen, script) }
            }
        }
    }

    deinit {
        shutdown(listener, 2)
        close(listener)
    }

    private static func serve(
        _ connection: Int32, _ seen: Locked<Seen>, _ script: @Sendable (Int, String) -> Reply
    ) {
        defer { close(connection) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var body = ""
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let line = text[..<end.lowerBound].lowercased().components(separatedBy: "\r\n")
                .first { $0.hasPrefix("content-length:") }
            let length = line.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            body = String(text[end.upperBound...])
            if body.utf8.count >= length { break }
        }
        let number = seen.withLock { seen in
            seen.bodies.append(body)
            seen.underWay += 1
            seen.mostUnderWay = max(seen.mostUnderWay, seen.underWay)
            return seen.bodies.count
        }
        let reply = script(number, body)
        seen.withLock { $0.underWay -= 1 }
        switch reply {
        case .raw(let text):
            let bytes = Array(text.utf8)
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        case .reset:
            break
        case .silence(let seconds):
            Thread.sleep(forTimeInterval: seconds)
        }
    }
}
