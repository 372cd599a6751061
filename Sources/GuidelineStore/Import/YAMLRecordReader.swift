import Yams

/// Reads records from YAML: a list of records, a mapping whose `guidelines` is one (or another of
/// ``RecordShape/lists``), or a single record, in one or several documents.
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
    private var records: RecordFormat
    private var index = 0
    private(set) var hasPassedFault = false
    private(set) var remainder: [String: JSONValue] = [:]

    init(_ source: InputSource, shape: RecordShape, options: ImportOptions) throws(GuidelineStoreError) {
        records = RecordFormat(shape)
        name = source.name
        text = try source.text(limit: options.maximumDocumentLength, bufferLength: options.bufferLength)
        guard text.utf8.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
            throw .emptyFile(path: name)
        }
        converter = YAMLConverter(file: name, budget: 4 * text.utf8.count + 1000)
        do {
            parser = try Parser(yaml: text)
        } catch {
            throw Self.located(error, file: source.name)
        }
    }

    var format: ImportFormat { records.format }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        hasPassedFault = false
        while true {
            if let node = pending.popFirst() { return try record(node) }
            guard let root = try nextRoot() else {
                if index == 0 { throw .noRecords(path: name, hint: "the list of guidelines is empty") }
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
            for name in records.shape.lists where name == "guidelines" || members["text"] == nil {
                guard let node = members[name] else { continue }
                guard case .sequence(let items) = node else {
                    throw converter.syntax("\"\(name)\" must be a list", node)
                }
                records.list = name
                try keepRemainder(of: members)
                return Array(items)
            }
            guard records.shape.isRecord(Self.names(of: members)) else {
                throw .noRecords(path: name, hint: records.shape.hint.replacing("the object", with: "the mapping"))
            }
            return [root]
        case .scalar(let scalar) where scalar.string.isEmpty: return []
        default: throw converter.syntax("the document must be a list of guidelines", root)
        }
    }

    private func record(_ node: Node) throws(GuidelineStoreError) -> ImportedRecord {
        index += 1
        hasPassedFault = true
        guard case .mapping(let mapping) = node else {
            throw converter.syntax("each guideline must be a mapping", node)
        }
        records.note(Self.names(of: mapping))
        var location = converter.location(node)
        location.record = index
        let members = try converter.record(node, textNames: RecordShape.textNames(format))
        hasPassedFault = false
        return ImportedRecord(members: members, location: location)
    }

    /// Relationships of Parlant stand beside the list.
    private func keepRemainder(of mapping: Node.Mapping) throws(GuidelineStoreError) {
        guard let node = mapping["relationships"], case .sequence(let items) = node else { return }
        var values: [JSONValue] = []
        for item in items {
            values.append(.object(try converter.record(item, textNames: ["source", "target", "kind"])))
        }
        remainder["relationships"] = .array(values)
    }

    private static func names(of mapping: Node.Mapping) -> [String] { mapping.compactMap { $0.key.string } }

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
