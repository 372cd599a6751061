import Foundation
import Platform

/// A line on a terminal that says how far the work is, at what rate, and how long it will take. Silent elsewhere.
final class ProgressBar: Sendable {
    private struct State {
        var label = ""
        var start = ContinuousClock.now
        var startedAt = 0
        var lastDraw: ContinuousClock.Instant?
    }

    private let state = Locked(State())
    private let terminal: Terminal
    /// Work that is done sooner shows nothing.
    private static let delay = Duration.milliseconds(300)
    private static let interval = Duration.milliseconds(100)

    init(terminal: Terminal = .log) { self.terminal = terminal }

    /// May be called from any thread, as often as one likes.
    func update(_ label: String, completed: Int, total: Int?) {
        guard terminal.isInteractive else { return }
        let line: String? = state.withLock { state in
            let now = ContinuousClock.now
            if state.label != label {
                state.label = label
                state.start = now
                state.startedAt = completed
            }
            guard now - state.start > Self.delay else { return nil }
            if let last = state.lastDraw, now - last < Self.interval { return nil }
            state.lastDraw = now
            return Self.line(
                label, completed: completed, total: total, since: state.startedAt, elapsed: now - state.start,
                terminal: terminal)
        }
        if let line { Console.progress(line) }
    }

    /// Takes the line away.
    func finish() {
        guard terminal.isInteractive else { return }
        Console.progress(nil)
    }

    /// `Encoding  [=====>    ] 52%  1,234/2,371  820/s  0:02 left`, as much of it as fits.
    static func line(
        _ label: String, completed: Int, total: Int?, since startedAt: Int, elapsed: Duration, terminal: Terminal
    ) -> String {
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0 ? Double(max(0, completed - startedAt)) / seconds : 0
        var line = label
        guard let total, total > 0 else {
            if completed > 0 { line += "  \(Format.count(completed))  \(Format.rate(rate))/s" }
            return String(line.prefix(terminal.width - 1))
        }
        let share = min(1, max(0, Double(completed) / Double(total)))
        var tail = "  \(Int(share * 100))%  \(Format.count(completed))/\(Format.count(total))"
        if rate > 0 {
            tail += "  \(Format.rate(rate))/s  \(Format.clock(Double(max(0, total - completed)) / rate)) left"
        }
        let room = min(40, terminal.width - 1 - line.count - tail.count - 4)
        if room >= 8 {
            let filled = Int(share * Double(room))
            let (full, empty) = terminal.isUnicode ? ("\u{2588}", "\u{2591}") : ("#", "-")
            line += "  [\(String(repeating: full, count: filled))\(String(repeating: empty, count: room - filled))]"
        }
        return String((line + tail).prefix(terminal.width - 1))
    }
}
