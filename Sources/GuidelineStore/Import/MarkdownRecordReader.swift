import Yams

/// Reads guidelines from Markdown: each heading is a title, what stands below it up to the next heading is the text.
///
/// - A heading without text under it and without headings below it is itself the text.
/// - Attributes (`{#id severity=high tags=a,b}`) are fields; unknown ones are kept. List values are split at commas and
///   semicolons.
/// - The headings above a nested one are kept in `source.path`.
/// - A comment of one line, `<!-- fingerpost {…} -->`, holds fields as JSON that neither a heading nor attributes can
///   carry; where it has a `text`, that is the text and the heading and what is below it are only for people to read.
/// - Front matter (between `---` lines at the top) gives defaults for all guidelines of the file: kind, status,
///   authority, priority, severity, risk, tags, lang, threshold and source; the rest of it is ignored, as is text above
///   the first heading.
final class MarkdownRecordReader: RecordReader {
    private struct Section {
        var level: Int
        var heading: String
        var line: Int
        var path: [String]
        var body: [String] = []
        var length = 0
        /// What a comment of ours says of the guideline.
        var fields: [String: JSONValue] = [:]
    }

    private let lines: LineReader
    private let limit: Int
    private var scanner = MarkdownScanner()
    private var defaults: [String: JSONValue] = [:]
    private var section: Section?
    private var path: [(level: Int, title: String)] = []
    private var ready: [ImportedRecord] = []
    private var isAtEnd = false
    private var isBlank = true
    private var hasRecords = false
    let format = ImportFormat.markdown
    private(set) var hasPassedFault = false

    init(_ source: InputSource, options: ImportOptions) throws(GuidelineStoreError) {
        limit = options.maximumRecordLength
        lines = try LineReader(source, options: options)
    }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        hasPassedFault = false
        while ready.isEmpty, !isAtEnd { try step() }
        guard !ready.isEmpty else {
            if isBlank { throw .emptyFile(path: lines.name) }
            if !hasRecords {
                throw .noRecords(path: lines.name, hint: "it has no heading; each heading with its text is read")
            }
            return nil
        }
        hasRecords = true
        return ready.removeFirst()
    }

    private func step() throws(GuidelineStoreError) {
        guard let line = try lines.next() else {
            isAtEnd = true
            if let (what, line) = scanner.unclosed() {
                throw .truncated(InputLocation(file: lines.name, line: line), format: "Markdown", problem: what)
            }
            return try finishSection(nextLevel: 0)
        }
        let text = try line.text(file: lines.name)
        if line.number == 1, text.trimmingWhiteSpace() == "---" { return try readFrontMatter() }
        if !line.isBlank { isBlank = false }
        if scanner.isInProse, let fields = MarkdownComment.fields(in: text) {
            section?.fields.merge(fields) { _, later in later }
            return
        }
        switch scanner.scan(text, number: line.number) {
        case .heading(let level, let heading): try begin(level, heading, line.number)
        case .underline(let level):
            guard let heading = takeLastLine() else { return }
            try begin(level, heading.trimmingWhiteSpace(), line.number - 1)
        case .text(let text): try append(text, line.number)
        case .none: break
        }
    }

    // MARK: Sections

    /// The line before an underline. Above the first heading lines are kept in a section without a level.
    private func takeLastLine() -> String? { section?.body.popLast() }

    private func append(_ text: String, _ line: Int) throws(GuidelineStoreError) {
        if section == nil { section = Section(level: 0, heading: "", line: line, path: []) }
        // The preamble is ignored, but its last line may turn out to be a heading.
        if section?.level == 0 { section?.body.removeAll() }
        section?.body.append(text)
        section?.length += text.utf8.count + 1
        if let section, section.level > 0, section.length > limit {
            throw .tooLong(InputLocation(file: lines.name, line: section.line), what: "section", limit: limit)
        }
    }

    private func begin(_ level: Int, _ heading: String, _ line: Int) throws(GuidelineStoreError) {
        // The new section begins whether or not the one before it can be used.
        defer {
            path.removeAll { $0.level >= level }
            section = Section(level: level, heading: heading, line: line, path: path.map(\.title))
            let title = (try? MarkdownAttributes.split(heading).title) ?? heading
            if !title.isEmpty { path.append((level, title)) }
        }
        try finishSection(nextLevel: level)
    }

    /// Hands out the current section, if it is a guideline, before a heading of `nextLevel` (0: the end).
    private func finishSection(nextLevel: Int) throws(GuidelineStoreError) {
        defer { section = nil }
        guard let section, section.level > 0 else { return }
        let location = InputLocation(file: lines.name, line: section.line)
        let (title, attributes): (String, MarkdownAttributes)
        do throws(MarkdownProblem) {
            (title, attributes) = try MarkdownAttributes.split(section.heading)
        } catch {
            hasPassedFault = true
            hasRecords = true
            throw .syntax(location, format: "Markdown", problem: error.text)
        }
        let body = section.body.joined(separator: "\n").trimmingWhiteSpace()
        guard !body.isEmpty || nextLevel <= section.level else { return }
        guard !body.isEmpty || !title.isEmpty else { return }

        var members = defaults
        members.merge(section.fields) { _, own in own }
        members.merge(GuidelineField.record(ofCells: attributes.cells, separators: [",", ";"])) { _, own in own }
        if section.fields["text"] == nil { members["text"] = .string(body.isEmpty ? title : body) }
        if !body.isEmpty, !title.isEmpty, section.fields["text"] == nil { members["title"] = .string(title) }
        if !section.path.isEmpty, section.fields["source"] == nil {
            var source: [String: JSONValue] = if case .object(let given) = members["source"] { given } else { [:] }
            source["path"] = .array(section.path.map(JSONValue.string))
            members["source"] = .object(source)
        }
        ready.append(ImportedRecord(members: members, location: location))
    }

    // MARK: Front matter

    private static let defaultFields: Set<GuidelineField> = [
        .kind, .status, .authority, .priority, .severity, .risk, .tags, .language, .threshold, .source,
    ]

    private func readFrontMatter() throws(GuidelineStoreError) {
        var yaml = "\n"
        while true {
            guard let line = try lines.next() else {
                throw .truncated(
                    InputLocation(file: lines.name, line: 1), format: "Markdown",
                    problem: "the front matter is not closed")
            }
            let text = try line.text(file: lines.name)
            if ["---", "..."].contains(text.trimmingWhiteSpace()) { break }
            yaml += text + "\n"
            guard yaml.utf8.count <= limit else {
                throw .tooLong(InputLocation(file: lines.name, line: 1), what: "front matter", limit: limit)
            }
        }
        isBlank = false
        do {
            guard let node = try Yams.compose(yaml: yaml), case .mapping = node else { return }
            var converter = YAMLConverter(file: lines.name, budget: 4 * yaml.utf8.count + 1000)
            let members = try converter.record(node)
            for field in Self.defaultFields { defaults[field.rawValue] = members[field.rawValue] }
        } catch let error as GuidelineStoreError {
            throw error
        } catch {
            throw YAMLRecordReader.located(error, file: lines.name)
        }
    }
}
