import Foundation
import Platform

/// A terminal from which single keys are read and whose whole screen is drawn.
///
/// The screen and the modes are given back by ``leave()``, by SIGTERM, Ctrl-C, faults and hang-ups; SIGKILL alone leaves
/// them (`reset` mends that). Of one thread, but for the end of the program.
final class RawTerminal {
    let input: Int32
    let output: Int32
    private var signals: (reading: Int32, writing: Int32) = (-1, -1)
    private var decoder = KeyDecoder()
    private var isInside = false
    /// Set when the program ends: nothing is drawn any more.
    private let hasEnded = Locked(false)

    /// The terminal that the program was started on; nil where standard input, or both outputs, are none.
    init?() {
        guard isatty(STDIN_FILENO) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb",
            let output = [STDOUT_FILENO, STDERR_FILENO].first(where: { isatty($0) == 1 })
        else { return nil }
        input = STDIN_FILENO
        self.output = output
    }

    /// Columns and rows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Takes the terminal over for `body`.
    func use<Result>(_ body: () throws -> Result) throws -> Result {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure("a pipe cannot be made") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        signals = (ends[0], ends[1])
        TerminalSignals.install(telling: ends[1])
        Interruption.restoring { [hasEnded] in
            hasEnded.withLock { $0 = true }
            TerminalSignals.restore()
        }
        defer {
            leave()
            Interruption.restoring(nil)
            TerminalSignals.remove()
            for end in ends { close(end) }
        }
        try enter()
        return try body()
    }

    /// Raw mode and a screen of its own.
    func enter() throws {
        guard !isInside else { return }
        var modes = termios()
        guard tcgetattr(input, &modes) == 0 else { throw Self.failure("the terminal cannot be asked for its modes") }
        TerminalSignals.prepare(modes: modes, input: input, output: output)
        try setRaw(modes)
        isInside = true
        write("\u{1B}[?1049h\u{1B}[?25l")
    }

    private func setRaw(_ modes: termios) throws {
        var raw = modes
        cfmakeraw(&raw)
        // Line breaks of messages from elsewhere still begin at the left.
        raw.c_oflag = modes.c_oflag
        guard tcsetattr(input, TCSADRAIN, &raw) == 0 else {
            throw Self.failure("the terminal cannot be put into raw mode")
        }
    }

    /// Gives the terminal back.
    func leave() {
        guard isInside else { return }
        isInside = false
        TerminalSignals.restore()
    }

    /// Stops the program as Ctrl-Z does elsewhere, and goes on when it is continued.
    func suspend() throws {
        leave()
        TerminalSignals.stopAsUsual()
        raise(SIGTSTP)
        TerminalSignals.handleStop()
        try enter()
    }

    /// Runs `body`, such as an editor, with the terminal as it was.
    func lend<Result>(_ body: () throws -> Result) throws -> Result {
        leave()
        TerminalSignals.stopAsUsual()
        defer { TerminalSignals.handleStop() }
        let result = Swift.Result { try body() }
        try enter()
        return try result.get()
    }

    // MARK: Keys

    /// Waits for a key.
    func key() -> Key {
        while true {
            if let key = decoder.next(isComplete: false) { return key }
            var requests = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
            ]
            // An escape alone is a key if nothing follows it at once.
            let count = poll(&requests, 2, decoder.isEmpty ? -1 : 50)
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { return .closed }
                continue
            }
            if count == 0 {
                if let key = decoder.next(isComplete: true) { return key }
                continue
            }
            if requests[1].revents != 0, let key = signal() { return key }
            guard requests[0].revents != 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 256)
            let length = read(input, &bytes, bytes.count)
            if length > 0 {
                decoder.append(bytes.prefix(length))
            } else if length == 0 || (errno != EINTR && errno != EAGAIN) {
                return .closed
            }
        }
    }

    private func signal() -> Key? {
        var byte: UInt8 = 0
        guard read(signals.reading, &byte, 1) == 1 else { return nil }
        switch byte {
        case UInt8(ascii: "w"): return .resized
        case UInt8(ascii: "t"): return .stopping
        default:
            // A shell may have changed the modes meanwhile.
            isInside = false
            TerminalSignals.restore()
            try? enter()
            return .resumed
        }
    }

    // MARK: The screen

    /// Draws all lines, each cut to the width by its maker, and shows the cursor where there is one.
    func draw(_ lines: [String], cursor: (row: Int, column: Int)?) {
        var frame = "\u{1B}[?25l"
        for (row, line) in lines.enumerated() { frame += "\u{1B}[\(row + 1);1H\u{1B}[2K\(line)" }
        frame += lines.isEmpty ? "\u{1B}[2J" : ""
        if lines.count < size.rows { frame += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
        if let cursor { frame += "\u{1B}[\(cursor.row + 1);\(cursor.column + 1)H\u{1B}[?25h" }
        write(frame)
    }

    private func write(_ text: String) {
        hasEnded.withLock { hasEnded in
            guard !hasEnded else { return }
            var text = text
            text.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let count = Foundation.write(output, rest.baseAddress, rest.count)
                    if count > 0 {
                        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                    } else if errno == EAGAIN {
                        var request = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                        _ = poll(&request, 1, -1)
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }

    private static func failure(_ words: String) -> Failure {
        Failure(code: "terminal", message: "\(words): \(String(cString: strerror(errno))).", isInputError: false)
    }
}
