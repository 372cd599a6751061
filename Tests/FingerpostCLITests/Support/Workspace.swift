import Foundation
import Platform
import Testing

/// A folder of its own for a test, which goes with it.
final class Workspace {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try TinyEncoder.write(to: folder.appendingPathComponent("encoder"))
    }

    deinit {
        _ = try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    var library: String { path("library") }
    var encoder: String { path("encoder") }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try write(Data(text.utf8), to: name)
    }

    @discardableResult
    func write(_ data: Data, to name: String) throws -> String {
        try data.write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    /// Guidelines `g<n>` over the words that the tiny encoder knows, no two alike.
    static func rules(_ range: Range<Int>, seed: UInt64 = 7) -> String {
        range.map { number in
            var generator = SplitMix64(seed: seed &+ UInt64(number) &* 977)
            func phrase(_ count: Int) -> String {
                (0..<count).map { _ in TinyEncoder.words.randomElement(using: &generator) ?? "rule" }.joined(
                    separator: " ")
            }
            return
                #"{"id":"g\#(number)","title":"\#(phrase(4))","text":"\#(phrase(9)) \#(number)","examples":["\#(phrase(6))"]}"#
        }.joined(separator: "\n") + "\n"
    }

    /// Builds a library of so many rules.
    @discardableResult
    func build(_ count: Int, _ more: String...) throws -> RunResult {
        let corpus = try write(Self.rules(0..<count), to: "rules-\(count).jsonl")
        let result = try Program.run(["build", corpus, "--library", library, "--encoder", encoder] + more)
        try #require(result.status == 0, "\(result)")
        return result
    }
}

extension RunResult {
    /// The output as JSON, which it must be as a whole.
    func json() throws -> [String: Any] {
        try JSONValueReader.object(output)
    }

    /// The error object on standard error, which must be its last line.
    func error() throws -> ReportedError {
        let line = try #require(log.split(separator: "\n").last.map(String.init), "\(self)")
        let object = try JSONValueReader.object(line)
        #expect(Set(object.keys) == ["error"])
        let error = try #require(object["error"] as? [String: Any])
        #expect(Set(error.keys) == ["code", "message", "file", "line"])
        return ReportedError(
            code: try #require(error["code"] as? String), message: try #require(error["message"] as? String),
            file: error["file"] as? String, line: error["line"] as? Int)
    }
}

struct ReportedError {
    var code: String
    var message: String
    var file: String?
    var line: Int?
}

enum JSONValueReader {
    static func object(_ text: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any], "\(text)")
    }
}
