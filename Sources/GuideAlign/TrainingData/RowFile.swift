import Foundation
import GuidelineStore
import Platform

/// The lines of a JSON Lines file that is read more than once, by memory map.
package struct RowFile: Sendable {
    package let name: String
    private let data: Data
    private let lines: [(range: Range<Int>, number: Int)]

    /// - Throws: ``GuidelineStoreError`` if there is no such file, or no line in it.
    package init(path: String) throws(GuidelineStoreError) {
        let url = URL(fileURLWithPath: path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .fileNotFound(path: path)
        }
        guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
        do { data = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        name = url.relativePath
        lines = data.withUnsafeBytes { Self.lines(of: $0) }
        guard !lines.isEmpty else { throw .emptyFile(path: path) }
    }

    package var count: Int { lines.count }

    private static func lines(of bytes: UnsafeRawBufferPointer) -> [(range: Range<Int>, number: Int)] {
        var lines: [(range: Range<Int>, number: Int)] = []
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let last = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
            if !bytes[start..<last].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { lines.append((start..<last, number)) }
            start = end + 1
        }
        return lines
    }

    private func withBytes<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        data.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[lines[index].range])) }
    }

    /// SHA-256 of a line's bytes, without its end.
    package func hash(_ index: Int) -> String { withBytes(index) { SHA256.hexadecimal(of: $0) } }

    /// SHA-256 of the whole file.
    package var hash: String { data.withUnsafeBytes { SHA256.hexadecimal(of: $0) } }

    /// - Throws: ``GuidelineStoreError`` with the line at fault.
    package func line(_ index: Int) throws(GuidelineStoreError) -> JSONLine {
        let number = lines[index].number
        let location = InputLocation(file: name, line: number)
        let parsed = withBytes(index) { bytes -> Result<JSONValue, GuidelineStoreError> in
            do throws(JSONSyntaxError) {
                return .success(try JSONParser.parse(bytes))
            } catch {
                return .failure(
                    error.located(
                        in: bytes, file: name, firstLine: number, byteOffset: lines[index].range.lowerBound,
                        isAtEnd: false))
            }
        }
        guard case .object(let members) = try parsed.get() else {
            throw .syntax(location, format: "JSON Lines", problem: "each line must be an object")
        }
        return JSONLine(members: members, location: location)
    }
}
