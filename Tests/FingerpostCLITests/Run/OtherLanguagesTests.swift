import Foundation
import Testing

/// The clients that the article on other languages shows.
@Suite("Clients of the sidecar")
struct OtherLanguagesTests {
    static let hasPython = (try? Program.shell("command -v python3"))?.status == 0

    /// The fenced blocks of the article whose first line begins with a text.
    private func blocks(_ opening: String) throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appendingPathComponent("Sources/Fingerpost/Fingerpost.docc/UsingFromOtherLanguages.md"),
            encoding: .utf8)
        let parts = article.components(separatedBy: "\n```")
        return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }.filter { $0.hasPrefix(opening) }
            .map { $0.drop { $0 != "\n" }.dropFirst() + "\n" }
    }

    private func workspace() throws -> Workspace {
        let place = try Workspace()
        let rules = try place.write(try #require(try blocks("json file=rules.jsonl").first), to: "rules.jsonl")
        let built = try Program.run(["build", rules, "-l", place.path("my-library"), "--encoder", place.encoder])
        try #require(built.status == 0, "\(built)")
        return place
    }

    private var path: String { "PATH=\"$(dirname \"$FINGERPOST\"):$PATH\"" }

    @Test("The Python client", .enabled(if: hasPython, "python3 is not installed"))
    func python() throws {
        let place = try workspace()
        try place.write(try #require(try blocks("python file=client.py").first), to: "client.py")
        let result = try Program.shell("\(path) python3 client.py", in: place.folder)
        #expect(result.status == 0, "\(result)")
        #expect(
            result.lines.contains { $0.hasPrefix("tracker ") && $0.hasSuffix("Refuse covert tracking") }, "\(result)")
        #expect(result.lines.last?.contains("can I double my insulin") == true, "\(result)")
    }

    @Test("The shell")
    func shell() throws {
        let place = try workspace()
        let block = try #require(try blocks("sh").last)
        let result = try Program.shell("export \(path)\n" + block, in: place.folder)
        #expect(result.status == 0 && result.lines.count == 2, "\(result)")
        for line in result.lines { #expect(try JSONValueReader.object(line)["matches"] != nil) }
    }
}
