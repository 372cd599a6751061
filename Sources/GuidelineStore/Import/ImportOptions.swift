import Foundation

/// A file format that guidelines are read from.
public enum ImportFormat: String, Sendable, CaseIterable {
    /// JSON Lines: one record a line.
    case jsonl
    /// An array of records, an object with `guidelines`, or one record.
    case json
    /// RFC 4180 with a header line.
    case csv
    /// As CSV, with tabs.
    case tsv
    case yaml
    /// Each heading with its text is a guideline.
    case markdown

    /// The format that a file name's ending tells, upper or lower case.
    public init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "jsonl", "ndjson", "jsonlines": self = .jsonl
        case "json": self = .json
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "yaml", "yml": self = .yaml
        case "md", "markdown": self = .markdown
        default: return nil
        }
    }

    static let knownExtensions = "jsonl, ndjson, json, csv, tsv, yaml, yml, md and markdown"
}

/// Limits and choices of reading.
public struct ImportOptions: Sendable, Hashable {
    /// Longest line, record or Markdown section in bytes. Reading stops there, whatever the size of the file.
    public var maximumRecordLength = 16 << 20
    /// Longest YAML document, which is held in memory as a whole.
    public var maximumDocumentLength = 64 << 20
    /// The byte between cells where it is not the format's own, such as a semicolon.
    public var delimiter: UInt8?
    /// Bytes that are read at once.
    package var bufferLength = 1 << 18

    public init() {}
}

/// Where bytes are read from.
public enum InputSource: Sendable, Hashable {
    case file(URL)
    case standardInput
    /// Bytes in memory, with the name that errors give them.
    case bytes([UInt8], name: String)

    /// A path as commands are given it; `-` is standard input.
    public init(argument: String) {
        self = argument == "-" ? .standardInput : .file(URL(fileURLWithPath: argument))
    }

    /// What errors call it.
    public var name: String {
        switch self {
        case .file(let url): url.relativePath
        case .standardInput: "standard input"
        case .bytes(_, let name): name
        }
    }
}
