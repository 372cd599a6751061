import Dispatch
import Foundation
import Synchronization

/// Ends the program on Ctrl-C and SIGTERM between two units of output, without files half-written beside those named.
enum Interruption {
    // Made once and only kept alive; Dispatch's sources are safe from any thread, but not marked so.
    nonisolated(unsafe) private static let sources = [SIGINT, SIGTERM].compactMap { number -> (any DispatchSourceSignal)? in
        // Who starts a program with a signal ignored, as a shell does in the background, means it.
        guard unsafeBitCast(signal(number, SIG_IGN), to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else {
            return nil
        }
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
        source.setEventHandler { end(by: number) }
        source.resume()
        return source
    }
    private static let outputs = Mutex<[String]>([])

    /// Takes over the signals. A pipe closed by its reader, or a file as large as the limit allows, is an error of the
    /// write instead of a signal.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        _ = sources
    }

    /// Names a file whose temporary companions are to go if the program is interrupted.
    static func willWrite(_ path: String) {
        outputs.withLock { $0.append(path) }
    }

    private static func end(by number: Int32) {
        Console.silence()
        let paths = outputs.withLockIfAvailable { $0 } ?? []
        paths.forEach(removeTemporaryFiles)
        // The parent learns what happened: a shell stops its loop.
        signal(number, SIG_DFL)
        kill(getpid(), number)
        // The default action ends the process; nothing comes after it.
        pause()
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
