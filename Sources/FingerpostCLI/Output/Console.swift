import Foundation
import Platform

/// The two streams of the program: results on standard output, everything else on standard error.
///
/// Each call writes one whole unit (a line, a document, a table), so that an interruption never leaves half of one.
enum Console {
    /// Thrown when whoever read the output has gone away.
    struct OutputClosed: Error {}
    /// Thrown when the output cannot be written for another reason.
    struct OutputFailed: Error { var reason: String }

    private struct State {
        var hasProgressLine = false
        /// The program is ending: nothing more is written.
        var isSilenced = false
    }

    private static let state = Locked(State())

    /// Writes a result and a line break to standard output.
    static func result(_ text: String) throws {
        var text = text + "\n"
        try text.withUTF8 { try result(UnsafeRawBufferPointer($0)) }
    }

    /// Writes part of a result to standard output, as it is.
    static func result(_ bytes: UnsafeRawBufferPointer) throws {
        let code: Int32? = state.withLock { state in
            guard !state.isSilenced else { return nil }
            clearProgress(&state)
            return write(bytes, to: STDOUT_FILENO)
        }
        switch code {
        case 0: return
        case EPIPE: throw OutputClosed()
        case let code?: throw OutputFailed(reason: String(cString: strerror(code)))
        // The signal that silenced us is about to end the process.
        case nil: while true { pause() }
        }
    }

    /// Writes a line to standard error. That nobody reads it is no failure.
    static func log(_ text: String) {
        state.withLock { state in
            guard !state.isSilenced else { return }
            clearProgress(&state)
            _ = write(text + "\n", to: STDERR_FILENO)
        }
    }

    /// Replaces the last line of a terminal; nil takes it away.
    static func progress(_ line: String?) {
        state.withLock { state in
            guard !state.isSilenced else { return }
            guard let line else { return clearProgress(&state) }
            _ = write("\r\(line)\u{1B}[K", to: STDERR_FILENO)
            state.hasProgressLine = true
        }
    }

    /// Takes the progress line away and lets nobody write from then on: for the end of an interrupted program. Gives up
    /// waiting for a writer that is stuck.
    static func silence() {
        for _ in 0..<20 {
            let isDone: Void? = state.withLockIfAvailable { state in
                clearProgress(&state)
                state.isSilenced = true
            }
            if isDone != nil { return }
            usleep(10_000)
        }
    }

    private static func clearProgress(_ state: inout State) {
        guard state.hasProgressLine else { return }
        _ = write("\r\u{1B}[K", to: STDERR_FILENO)
        state.hasProgressLine = false
    }

    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Returns `errno`, or 0 once all is written.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno == EAGAIN {
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
