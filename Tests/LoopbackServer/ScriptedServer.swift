import Foundation
import Platform

/// A server on a loopback port that answers each connection as its script says, one request to a connection.
package final class ScriptedServer: Sendable {
    package enum Reply: Sendable {
        /// These bytes, in pieces with a pause between them, and the end of the connection.
        case raw(String, piece: Int = .max, pause: Double = 0)
        /// The end of the connection, at once.
        case reset
        /// Nothing, for so many seconds, and then the end of the connection.
        case silence(seconds: Double)

        package static func status(_ status: Int, headers: String = "", body: String = "{}") -> Reply {
            .raw(head(status, headers, length: body.utf8.count) + body)
        }

        /// A chat completion with this text.
        package static func answer(_ text: String, finish: String = "stop") -> Reply {
            .status(200, body: completion(text, finish: finish))
        }

        /// A chat completion that comes a few bytes at a time.
        package static func slowAnswer(_ text: String, piece: Int, pause: Double) -> Reply {
            let body = completion(text, finish: "stop")
            return .raw(head(200, "", length: body.utf8.count) + body, piece: piece, pause: pause)
        }

        /// A chat completion of which the last bytes never come.
        package static func truncatedAnswer(_ text: String) -> Reply {
            let body = completion(text, finish: "stop")
            return .raw(head(200, "", length: body.utf8.count) + body.dropLast(9))
        }

        private static func head(_ status: Int, _ headers: String, length: Int) -> String {
            "HTTP/1.1 \(status) x\r\nConnection: close\r\n\(headers)Content-Length: \(length)\r\n\r\n"
        }

        package static func completion(_ text: String, finish: String) -> String {
            let encoded = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
            return #"{"choices":[{"message":{"role":"assistant","content":\#(encoded)},"finish_reason":"\#(finish)"}],"#
                + #""usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        }
    }

    /// A request as it came.
    package struct Request: Sendable {
        /// Counted from 1, over all connections.
        package var number: Int
        /// Names in lower case.
        package var headers: [String: String]
        package var path: String
        package var body: String

        /// The contents of the chat's messages, in order.
        package var messages: [String] {
            struct Body: Decodable {
                struct Message: Decodable { var content: String }
                var messages: [Message]
            }
            return (try? JSONDecoder().decode(Body.self, from: Data(body.utf8)))?.messages.map(\.content) ?? []
        }
    }

    package struct Record: Sendable {
        package var requests: [Request] = []
        package var underWay = 0
        package var mostUnderWay = 0
        package var bodies: [String] { requests.map(\.body) }
    }

    package let port: UInt16
    private let seen = Locked(Record())
    private let listener: Int32

    package var state: Record { seen.withLock { $0 } }
    /// What a client is given.
    package var base: String { "http://127.0.0.1:\(port)/v1" }

    /// - Parameter script: Called on many threads at once.
    package init(_ script: @escaping @Sendable (Request) -> Reply) throws {
        _ = signal(SIGPIPE, SIG_IGN)
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        listener = socket(AF_INET, kind, 0)
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
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
        guard isBound else { throw FileError.last("bind", "127.0.0.1") }
        port = UInt16(bigEndian: address.sin_port)
        let seen = seen
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { Self.serve(connection, seen, script) }
            }
        }
    }

    deinit {
        shutdown(listener, 2)
        close(listener)
    }

    private static func serve(_ connection: Int32, _ seen: Locked<Record>, _ script: @Sendable (Request) -> Reply) {
        defer { close(connection) }
        guard var request = read(from: connection) else { return }
        request.number = seen.withLock { seen in
            seen.underWay += 1
            seen.mostUnderWay = max(seen.mostUnderWay, seen.underWay)
            request.number = seen.requests.count + 1
            seen.requests.append(request)
            return request.number
        }
        let reply = script(request)
        seen.withLock { $0.underWay -= 1 }
        switch reply {
        case .raw(let text, let piece, let pause):
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, min(piece, $0.count), 0) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
                if pause > 0 { Thread.sleep(forTimeInterval: pause) }
            }
        case .reset:
            break
        case .silence(let seconds):
            Thread.sleep(forTimeInterval: seconds)
        }
    }

    private static func read(from connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var head: (headers: [String: String], path: String, end: Int)?
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            if head == nil { head = parseHead(bytes) }
            guard let head else { continue }
            let length = head.headers["content-length"].flatMap { Int($0) } ?? 0
            guard bytes.count - head.end >= length else { continue }
            let body = String(decoding: bytes[head.end...], as: UTF8.self)
            return Request(number: 0, headers: head.headers, path: head.path, body: body)
        }
    }

    private static func parseHead(_ bytes: [UInt8]) -> (headers: [String: String], path: String, end: Int)? {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= 4, let start = (0...(bytes.count - 4)).first(where: { bytes[$0..<($0 + 4)] == blank[...] })
        else { return nil }
        let lines = String(decoding: bytes[..<start], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                .trimmingCharacters(in: .whitespaces)
        }
        let words = lines[0].split(separator: " ")
        return (headers, words.count > 1 ? String(words[1]) : "", start + 4)
    }
}
