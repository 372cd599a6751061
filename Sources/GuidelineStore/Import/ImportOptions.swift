import Foundation

/// Limits and choices of reading.
public struct ImportOptions: Sendable, Hashable {
    /// Longest line, record or Markdown section in bytes. Reading stops there, whatever the size of the file.
    public var maximumRecordLength = 16 << 20
    /// Longest YAML document, which is held in memory as a whole.
    public var maximumDocumentLength = 64 << 20
    /// The byte between cells where it is not the format's own, such as a semicolon.
    public var delimiter: UInt8?
    /// How many of the questions that led to a guideline are kept as its examples, where a format pairs the two. The
    /// first ones are; how many there were in all is kept as `support`.
    public var maximumExamples = 8
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
