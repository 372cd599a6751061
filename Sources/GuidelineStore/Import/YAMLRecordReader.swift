import Yams

/// Reads records from YAML: a list of records, a mapping whose `guidelines` is one, or a single record, in one or
/// several documents.
///
/// A document is held in memory as a whole, up to ``ImportOptions/maximumDocumentLength``. Where a field holds text,
/// a plain scalar is taken as it is written (`id: 007` is "007", `title: No` is "No"); everywhere else YAML's core
/// types count. Aliases and merge keys (`<<`) are expanded, up to a bound in proportion to the document.
final class YAMLRecordReader: RecordReader {
    private let name: String
    private let parser: Parser
    private let text: String
    private var converter: YAMLConverter
    private var pending: ArraySlice<Node> = []
    private var isFirst = true

    init(_ source: InputSource, options: ImportOptions) throws(GuidelineStoreError) {
        let window = try ByteWindow(source, capacity: options.bufferLength)
        name = window.name
        while try window.fill() {
            guard window.bytes.count <= options.maximumDocumentLength else {
                throw .tooLong(InputLocation(file: name), what: "document", limit: options.maximumDocumentLength)
            }
        }
        guard window.bytes.count <= options.maximumDocumentLength else {
            throw .tooLong(InputLocation(file: name), what: "document", limit: options.maximumDocumentLength)
        }
        text = try Self.decode(window)
        guard text.utf8.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
            throw .emptyFile(path: name)
        }
        converter = YAMLConverter(file: name, budget: 4 * text.utf8.count + 1000)
        do {
            parser = try Parser(yaml: text)
        } catch {
            throw Self.located(error, file: window.name)
        }
    }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        while true {
            if let node = pending.popFirst() { return try record(node) }
            guard let root = try nextRoot() else {
                if isFirst { throw .noRecords(path: name, hint: "the list of guidelines is empty") }
                return nil
            }
            pending = try records(in: root)[...]
        }
    }

    private func nextRoot() throws(GuidelineStoreError) -> Node? {
        do {
            return try parser.nextRoot()
        } catch {
            throw Self.located(error, file: name)
        }
    }

    private func records(in root: Node) throws(GuidelineStoreError) -> [Node] {
        switch root {
        case .sequence(let items): return Array(items)
        case .mapping(let members):
            if let list = members["guidelines"] {
                guard case .sequence(let items) = list else {
                    throw converter.syntax("\"guidelines\" must be a list", list)
                }
                return Array(items)
            }
            guard members["text"] != nil else {
                throw .noRecords(
                    path: name, hint: "the mapping has neither \"guidelines\" nor the \"text\" of a guideline")
            }
            return [root]
        case .scalar(let scalar) where scalar.string.isEmpty: return []
        default: throw converter.syntax("the document must be a list of guidelines", root)
        }
    }

    private func record(_ node: Node) throws(GuidelineStoreError) -> ImportedRecord {
        let location = converter.location(node)
        guard case .mapping = node else { throw converter.syntax("each guideline must be a mapping", node) }
        isFirst = false
        return ImportedRecord(members: try converter.record(node), location: location)
    }

    private static func decode(_ window: ByteWindow) throws(GuidelineStoreError) -> String {
        if let text = String(validating: window.bytes, as: UTF8.self) { return text }
        let fault = UTF8Validation.firstInvalidOffset(in: window.bytes) ?? 0
        let line = 1 + window.bytes.prefix(fault).count { $0 == 0x0A }
        throw .notUTF8(InputLocation(file: window.name, line: line), byteOffset: window.offset + fault)
    }

    /// Yams' error with its mark as the location.
    static func located(_ error: any Error, file: String) -> GuidelineStoreError {
        func syntax(_ line: Int?, _ column: Int?, _ problem: String) -> GuidelineStoreError {
            .syntax(InputLocation(file: file, line: line, column: column), format: "YAML", problem: problem)
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return syntax(mark.line, mark.column, problem)
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { 1 + yaml.prefix($0).count { $0.isNewline } }
            return syntax(line, nil, problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            return syntax(
                context.mark.line, context.mark.column, "the name \"\(duplicates.first ?? "")\" is given twice")
        default:
            return syntax(nil, nil, "\(error)")
        }
    }
}
