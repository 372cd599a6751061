import Foundation

/// A POST request.
struct TransportRequest: Sendable {
    var url: URL
    var headers: [(name: String, value: String)]
    var body: Data
}

struct HTTPReply: Sendable {
    var status: Int
    var retryAfter: String?
    var body: Data
}

enum TransportFailure: Error {
    case connection(String)
    case timeOver
    case tooLarge
    case redirected(status: Int)
}

/// What brings a request to a server and its answer back.
protocol ChatTransport: Sendable {
    /// - Parameters:
    ///   - limit: bytes of the answer at most.
    ///   - seconds: for all of it, from the connection to the last byte.
    /// - Throws: ``TransportFailure``; `CancellationError`.
    func send(_ request: TransportRequest, limit: Int, seconds: Double) async throws -> HTTPReply
    func close()
}
