import Foundation
import GuidelineStore

/// Files that may be compressed by gzip, which their names tell by `.gz`. The `gzip` program opens them, since the
/// package has no code for it.
package enum CompressedFile {
    package static let ending = ".gz"

    /// The file, opened in memory if it is compressed.
    ///
    /// - Throws: ``GuidelineStoreError/unreadable(path:reason:)`` where there is no `gzip` or it finds a fault.
    package static func source(_ path: String) throws(GuidelineStoreError) -> InputSource {
        guard path.hasSuffix(ending) else { return .file(URL(fileURLWithPath: path)) }
        return .bytes([UInt8](try contents(path)), name: path)
    }

    /// The bytes of a file, without its compression.
    static func contents(_ path: String) throws(GuidelineStoreError) -> Data {
        guard !path.hasSuffix(ending) else { return try decompressed(path) }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }

    #if os(Linux) || os(macOS)
    private static func decompressed(_ path: String) throws(GuidelineStoreError) -> Data {
        let process = Process()
        let output = Pipe()
        let complaints = Pipe()
        guard let program else {
            throw .unreadable(
                path: path,
                reason:
                    "it is compressed, and there is no gzip program on the PATH; install gzip or decompress the file")
        }
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-dc", "--", path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = complaints
        let contents: Data
        do {
            try process.run()
            contents = try output.fileHandleForReading.readToEnd() ?? Data()
        } catch {
            throw .unreadable(path: path, reason: "\(program) cannot be run: \(error.localizedDescription)")
        }
        let complaint = (try? complaints.fileHandleForReading.readToEnd()) ?? nil
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let words = String(decoding: complaint ?? Data(), as: UTF8.self).split(whereSeparator: \.isWhitespace)
            throw .unreadable(
                path: path, reason: words.isEmpty ? "gzip failed" : words.joined(separator: " "))
        }
        return contents
    }

    private static var program: String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").lazy
            .map { "\($0)/gzip" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
    #else
    private static func decompressed(_ path: String) throws(GuidelineStoreError) -> Data {
        throw .unreadable(path: path, reason: "it is compressed, which is not supported on this platform")
    }
    #endif
}
