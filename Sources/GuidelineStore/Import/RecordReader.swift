/// A record as a format's reader found it, before its fields are interpreted.
struct ImportedRecord {
    var members: [String: JSONValue]
    var location: InputLocation
}

/// What each format's reader does: hand out the records of an input, in order, in bounded memory.
protocol RecordReader: AnyObject {
    func next() throws(GuidelineStoreError) -> ImportedRecord?
}

extension ImportFormat {
    func reader(for source: InputSource, options: ImportOptions) throws(GuidelineStoreError) -> any RecordReader {
        switch self {
        case .jsonl: try JSONLinesRecordReader(source, options: options)
        case .json: try JSONRecordReader(source, options: options)
        case .csv: try DelimitedRecordReader(source, delimiter: options.delimiter ?? 0x2C, options: options)
        case .tsv: try DelimitedRecordReader(source, delimiter: options.delimiter ?? 0x09, options: options)
        case .yaml: try YAMLRecordReader(source, options: options)
        case .markdown: try MarkdownRecordReader(source, options: options)
        }
    }
}

final class JSONLinesRecordReader: RecordReader {
    private let lines: JSONLinesReader
    private var isEmpty = true

    init(_ source: InputSource, options: ImportOptions) throws(GuidelineStoreError) {
        lines = try JSONLinesReader(source, options: options)
    }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        guard let line = try lines.next() else {
            if isEmpty { throw .emptyFile(path: lines.name) }
            return nil
        }
        isEmpty = false
        return ImportedRecord(members: line.members, location: line.location)
    }
}
