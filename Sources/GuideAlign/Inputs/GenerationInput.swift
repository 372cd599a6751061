import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// Something that users say to an assistant, for which guidelines are to be written.
public struct GenerationInput: Sendable, Hashable {
    public var id: String
    public var text: String
    /// What it is an instance of: one of the types of ``AttackType``, or a user's own.
    public var type: String?
    public var location: InputLocation?

    /// - Parameter id: Nil derives one from the text.
    public init(id: String? = nil, text: String, type: String? = nil, location: InputLocation? = nil) {
        self.id = id ?? Self.derivedID(text)
        self.text = text
        self.type = type
        self.location = location
    }

    /// `i_` and the first 16 digits of the text's SHA-256.
    public static func derivedID(_ text: String) -> String { "i_" + SHA256.hexadecimal(of: text).prefix(16) }
}

/// The inputs of some files, each text once.
public struct GenerationInputs: Sendable, Hashable {
    public var inputs: [GenerationInput] = []
    /// Inputs left out because an earlier one has the same text.
    public var repeated = 0

    public init(_ inputs: [GenerationInput] = []) { self.inputs = inputs }

    /// Reads JSON Lines of `{"id","text"}`, or `query` or `prompt` in the place of `text`, with a `type` or not; of
    /// files whose names end in `.txt`, each line is an input. Names may end in `.gz`; `-` is standard input, in JSON
    /// Lines.
    ///
    /// - Throws: `GuidelineStoreError` with the line at fault: no text, a wrong type, an id that another text has, or
    ///   nothing in any of the files.
    public static func read(_ paths: [String]) throws -> GenerationInputs {
        var reading = Reading()
        for path in paths {
            let source = path == "-" ? .standardInput : try CompressedFile.source(path)
            let name = path.hasSuffix(CompressedFile.ending) ? String(path.dropLast(3)) : path
            if name.lowercased().hasSuffix(".txt") {
                let text = try source.text(limit: 1 << 30)
                for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                    .enumerated()
                {
                    let words = ListLine.trimmed(line)
                    guard !words.isEmpty else { continue }
                    try reading.add(
                        GenerationInput(
                            text: String(words), location: InputLocation(file: source.name, line: number + 1)))
                }
            } else {
                let lines = try JSONLinesReader(source)
                while let line = try lines.next() { try reading.add(input(line)) }
            }
        }
        guard !reading.result.inputs.isEmpty else {
            throw GuidelineStoreError.noRecords(
                path: paths.joined(separator: ", "), hint: "a line holds an input, {\"id\",\"text\"}")
        }
        return reading.result
    }

    private struct Reading {
        var result = GenerationInputs()
        private var byID: [String: Int] = [:]
        private var texts: Set<String> = []

        mutating func add(_ input: GenerationInput) throws(GuidelineStoreError) {
            if let index = byID[input.id], result.inputs[index].text != input.text {
                throw .duplicateID(input.id, first: result.inputs[index].location, second: input.location)
            }
            guard texts.insert(input.text).inserted else {
                result.repeated += 1
                return
            }
            byID[input.id] = result.inputs.count
            result.inputs.append(input)
        }
    }

    private static func input(_ line: JSONLine) throws(GuidelineStoreError) -> GenerationInput {
        func text(_ name: String) throws(GuidelineStoreError) -> String? {
            switch line.members[name] {
            case nil, .null?: return nil
            case .string(let text)?: return text
            case let value?: throw .invalidField(name, problem: "must be text, not \(value.typeName)", line.location)
            }
        }
        var found: String?
        for name in ["text", "query", "prompt"] where found == nil { found = try text(name) }
        guard let found else {
            throw .invalidField("text", problem: "is missing (query and prompt are read too)", line.location)
        }
        let words = String(ListLine.trimmed(found[...]))
        guard !words.isEmpty else { throw .emptyText(field: "text", line.location) }
        // What a library cannot hold as an id is no id here either.
        let id = try text("id").flatMap { $0.isEmpty ? nil : $0 }
        return GenerationInput(id: id, text: words, type: try text("type"), location: line.location)
    }
}
