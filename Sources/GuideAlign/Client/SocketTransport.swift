#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif
import Dispatch
import Foundation
import Platform

/// HTTP/1.1 without encryption, over a socket of its own for each request.
///
/// It is here because the URLSession of Linux ends the program where a server closes the connection in the middle of an
/// answer's head (swift-corelibs-foundation, "Transfer completed, but there's no response"), which a server may do at any
/// moment. A model on the same machine is spoken to in this way; encrypted connections are left to URLSession. No proxy is
/// used, and no redirection followed.
final class SocketTransport: ChatTransport {
    /// Bytes of an answer's head at most.
    private static let headLimit = 64 << 10

    func send(_ request: TransportRequest, limit: Int, seconds: Double) async throws -> HTTPReply {
        try Task.checkCancellation()
        let exchange = Exchange()
        let clock = DispatchWorkItem { exchange.finish(.failure(TransportFailure.timeOver)) }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: clock)
        defer { clock.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard exchange.begin(continuation) else { return }
                // Looking up a name cannot be interrupted, so nobody waits for this thread.
                Thread.detachNewThread {
                    let result = Result { try Self.exchange(request, limit, exchange) }
                    exchange.finish(result)
                    exchange.close()
                }
            }
        } onCancel: {
            exchange.finish(.failure(CancellationError()))
        }
    }

    func close() {}

    /// What the thread that works and those who may end the work have in common.
    private final class Exchange: Sendable {
        private struct State {
            var continuation: CheckedContinuation<HTTPReply, any Error>?
            var result: Result<HTTPReply, any Error>?
            var descriptor: Int32 = -1
        }
        private let state = Locked(State())

        /// False if it has been ended before.
        func begin(_ continuation: CheckedContinuation<HTTPReply, any Error>) -> Bool {
            let early = state.withLock { state -> Result<HTTPReply, any Error>? in
                if state.result == nil { state.continuation = continuation }
                return state.result
            }
            if let early { continuation.resume(with: early) }
            return early == nil
        }

        /// The first end counts; the socket wakes up from whatever it waits for.
        func finish(_ result: Result<HTTPReply, any Error>) {
            let continuation = state.withLock { state -> CheckedContinuation<HTTPReply, any Error>? in
                guard state.result == nil else { return nil }
                state.result = result
                if state.descriptor >= 0 { shutdown(state.descriptor, Int32(SHUT_RDWR)) }
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume(with: result)
        }

        /// Takes a socket over; false if there is no use for it any more.
        func adopt(_ descriptor: Int32) -> Bool {
            close()
            return state.withLock { state in
                guard state.result == nil else { return false }
                state.descriptor = descriptor
                return true
            }
        }

        func close() {
            let descriptor = state.withLock { state in
                defer { state.descriptor = -1 }
                return state.descriptor
            }
            if descriptor >= 0 { closeSocket(descriptor) }
        }
    }

    // MARK: One request

    private static func exchange(_ request: TransportRequest, _ limit: Int, _ exchange: Exchange) throws -> HTTPReply {
        let descriptor = try connect(to: request.url, exchange)
        try write(head(of: request) + request.body, to: descriptor)
        var reader = Reader(descriptor: descriptor)
        while true {
            let head = try reader.head(limit: headLimit)
            // An interim answer, such as 100, comes before the one that counts.
            if 100..<200 ~= head.status, head.status != 101 { continue }
            if [301, 302, 303, 307, 308].contains(head.status) {
                throw TransportFailure.redirected(status: head.status)
            }
            let body = try reader.body(of: head, limit: limit)
            return HTTPReply(status: head.status, retryAfter: head.fields["retry-after"], body: body)
        }
    }

    private static func failure(_ problem: String) -> TransportFailure { .connection(problem) }

    private static func head(of request: TransportRequest) -> Data {
        let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
        let name = parts?.percentEncodedHost ?? ""
        let host = name + (parts?.port.map { ":\($0)" } ?? "")
        let path = parts?.percentEncodedPath ?? ""
        var lines = ["POST \(path.isEmpty ? "/" : path) HTTP/1.1", "Host: \(host)", "Connection: close"]
        lines += ["Accept: application/json", "Accept-Encoding: identity", "Content-Length: \(request.body.count)"]
        lines += request.headers.map { "\($0.name): \($0.value)" }
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func connect(to url: URL, _ exchange: Exchange) throws -> Int32 {
        let name = (url.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Darwin) || canImport(Musl)
        hints.ai_socktype = SOCK_STREAM
        #else
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, "\(url.port ?? 80)", &hints, &found) == 0 else {
            throw failure("the server's name is not known")
        }
        defer { freeaddrinfo(found) }
        var problem = "there is no address to connect to"
        var next = found
        while let address = next?.pointee {
            next = address.ai_next
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            guard descriptor >= 0 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            #if canImport(Darwin)
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
            #endif
            guard exchange.adopt(descriptor) else {
                closeSocket(descriptor)
                throw CancellationError()
            }
            if connectSocket(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
            problem = "the connection failed: \(String(cString: strerror(errno)))"
        }
        throw failure(problem)
    }

    private static func write(_ data: Data, to descriptor: Int32) throws {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var done = 0
        while done < data.count {
            let sent = data.withUnsafeBytes {
                sendSocket(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, flags)
            }
            if sent > 0 {
                done += sent
            } else if errno != EINTR {
                // A server may have answered, and closed, before it has read everything.
                return
            }
        }
    }

    // MARK: Reading

    private struct Head {
        var status: Int
        /// Names in lower case.
        var fields: [String: String]
    }

    private struct Reader {
        let descriptor: Int32
        private var buffer: [UInt8] = []
        private var position = 0

        init(descriptor: Int32) { self.descriptor = descriptor }

        /// False at the end.
        private mutating func fill() throws -> Bool {
            if position > 0 {
                buffer.removeFirst(position)
                position = 0
            }
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
                if count > 0 {
                    buffer += chunk[..<count]
                    return true
                }
                if count == 0 { return false }
                if errno != EINTR { throw failure("the connection failed: \(String(cString: strerror(errno)))") }
            }
        }

        /// The next line without its end.
        private mutating func line(limit: Int) throws -> String {
            var searched = position
            while true {
                if let end = buffer[searched...].firstIndex(of: 0x0A) {
                    var bytes = buffer[position..<end]
                    if bytes.last == 0x0D { bytes = bytes.dropLast() }
                    position = end + 1
                    return String(decoding: bytes, as: UTF8.self)
                }
                guard buffer.count - position <= limit else { throw failure("the answer's head is too long") }
                let waiting = buffer.count - position
                guard try fill() else { throw failure("the answer breaks off") }
                searched = waiting
            }
        }

        mutating func head(limit: Int) throws -> Head {
            let words = try line(limit: limit).split(separator: " ", maxSplits: 2)
            guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
                let status = Int(words[1]), 100...999 ~= status
            else { throw failure("the answer is not HTTP") }
            var fields: [String: String] = [:]
            var length = 0
            while true {
                let line = try line(limit: limit)
                if line.isEmpty { return Head(status: status, fields: fields) }
                length += line.utf8.count
                guard length <= limit else { throw failure("the answer's head is too long") }
                guard let colon = line.firstIndex(of: ":") else { throw failure("the answer is not HTTP") }
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                fields[line[..<colon].lowercased()] = value
            }
        }

        mutating func body(of head: Head, limit: Int) throws -> Data {
            if head.status == 204 || head.status == 304 { return Data() }
            let coding = head.fields["transfer-encoding"]?.lowercased() ?? "identity"
            if coding == "chunked" { return try chunks(limit: limit) }
            guard coding == "identity" else { throw failure("the answer is coded in a way that is not known") }
            guard let text = head.fields["content-length"] else { return try rest(limit: limit) }
            guard let length = Int(text), length >= 0 else { throw failure("the answer is not HTTP") }
            guard length <= limit else { throw TransportFailure.tooLarge }
            return try bytes(length)
        }

        private mutating func bytes(_ count: Int) throws -> Data {
            while buffer.count - position < count {
                guard try fill() else { throw failure("the answer breaks off") }
            }
            defer { position += count }
            return Data(buffer[position..<(position + count)])
        }

        private mutating func rest(limit: Int) throws -> Data {
            repeat {
                guard buffer.count - position <= limit else { throw TransportFailure.tooLarge }
            } while try fill()
            return try bytes(buffer.count - position)
        }

        private mutating func chunks(limit: Int) throws -> Data {
            var body = Data()
            while true {
                let text = try line(limit: 1_024).prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
                guard let length = Int(text, radix: 16), length >= 0, text.first != "-", text.first != "+" else {
                    throw failure("the answer is not HTTP")
                }
                guard length <= limit - body.count else { throw TransportFailure.tooLarge }
                if length == 0 { break }
                body += try bytes(length)
                guard try line(limit: 2).isEmpty else { throw failure("the answer is not HTTP") }
            }
            // Fields behind the last chunk say nothing that is wanted.
            while try !line(limit: 64 << 10).isEmpty {}
            return body
        }
    }
}

// The system's functions, whose names methods above have too.
private func closeSocket(_ descriptor: Int32) { _ = close(descriptor) }
private func connectSocket(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}
private func sendSocket(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
