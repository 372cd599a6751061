import Foundation
import Testing

@testable import TextEncoder

@Suite("Static tables give the vectors of Model2Vec")
struct StaticEncoderTests {
    static let folders = ["static-f32", "static-f16", "static-i8", "static-i8-scales", "static-mapped"]

    @Test("within 1e-5", arguments: folders)
    func parity(folder: String) throws {
        let encoder = try StaticEncoder(contentsOf: Fixtures.url(folder))
        let cases: [VectorCase] = try Fixtures.decode("\(folder)/vectors.json")
        #expect(cases.count == 18 && encoder.dimension == 19)
        let batch = try encoder.encode(batch: cases.map(\.text), threads: 2, progress: nil)
        for (index, item) in cases.enumerated() {
            let vector = try encoder.encode(item.text)
            #expect(zip(vector, item.floats).allSatisfy { abs($0 - $1) < 1e-5 }, "\(item.text.debugDescription)")
            #expect(Array(batch[index]) == vector)
        }
    }

    @Test("a text without a known token has a row of zeros")
    func unknownOnly() throws {
        let encoder = try StaticEncoder(contentsOf: Fixtures.url("static-f32"))
        for text in ["", "  ", "\u{0}", String(repeating: "x", count: 300), "\u{10FFFF}"] {
            #expect(try encoder.encode(text) == [Float](repeating: 0, count: 19))
        }
    }

    @Test("the maximum length is that of the reference")
    func maximumLength() throws {
        let lengths = try Self.folders.map { try StaticEncoder(contentsOf: Fixtures.url($0)).maximumTokenCount }
        #expect(lengths == [512, 7, .max, 512, 512])
    }

    @Test("a table that does not fit the tokenizer or the configuration is refused")
    func mismatch() throws {
        func failure(
            _ fixture: String, _ damage: (URL) throws -> Void
        ) throws -> EncoderError? {
            try withCopy(of: fixture) { folder in
                try damage(folder)
                return encoderError { _ = try PretrainedEncoder.load(from: folder) }
            }
        }
        /// Changes the header without moving the data: `old` and `new` are equally long.
        func header(_ old: String, _ new: String) -> (URL) throws -> Void {
            return { folder in
                let url = folder.appendingPathComponent("model.safetensors")
                var data = try Data(contentsOf: url)
                guard old.utf8.count == new.utf8.count, let range = data.range(of: Data(old.utf8)) else {
                    throw CocoaError(.fileReadCorruptFile)
                }
                data.replaceSubrange(range, with: Data(new.utf8))
                try data.write(to: url, options: .atomic)
            }
        }
        let hidden = try failure("static-f32") {
            try $0.appendingPathComponent("config.json").replace("\"hidden_dim\":19", with: "\"hidden_dim\":20")
        }
        guard case .invalidField(_, "hidden_dim", _) = hidden else { throw CocoaError(.featureUnsupported) }
        let maximum = try failure("static-f16") {
            try $0.appendingPathComponent("config.json").replace("\"max_length\":7", with: "\"max_length\":0")
        }
        guard case .invalidField(_, "max_length", _) = maximum else { throw CocoaError(.featureUnsupported) }
        let name = try failure("static-f32", header("\"embeddings\"", "\"embeddingz\""))
        guard case .missingTensor(_, "embeddings") = name else { throw CocoaError(.featureUnsupported) }
        // Without its mapping, the table has fewer rows than there are tokens.
        let rows = try failure("static-mapped", header("\"mapping\"", "\"napping\""))
        guard case .mismatchedTensor(_, "embeddings", _, _) = rows else { throw CocoaError(.featureUnsupported) }
        let mapping = try failure("static-mapped", header("\"dtype\":\"I64\"", "\"dtype\":\"F64\""))
        guard case .mismatchedTensor(_, "mapping", _, _) = mapping else { throw CocoaError(.featureUnsupported) }
        let outside = try failure("static-mapped") { folder in
            let url = folder.appendingPathComponent("model.safetensors")
            let range = try SafetensorsFile(contentsOf: url).tensor("mapping").byteRange
            var data = try Data(contentsOf: url)
            data[range.lowerBound] = 40
            try data.write(to: url, options: .atomic)
        }
        guard case .corruptWeights = outside else { throw CocoaError(.featureUnsupported) }
    }
}
