#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the operating system said when it would not do something with a file.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    package var path: String
    /// The step that failed, as a verb: "open", "map", "write".
    package var operation: String
    /// The value of `errno`.
    package var code: Int32

    package init(path: String, operation: String, code: Int32) {
        self.path = path
        self.operation = operation
        self.code = code
    }

    /// The current `errno` for a step that has just failed.
    package static func last(_ operation: String, _ path: String) -> FileError {
        FileError(path: path, operation: operation, code: errno)
    }

    /// The file does not exist.
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    /// No space, quota or permitted file size is left.
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
    /// The folder or the file may not be written.
    package var isPermission: Bool { code == EACCES || code == EPERM || code == EROFS }

    package var description: String {
        "cannot \(operation) \(path): \(String(cString: strerror(code)))"
    }
}
