import Foundation
import Platform
import Testing

/// What a run of the command left behind.
struct RunResult: CustomStringConvertible {
    /// The exit status, or minus the signal that ended it.
    var status: Int32
    var output: String
    var log: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
    var description: String { "status \(status)\n--- output\n\(output.prefix(2_000))\n--- log\n\(log.prefix(2_000))" }
}

/// Runs the `fingerpost` that was built beside these tests.
enum Program {
    /// The executable: beside the test bundle, wherever that is.
    static let executable: URL = {
        _ = signal(SIGPIPE, SIG_IGN)
        var folders = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
        folders += Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        folders.append(Bundle.main.bundleURL)
        let candidates = folders.map { $0.appendingPathComponent("fingerpost") }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
    }()

    /// Runs the command to its end.
    static func run(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:], in folder: URL? = nil
    ) throws -> RunResult {
        try run(executable, arguments, input: input, environment: environment, in: folder)
    }

    /// Runs a shell command in which `$FINGERPOST` is the executable.
    static func shell(_ command: String, in folder: URL? = nil) throws -> RunResult {
        try run(
            URL(fileURLWithPath: "/bin/bash"), ["-c", command], environment: ["FINGERPOST": executable.path], in: folder
        )
    }

    private static func run(
        _ executable: URL, _ arguments: [String], input: String? = nil, environment: [String: String], in folder: URL?
    ) throws -> RunResult {
        let process = try RunningProcess(executable, arguments, environment: environment, in: folder)
        if let input { process.send(input) }
        process.closeInput()
        return process.wait()
    }
}

/// A process whose output is collected while it runs.
final class RunningProcess: @unchecked Sendable {
    let process = Process()
    private let input: Pipe
    private let output: Collector
    private let log: Collector

    // A process that is started while another's pipes are open must not inherit their ends, or they never close.
    private static let starting = Locked(())

    init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
        in folder: URL? = nil
    ) throws {
        process.executableURL = executable
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "COLUMNS", "FINGERPOST_KERNELS"] { variables[name] = nil }
        process.environment = variables.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        (input, output, log) = try Self.starting.withLock { [process] _ in
            let pipes = (Pipe(), Pipe(), Pipe())
            for pipe in [pipes.0, pipes.1, pipes.2] {
                for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                    _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
                }
            }
            process.standardInput = pipes.0
            process.standardOutput = pipes.1
            process.standardError = pipes.2
            try process.run()
            return (pipes.0, Collector(pipes.1), Collector(pipes.2))
        }
        output.start()
        log.start()
    }

    func send(_ text: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    func closeInput() { try? input.fileHandleForWriting.close() }

    /// Waits until the output holds so many lines; false after a minute.
    func waitForLines(_ count: Int) -> Bool {
        let deadline = Date(timeIntervalSinceNow: 60)
        while output.text.utf8.count(where: { $0 == 0x0A }) < count {
            if Date() > deadline { return false }
            usleep(5_000)
        }
        return true
    }

    var outputText: String { output.text }
    var logText: String { log.text }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func wait() -> RunResult {
        process.waitUntilExit()
        output.finish()
        log.finish()
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return RunResult(status: status, output: output.text, log: log.text)
    }

    /// Reads a pipe on a thread of its own, so that the process never waits for us.
    private final class Collector: @unchecked Sendable {
        private let pipe: Pipe
        private let data = Locked(Data())
        private let done = DispatchSemaphore(value: 0)

        init(_ pipe: Pipe) { self.pipe = pipe }

        var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }

        func start() {
            let handle = pipe.fileHandleForReading
            Thread.detachNewThread {
                while case let chunk = handle.availableData, !chunk.isEmpty {
                    self.data.withLock { $0.append(chunk) }
                }
                self.done.signal()
            }
        }

        func finish() { done.wait() }
    }
}
