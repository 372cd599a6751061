import Foundation
import Platform

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// URLSession with a limit on an answer's size and on the whole time of a request, following no redirect.
final class HTTPTransport: NSObject, URLSessionDataDelegate, ChatTransport {
    private struct Exchange {
        var continuation: CheckedContinuation<HTTPReply, any Error>
        var limit: Int
        var body = Data()
    }

    private let exchanges = Locked<[Int: Exchange]>([:])
    private let session = Locked<URLSession?>(nil)

    private func openSession() -> URLSession {
        session.withLock { session in
            if let session { return session }
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpShouldSetCookies = false
            configuration.urlCache = nil
            // The client bounds what is under way at once; the session must not queue what the client has started.
            configuration.httpMaximumConnectionsPerHost = 256
            let opened = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
            session = opened
            return opened
        }
    }

    /// Ends the session, which holds on to its delegate until then.
    func close() {
        session.withLock {
            $0?.invalidateAndCancel(); $0 = nil
        }
    }

    func send(_ request: TransportRequest, limit: Int, seconds: Double) async throws -> HTTPReply {
        try Task.checkCancellation()
        let task = openSession().dataTask(with: Self.urlRequest(request, seconds))
        let id = task.taskIdentifier
        let clock = DispatchWorkItem { [weak self] in
            self?.finish(id, .failure(TransportFailure.timeOver))
            task.cancel()
        }
        defer { clock.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                exchanges.withLock { $0[id] = Exchange(continuation: continuation, limit: limit) }
                DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: clock)
                task.resume()
                if Task.isCancelled { finish(id, .failure(CancellationError())); task.cancel() }
            }
        } onCancel: {
            finish(id, .failure(CancellationError()))
            task.cancel()
        }
    }

    private static func urlRequest(_ request: TransportRequest, _ seconds: Double) -> URLRequest {
        var made = URLRequest(url: request.url)
        made.httpMethod = "POST"
        made.httpBody = request.body
        // The time is kept here; the session's own, which counts whole seconds on Linux, must not come first.
        made.timeoutInterval = seconds.rounded(.up) + 60
        for header in request.headers { made.setValue(header.value, forHTTPHeaderField: header.name) }
        return made
    }

    private func finish(_ id: Int, _ result: Result<HTTPReply, any Error>) {
        let exchange = exchanges.withLock { $0.removeValue(forKey: id) }
        exchange?.continuation.resume(with: result)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLarge = exchanges.withLock { exchanges in
            guard var exchange = exchanges.removeValue(forKey: dataTask.taskIdentifier) else { return false }
            let fits = exchange.body.count + data.count <= exchange.limit
            if fits { exchange.body.append(data) }
            exchanges[dataTask.taskIdentifier] = exchange
            return !fits
        }
        guard isTooLarge else { return }
        finish(dataTask.taskIdentifier, .failure(TransportFailure.tooLarge))
        dataTask.cancel()
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        finish(task.taskIdentifier, .failure(TransportFailure.redirected(status: response.statusCode)))
        completionHandler(nil)
        task.cancel()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let id = task.taskIdentifier
        if let error {
            finish(id, .failure(TransportFailure.connection("the connection failed (\((error as NSError).code))")))
        } else if let response = task.response as? HTTPURLResponse {
            let body = exchanges.withLock { $0[id]?.body } ?? Data()
            let after = response.value(forHTTPHeaderField: "Retry-After")
            finish(id, .success(HTTPReply(status: response.statusCode, retryAfter: after, body: body)))
        } else {
            finish(id, .failure(TransportFailure.connection("the answer is not HTTP")))
        }
    }
}
