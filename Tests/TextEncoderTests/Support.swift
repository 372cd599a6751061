import Foundation

@testable import TextEncoder

/// The committed fixtures; `Fixtures/make_fixtures.py` makes them from the Python libraries.
enum Fixtures {
    static func url(_ path: String) throws -> URL {
        guard let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return folder.appendingPathComponent(path)
    }

    static func decode<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }

    static func decodeLines<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> [Value] {
        try decodeLines(Data(contentsOf: url(path)))
    }

    static func decodeLines<Value: Decodable>(_ data: Data) throws -> [Value] {
        try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Value.self, from: Data($0)) }
    }
}

/// A text and the ids of the reference.
struct TokenizerCase: Decodable {
    var text: String
    var ids: [Int32]
}

/// A text and the vector of the reference, little-endian float32 in base64.
struct VectorCase: Decodable {
    var text: String
    var vector: Data
    var ids: [Int32]?

    var floats: [Float] {
        stride(from: 0, to: vector.count, by: 4).map { offset in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(vector[offset + $1]) << UInt32($1 * 8) })
        }
    }
}

/// A folder that is there while `body` runs.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("text-encoder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// A copy of a fixture's folder that a test may damage.
func withCopy<Result>(of fixture: String, _ body: (URL) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        let copy = folder.appendingPathComponent("copy")
        try FileManager.default.copyItem(at: Fixtures.url(fixture), to: copy)
        return try body(copy)
    }
}

extension URL {
    func write(_ text: String) throws { try Data(text.utf8).write(to: self) }

    /// Replaces the only occurrence of a piece of text in the file.
    func replace(_ old: String, with new: String) throws {
        let text = try String(contentsOf: self, encoding: .utf8)
        guard text.components(separatedBy: old).count == 2 else { throw CocoaError(.fileReadCorruptFile) }
        try write(text.replacingOccurrences(of: old, with: new))
    }
}

/// The error that `body` throws, if it is one of ours.
func encoderError(_ body: () throws -> Void) -> EncoderError? {
    do {
        try body()
        return nil
    } catch {
        return error as? EncoderError
    }
}
