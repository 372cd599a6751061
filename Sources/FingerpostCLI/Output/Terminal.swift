import Foundation

/// What can be done on a file descriptor that people may be reading.
struct Terminal: Sendable {
    /// Whether it is a terminal that moves its cursor.
    let isInteractive: Bool
    /// Whether colours are wanted there: a terminal, and neither `NO_COLOR` (https://no-color.org) nor `TERM=dumb`.
    let hasColors: Bool
    /// Columns.
    let width: Int
    /// Whether characters beyond ASCII come out as they are.
    let isUnicode: Bool

    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let log = Terminal(descriptor: STDERR_FILENO)

    init(descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
        let isTerminal = isatty(descriptor) == 1
        isInteractive = isTerminal && environment["TERM"] != "dumb"
        hasColors = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
        width = max(40, Self.columns(of: descriptor) ?? environment["COLUMNS"].flatMap(Int.init) ?? 80)
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        isUnicode = locale.lowercased().contains("utf")
    }

    init(isInteractive: Bool, hasColors: Bool, width: Int, isUnicode: Bool) {
        self.isInteractive = isInteractive
        self.hasColors = hasColors
        self.width = width
        self.isUnicode = isUnicode
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    // MARK: Colours

    func bold(_ text: String) -> String { styled(text, "1") }
    func dim(_ text: String) -> String { styled(text, "2") }
    func red(_ text: String) -> String { styled(text, "31") }
    func green(_ text: String) -> String { styled(text, "32") }
    func yellow(_ text: String) -> String { styled(text, "33") }

    private func styled(_ text: String, _ code: String) -> String {
        hasColors && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
