/// Why an encoder could not be loaded. Every case names the file at fault.
public enum EncoderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file that the folder must have is not there.
    case missingFile(path: String)
    /// A file exists but cannot be read.
    case unreadableFile(path: String, reason: String)
    /// Not JSON (RFC 8259, UTF-8), from the byte at `line` and `column` (both from 1; columns count bytes).
    case invalidJSON(path: String, line: Int, column: Int, reason: String)
    /// A field is missing, has the wrong type, or a value out of range. `field` is a path such as
    /// `model.vocab` or `added_tokens[2].id`.
    case invalidField(path: String, field: String, reason: String)
    /// A field asks for something that this library does not do. Ignoring it would give other tokens or vectors
    /// than the reference, so loading stops.
    case unsupportedField(path: String, field: String, value: String)
    /// A vocabulary that cannot be used.
    case invalidVocabulary(path: String, line: Int?, reason: String)
    /// A safetensors file that is truncated, inconsistent or not a safetensors file.
    case corruptWeights(path: String, reason: String)
    /// The weights lack a tensor that the configuration calls for.
    case missingTensor(path: String, name: String)
    /// A tensor is not of the shape or type that the configuration calls for.
    case mismatchedTensor(path: String, name: String, expected: String, found: String)

    public var description: String {
        switch self {
        case .missingFile(let path):
            "\(path): no such file. An encoder folder holds config.json, tokenizer.json (or vocab.txt) and "
                + "model.safetensors"
        case .unreadableFile(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .invalidJSON(let path, let line, let column, let reason):
            "\(path):\(line):\(column): not valid JSON: \(reason)"
        case .invalidField(let path, let field, let reason):
            "\(path): \(field): \(reason)"
        case .unsupportedField(let path, let field, let value):
            "\(path): \(field) is \(value), which is not supported; use a BERT-family or Model2Vec encoder with a "
                + "WordPiece tokenizer"
        case .invalidVocabulary(let path, let line, let reason):
            "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
        case .corruptWeights(let path, let reason):
            "\(path): not a usable safetensors file: \(reason). Fetch the file again"
        case .missingTensor(let path, let name):
            "\(path): has no tensor \(name), which the configuration calls for"
        case .mismatchedTensor(let path, let name, let expected, let found):
            "\(path): tensor \(name) is \(found) where the configuration calls for \(expected)"
        }
    }
}
