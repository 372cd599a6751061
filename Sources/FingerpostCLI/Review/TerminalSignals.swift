import Foundation

// What signal handlers may touch: plain values that are set before a handler can run, and calls that POSIX allows there.

/// The modes that the terminal had, and the file that they belong to; -1 while it has them.
nonisolated(unsafe) private var modes = termios()
nonisolated(unsafe) private var inputDescriptor: Int32 = -1
nonisolated(unsafe) private var outputDescriptor: Int32 = -1
/// Where signals are told as bytes.
nonisolated(unsafe) private var tellDescriptor: Int32 = -1
/// What gives the screen back: cursor shown, colours off, the main screen.
nonisolated(unsafe) private let farewell: UnsafeMutableBufferPointer<UInt8> = {
    let bytes = Array("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l".utf8)
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = buffer.initialize(from: bytes)
    return buffer
}()

/// Passes a byte on, and leaves the error number as it was.
private func tell(_ byte: UInt8) {
    let code = errno
    var byte = byte
    if tellDescriptor >= 0 { _ = write(tellDescriptor, &byte, 1) }
    errno = code
}

/// Signals that concern somebody who works on a terminal in raw mode.
enum TerminalSignals {
    /// Ends by a fault or from outside, before which the terminal is to be given back.
    private static let fatal = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGHUP]

    /// Notes what there is to restore. From then on ``restore()`` does it.
    static func prepare(modes saved: termios, input: Int32, output: Int32) {
        modes = saved
        outputDescriptor = output
        _ = farewell.count
        inputDescriptor = input
    }

    /// Gives the terminal back, once. May be called in a signal handler.
    static func restore() {
        let input = inputDescriptor
        guard input >= 0 else { return }
        inputDescriptor = -1
        _ = write(outputDescriptor, farewell.baseAddress, farewell.count)
        var saved = modes
        _ = tcsetattr(input, TCSADRAIN, &saved)
    }

    /// Has signals told as bytes on a descriptor: `w` another size, `t` stop, `c` go on.
    static func install(telling descriptor: Int32) {
        tellDescriptor = descriptor
        // Who started the program may have blocked them.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGWINCH, SIGCONT, SIGTSTP] + fatal { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        handle(SIGWINCH) { _ in tell(UInt8(ascii: "w")) }
        handle(SIGCONT) { _ in tell(UInt8(ascii: "c")) }
        handleStop()
        for number in fatal {
            handle(number) { number in
                TerminalSignals.restore()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    static func remove() {
        for number in [SIGWINCH, SIGCONT, SIGTSTP] + fatal { signal(number, SIG_DFL) }
        tellDescriptor = -1
    }

    static func handleStop() { handle(SIGTSTP) { _ in tell(UInt8(ascii: "t")) } }
    static func stopAsUsual() { signal(SIGTSTP, SIG_DFL) }

    private static func handle(_ number: Int32, _ body: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = body
        #else
        action.__sigaction_handler.sa_handler = body
        #endif
        // Reads of others go on; ours wait in poll, which does not.
        action.sa_flags = Int32(SA_RESTART)
        sigaction(number, &action, nil)
    }
}
