import GuidelineStore
import Platform

/// What a model wrote that could not be used, as a file of JSON Lines keeps it aside for somebody to look at.
///
/// Read leniently: `{"id","input","step","answer","reason","problem","refused":[{"line","reason"}]}`, of which all may be
/// missing and others may be there.
public struct AsideEntry: Sendable, Hashable {
    /// The same for the same line, wherever it stands.
    public var key: String
    /// The id of the input that the model was asked about.
    public var id: String?
    /// The input itself.
    public var input: String?
    /// The answer as it came.
    public var answer: String?
    /// What is wrong with the answer as a whole.
    public var problems: [String]
    /// The parts that were refused.
    public var refused: [Refused]
    public var location: InputLocation

    public struct Refused: Sendable, Hashable {
        public var line: String
        public var reason: String?

        public init(line: String, reason: String? = nil) {
            self.line = line
            self.reason = reason
        }
    }

    public init(_ line: JSONLine) {
        func text(_ name: String, in members: [String: JSONValue]) -> String? {
            if case .string(let text)? = members[name], !text.isEmpty { text } else { nil }
        }
        var bytes: [UInt8] = []
        JSONValue.object(line.members).append(to: &bytes)
        key = bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
        id = text("id", in: line.members)
        input = text("input", in: line.members)
        answer = text("answer", in: line.members)
        problems = ["step", "reason", "problem"].compactMap { name in
            text(name, in: line.members).map { name == "step" ? "step \($0)" : $0 }
        }
        refused = []
        if case .array(let parts)? = line.members["refused"] {
            for case .object(let part) in parts {
                refused.append(Refused(line: text("line", in: part) ?? "", reason: text("reason", in: part)))
            }
        }
        location = line.location
    }

    /// All entries of a file, each once.
    ///
    /// - Throws: `GuidelineStoreError` with the line that is no JSON object.
    public static func read(from source: InputSource) throws -> [AsideEntry] {
        let reader = try JSONLinesReader(source)
        var known: Set<String> = []
        var entries: [AsideEntry] = []
        while let line = try reader.next() {
            let entry = AsideEntry(line)
            if known.insert(entry.key).inserted { entries.append(entry) }
        }
        return entries
    }
}

extension EditForm {
    /// A form for a new guideline, with an entry as comments above it and the first part that was refused as its text.
    public static func text(for entry: AsideEntry) -> String {
        var lines = ["A new guideline, from what a model wrote. Save and close the editor: it is then a draft."]
        lines.append("Left without a text, nothing happens. Lines that begin with # do not count.")
        if let input = entry.input { lines.append("input: \(input)") }
        if let answer = entry.answer { lines.append("answer: \(answer)") }
        let comments = lines.flatMap { $0.split(whereSeparator: \.isNewline) }.map { "# \(commented($0))" }
        let form = EditForm(Guideline(id: "new", text: entry.refused.first?.line ?? ""))
        let fields = form.text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#") }
        return (comments + fields.map(String.init)).joined(separator: "\n")
    }

    /// The guideline that a form for a new one describes; nil where it has no text.
    ///
    /// - Throws: As ``decision(from:name:)``.
    public static func guideline(from text: String, name: String, entry: AsideEntry) throws -> Guideline? {
        guard let form = try YAMLMapping.members(of: text, name: name) else { return nil }
        switch form.members["text"] {
        case nil, .null?: return nil
        case .string(let text)? where text.allSatisfy(\.isWhitespace): return nil
        default: break
        }
        // Any other text than this one is a change.
        let blank = EditForm(Guideline(id: "new", text: "\u{0}"))
        guard let decision = try blank.decision(from: text, name: name) else { return nil }
        var guideline = Guideline(id: "", text: "", status: .draft, source: ["type": .string("human")])
        decision.changes.apply(to: &guideline)
        if let id = entry.id { guideline.source["inputs"] = .array([.string(id)]) }
        if let input = entry.input { guideline.examples = [input] }
        return try guideline.validated(at: form.location)
    }

    /// YAML has no control characters, in comments neither.
    private static func commented(_ line: Substring) -> String {
        String(
            String.UnicodeScalarView(
                line.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }))
    }
}
