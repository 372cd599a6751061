import Foundation

/// The editor of whoever sits at the terminal.
struct TextEditor {
    /// A command of the shell, to which the name of the file is added.
    let command: String

    /// What `VISUAL` or else `EDITOR` names; nil where neither does.
    init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard
            let command = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first(where: {
                $0.contains { !$0.isWhitespace }
            })
        else { return nil }
        self.command = command
    }

    /// What becomes of a text in the editor; nil where the editor fails.
    ///
    /// - Parameters:
    ///   - text: the text to begin with.
    ///   - output: the terminal, should standard output be something else.
    func edit(_ text: String, output: Int32) throws -> String? {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("fingerpost-review-\(UUID().uuidString)")
        Interruption.willRemove(folder.path)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("guideline.yaml")
        try Data(text.utf8).write(to: file)
        // Ctrl-C in the editor is the editor's.
        let status = try Interruption.ignoringInterrupts { try run(file.path, output) }
        guard status == 0 else { return nil }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    /// In the same process group, so that the editor may read from the terminal, and with signals as they are by default.
    private func run(_ path: String, _ output: Int32) throws -> Int32 {
        #if canImport(Darwin)
        var attributes: posix_spawnattr_t?
        var actions: posix_spawn_file_actions_t?
        #else
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if output != STDOUT_FILENO { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let words = ["sh", "-c", "\(command) \"$1\"", "sh", path]
        var arguments = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ)
        guard code == 0 else {
            throw Failure(
                code: "editor", message: "the editor cannot be started: \(String(cString: strerror(code))).",
                isInputError: false)
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status
    }
}
