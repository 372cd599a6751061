import Foundation
import Platform
import Testing

/// A process on a pseudo-terminal: what it draws is collected, keys are pressed by the test.
final class TerminalProcess: @unchecked Sendable {
    let process = Process()
    private let master: Int32
    /// Held open, so that the modes can be asked for after the process has ended.
    private let slave: Int32
    private let drawn = Locked(Data())
    private let isDone = Locked(false)
    private let finished = DispatchSemaphore(value: 0)
    private var seen = 0

    init(
        _ arguments: [String], environment: [String: String] = [:], columns: UInt16 = 80, rows: UInt16 = 24
    ) throws {
        var (master, slave): (Int32, Int32) = (-1, -1)
        try #require(openpty(&master, &slave, nil, nil, nil) == 0, "no pseudo-terminal")
        for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        (self.master, self.slave) = (master, slave)
        resize(columns: columns, rows: rows)
        process.executableURL = Program.executable
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "COLUMNS", "VISUAL", "EDITOR"] { variables[name] = nil }
        variables["TERM"] = "xterm-256color"
        process.environment = variables.merging(environment) { $1 }
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
        Thread.detachNewThread { self.collect() }
    }

    deinit {
        close(master)
        close(slave)
    }

    private func collect() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            if poll(&request, 1, 20) > 0 {
                let count = read(master, &buffer, buffer.count)
                if count > 0 { drawn.withLock { $0.append(contentsOf: buffer.prefix(count)) } }
            } else if isDone.withLock({ $0 }) {
                break
            }
        }
        finished.signal()
    }

    /// Everything drawn so far.
    var text: String { drawn.withLock { String(decoding: $0, as: UTF8.self) } }

    func press(_ keys: String) {
        var keys = keys
        keys.withUTF8 { bytes in _ = write(master, bytes.baseAddress, bytes.count) }
    }

    /// Waits until something is drawn, behind what was waited for before.
    func expect(_ words: String, _ place: SourceLocation = #_sourceLocation) throws {
        let deadline = Date(timeIntervalSinceNow: 20)
        while true {
            let data = drawn.withLock { $0 }
            if let found = data.range(of: Data(words.utf8), in: min(seen, data.count)..<data.count) {
                seen = found.upperBound
                return
            }
            if Date() > deadline || (!process.isRunning && isDone.withLock { $0 }) {
                let rest = String(decoding: data.dropFirst(seen), as: UTF8.self)
                Issue.record(
                    "\"\(words)\" was not drawn, but \(rest.suffix(3_000).debugDescription)", sourceLocation: place)
                kill(process.processIdentifier, SIGKILL)
                throw CancellationError()
            }
            usleep(5_000)
        }
    }

    /// Gives the terminal another size and tells the process, as a terminal does that is its own.
    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        if process.isRunning { kill(process.processIdentifier, SIGWINCH) }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Whether the terminal gives out whole lines and shows what is typed, as it does at the beginning.
    var isCooked: Bool {
        var modes = termios()
        tcgetattr(slave, &modes)
        let wanted = tcflag_t(ICANON | ECHO | ISIG)
        return modes.c_lflag & wanted == wanted && modes.c_iflag & tcflag_t(ICRNL) != 0
    }

    /// The status, or minus the signal.
    func wait() -> Int32 {
        process.waitUntilExit()
        isDone.withLock { $0 = true }
        finished.wait()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
