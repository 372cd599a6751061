import Foundation
import GuidelineStore
import Platform

/// The prompts that guidelines and inputs are asked for with, as data: a set of files.
///
/// | file | holds |
/// |---|---|
/// | `system.txt` | what the model is told first |
/// | `detection.txt` | the question whether an input is risky; `{input}` is the input. The answer ends in `Verdict: Yes` or `Verdict: No` |
/// | `safety.txt`, `quality.txt` | the request for guidelines, in the conversation of the question; `{hint}` is what is known of the input's type |
/// | `continuation.txt` | the request to continue a list of inputs: `{list}`, the numbers `{first}` and `{last}`, `{hint}` |
/// | `examples.jsonl` | worked examples: `{"input","assessment","verdict","guidelines"}` |
/// | `hints.jsonl` | `{"type","hint"}` |
/// | `version.txt` | a name for the set |
public struct PromptSet: Sendable, Hashable {
    /// A worked example, shown to the model as a conversation.
    public struct Example: Sendable, Hashable {
        public var input: String
        /// Why, in a sentence or two.
        public var assessment: String
        public var verdict: Verdict
        /// Lines of `Title: text`.
        public var guidelines: [String]
    }

    /// How the model is asked.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// As turns of a conversation, for models that were trained to follow instructions.
        case chat
        /// As one text that goes on with the answer, for models that were not.
        case completion
    }

    public var version: String
    /// The SHA-256 of all the files.
    public let hash: String
    let files: [String: String]
    let examples: [Example]
    let hints: [String: String]

    /// The set that comes with the package.
    public static let standard = PromptSet(builtIn: standardFiles)

    public static let fileNames = [
        "system.txt", "detection.txt", "safety.txt", "quality.txt", "continuation.txt", "examples.jsonl",
        "hints.jsonl", "version.txt",
    ]

    /// Reads the files of a folder; those that are not there are the standard ones.
    ///
    /// - Throws: `GuidelineStoreError` where one cannot be read, ``GuideAlignError/invalidPrompts(location:problem:)``
    ///   for one without the places that are to be filled in, and for a folder that has none of the files.
    public init(folder: URL) throws {
        var files = Self.standardFiles
        files["version.txt"] = folder.lastPathComponent
        var found = 0
        for name in Self.fileNames {
            let url = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            files[name] = try InputSource.file(url).text(limit: 1 << 22)
            found += 1
        }
        guard found > 0 else {
            throw GuideAlignError.invalidPrompts(
                location: InputLocation(file: folder.relativePath),
                problem: "the folder holds none of \(Self.fileNames.joined(separator: ", "))")
        }
        try self.init(files: files, folder: folder.relativePath)
    }

    init(files: [String: String], folder: String) throws {
        func location(_ name: String) -> InputLocation { InputLocation(file: "\(folder)/\(name)") }
        let places = [
            "detection.txt": ["{input}"], "continuation.txt": ["{list}", "{first}", "{last}"], "safety.txt": [],
            "quality.txt": [], "system.txt": [],
        ]
        for (name, needed) in places.sorted(by: { $0.key < $1.key }) {
            let text = files[name] ?? ""
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw GuideAlignError.invalidPrompts(location: location(name), problem: "the prompt is empty")
            }
            for place in needed where !text.contains(place) {
                throw GuideAlignError.invalidPrompts(location: location(name), problem: "the prompt has no \(place)")
            }
        }
        self.files = files.mapValues { text in
            var text = text[...]
            while text.last?.isNewline == true { text = text.dropLast() }
            return String(text)
        }
        version = self.files["version.txt"].map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        hash = Self.hash(of: files)
        examples = try Self.lines(files["examples.jsonl"] ?? "", location("examples.jsonl").file).map { line in
            try Self.example(line)
        }
        var hints: [String: String] = [:]
        for line in try Self.lines(files["hints.jsonl"] ?? "", location("hints.jsonl").file) {
            hints[try Self.text("type", line)] = try Self.text("hint", line)
        }
        self.hints = hints
    }

    /// What is built in has been read by a test.
    private init(builtIn files: [String: String]) {
        if let set = try? PromptSet(files: files, folder: "standard") {
            self = set
        } else {
            (self.files, examples, hints, version, hash) = (files, [], [:], "", Self.hash(of: files))
        }
    }

    /// Writes the files to a folder, which is made where it is missing, for people to change.
    public func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in Self.fileNames {
            guard let text = files[name] else { continue }
            try AtomicFile.write(to: folder.appendingPathComponent(name).path) { try $0.write(text + "\n") }
        }
    }

    subscript(file: String) -> String { files[file] ?? "" }

    /// The guidelines of all examples, for telling a copy from an answer.
    var exampleTexts: [String] {
        examples.flatMap(\.guidelines).map { line in
            line.range(of: ": ").map { String(line[$0.upperBound...]) } ?? line
        }
    }

    private static func hash(of files: [String: String]) -> String {
        var hash = SHA256()
        for name in fileNames {
            var text = (files[name] ?? "")[...]
            while text.last?.isNewline == true { text = text.dropLast() }
            hash.update("\(name)\0\(text)\0")
        }
        return SHA256.hexadecimal(hash.finalize())
    }

    private static func lines(_ text: String, _ name: String) throws -> [JSONLine] {
        let reader = try JSONLinesReader(.bytes(Array(text.utf8), name: name))
        var lines: [JSONLine] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    private static func text(_ name: String, _ line: JSONLine) throws -> String {
        guard case .string(let text)? = line.members[name], !text.isEmpty else {
            throw GuideAlignError.invalidPrompts(location: line.location, problem: "\"\(name)\" must be text")
        }
        return text
    }

    private static func example(_ line: JSONLine) throws -> Example {
        guard case .array(let items)? = line.members["guidelines"] else {
            throw GuideAlignError.invalidPrompts(location: line.location, problem: "\"guidelines\" must be a list")
        }
        let guidelines = try items.map { item in
            guard case .string(let text) = item, text.contains(": ") else {
                throw GuideAlignError.invalidPrompts(
                    location: line.location, problem: "each of \"guidelines\" must be \"Title: text\"")
            }
            return text
        }
        guard let verdict = try? Verdict(text: try text("verdict", line)), !guidelines.isEmpty else {
            throw GuideAlignError.invalidPrompts(
                location: line.location, problem: "\"verdict\" must be Yes or No, \"guidelines\" not empty")
        }
        return Example(
            input: try text("input", line), assessment: try text("assessment", line), verdict: verdict,
            guidelines: guidelines)
    }
}
