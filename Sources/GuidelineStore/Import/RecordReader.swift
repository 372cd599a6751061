/// A record as a format's reader found it, before its fields are interpreted.
struct ImportedRecord {
    var members: [String: JSONValue]
    var location: InputLocation
}

/// What each format's reader does: hand out the records of an input, in order, in bounded memory.
protocol RecordReader: AnyObject {
    func next() throws(GuidelineStoreError) -> ImportedRecord?

    /// Whether the record for which ``next()`` has just thrown was passed over, so that it can be called again.
    var hasPassedFault: Bool { get }
    /// What the records are, once the first has been handed out.
    var format: ImportFormat { get }
    /// Members of the document beside its list of records, once all have been handed out.
    var remainder: [String: JSONValue] { get }
}

extension RecordReader {
    var remainder: [String: JSONValue] { [:] }
}

extension ImportFormat {
    /// The reader of an input. A nil `requested` is decided by the name's ending and the content.
    static func reader(
        for source: InputSource, requested: ImportFormat?, options: ImportOptions
    ) throws(GuidelineStoreError) -> any RecordReader {
        let container = try container(of: source, requested: requested)
        let shape = RecordShape(requested: requested, base: container)
        switch container {
        case .csv, .tsv:
            let delimiter = options.delimiter ?? (container == .csv ? 0x2C : 0x09)
            return try DelimitedRecordReader(
                source, delimiter: delimiter, format: requested ?? container, options: options)
        case .yaml: return try YAMLRecordReader(source, shape: shape, options: options)
        case .markdown: return try MarkdownRecordReader(source, options: options)
        case .json: return try JSONRecordReader(source, shape: shape, options: options)
        default: return try JSONLinesRecordReader(source, shape: shape, options: options)
        }
    }

    /// The native format in whose dress the records come: the one asked for; for those of other programs the one that
    /// the name's ending tells, if they come in it, or else the usual one.
    private static func container(
        of source: InputSource, requested: ImportFormat?
    ) throws(GuidelineStoreError) -> ImportFormat {
        if let requested, requested.isNative { return requested }
        let named: ImportFormat? = if case .standardInput = source { nil } else { ImportFormat(path: source.name) }
        guard let requested else {
            if case .standardInput = source { return .jsonl }
            if let named { return named }
            // A missing file is the nearer fault than a name that tells nothing.
            if case .file = source { _ = try ByteWindow(source, capacity: 0) }
            throw .unknownFormat(path: source.name)
        }
        switch requested {
        case .dprTSV: return named == .csv ? .csv : .tsv
        case .guideAlignRules: return named == .json || named == .yaml ? named ?? .jsonl : .jsonl
        case .nemoPolicies: return named == .json || named == .jsonl ? named ?? .yaml : .yaml
        default: return named == .jsonl || named == .yaml ? named ?? .json : .json
        }
    }
}

final class JSONLinesRecordReader: RecordReader {
    private let lines: JSONLinesReader
    private var records: RecordFormat
    private var isEmpty = true

    init(_ source: InputSource, shape: RecordShape, options: ImportOptions) throws(GuidelineStoreError) {
        lines = try JSONLinesReader(source, options: options)
        records = RecordFormat(shape)
    }

    var format: ImportFormat { records.format }
    var hasPassedFault: Bool { lines.hasPassedFault }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        let line: JSONLine
        do throws(GuidelineStoreError) {
            guard let next = try lines.next() else {
                if isEmpty { throw .emptyFile(path: lines.name) }
                return nil
            }
            line = next
        } catch {
            // A line that cannot be used is still something.
            isEmpty = isEmpty && !lines.hasPassedFault
            throw error
        }
        isEmpty = false
        records.note(line.members.keys)
        return ImportedRecord(members: line.members, location: line.location)
    }
}
