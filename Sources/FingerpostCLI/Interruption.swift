import Foundation
import Platform

/// The thread that takes the signals; set before a handler can run.
nonisolated(unsafe) private var taker: pthread_t?

/// Ends the program on Ctrl-C and SIGTERM between two units of output, without files half-written beside those named.
enum Interruption {
    private static let outputs = Locked<[String]>([])
    private static let folders = Locked<[String]>([])
    private static let finishing = Locked<(@Sendable () -> Void)?>(nil)
    private static let restoration = Locked<(@Sendable () -> Void)?>(nil)
    private static let ignoresInterrupts = Locked(false)

    /// Takes over the signals; to be called before there is a second thread. A pipe closed by its reader, or a file as
    /// large as the limit allows, is an error of the write instead of a signal.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Who starts a program with a signal ignored, as a shell does in the background, means it.
        let numbers = [SIGINT, SIGTERM].filter { !isIgnored($0) }
        guard !numbers.isEmpty else { return }
        // Blocked in this thread and all that it makes, they wait for the one thread that takes them, where everything may
        // be called that may not be in a signal handler.
        var signals = set(of: numbers)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread {
            var signals = set(of: numbers)
            var number: Int32 = 0
            taker = pthread_self()
            numbers.forEach(passOn)
            while true {
                while sigwait(&signals, &number) != 0 {}
                if number == SIGINT, ignoresInterrupts.withLock({ $0 }) { continue }
                let finish = finishing.withLock { finishing in
                    defer { finishing = nil }
                    return finishing
                }
                guard let finish else { return end(by: number) }
                finish()
            }
        }
    }

    /// Threads that are older than the program's first line, such as a BLAS library's own, do not block the signal: there it
    /// is passed on to the thread that takes it, instead of ending the program.
    private static func passOn(_ number: Int32) {
        signal(number) { number in
            if let taker { pthread_kill(taker, number) }
        }
    }

    /// Names a file whose temporary companions are to go if the program is interrupted.
    static func willWrite(_ path: String) {
        outputs.withLock { $0.append(path) }
    }

    /// Names a folder of the program's own that is to go if the program is interrupted.
    static func willRemove(_ folder: String) {
        folders.withLock { $0.append(folder) }
    }

    /// Has the first signal from now on call `body`, on which the program is to come to its end by itself. The second one
    /// ends it.
    static func finish(_ body: @escaping @Sendable () -> Void) {
        finishing.withLock { $0 = body }
    }

    /// Has `body` called when a signal ends the program, to give a terminal back; nil for nothing.
    static func restoring(_ body: (@Sendable () -> Void)?) {
        restoration.withLock { $0 = body }
    }

    /// Lets Ctrl-C be for another program, such as an editor, while `body` runs.
    static func ignoringInterrupts<Result>(_ body: () throws -> Result) rethrows -> Result {
        ignoresInterrupts.withLock { $0 = true }
        defer { ignoresInterrupts.withLock { $0 = false } }
        return try body()
    }

    private static func end(by number: Int32) {
        (restoration.withLockIfAvailable { $0 } ?? nil)?()
        Console.silence()
        let paths = outputs.withLockIfAvailable { $0 } ?? []
        paths.forEach(removeTemporaryFiles)
        for folder in folders.withLockIfAvailable({ $0 }) ?? [] { try? FileManager.default.removeItem(atPath: folder) }
        // The parent learns what happened: a shell stops its loop.
        signal(number, SIG_DFL)
        var signals = set(of: [number])
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(number)
    }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        return signals
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Atomic writes use the name, `.tmp-` and the number of the process.
    private static func removeTemporaryFiles(of path: String) {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let prefix = "\(url.lastPathComponent).tmp-\(getpid())-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            unlink("\(folder)/\(name)")
        }
    }
}
