import FingerpostResources
import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("The encoder that comes with Fingerpost")
struct BundledEncoderTests {
    private struct Parity: Decodable {
        struct Case: Decodable {
            var text: String
            /// With the special tokens.
            var ids: [Int32]
            var vector: [Float]
        }
        var dimensions: Int
        var maximumTokens: Int
        var cases: [Case]
    }

    @Test("loads, and puts like texts nearer than unlike ones")
    func loads() throws {
        let encoder = try PretrainedEncoder.load(from: BundledModels.encoderFolder())
        #expect(encoder.identity.sha256.count == 64)
        let question = try encoder.encode("May I read the diary of my daughter?")
        func similarity(_ text: String) throws -> Float {
            try zip(question, encoder.encode(text)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(try similarity(String("May I read the diary of my daughter?")) > 0.999)
        #expect(
            try similarity("You should not read someone's private diary.")
                > similarity("Quote prices in euros, tax included."))
    }

    @Test("has the digests that its SHA256SUMS says, of every file, in 16 MB at most")
    func digests() throws {
        let folder = try BundledModels.encoderFolder()
        let lines = try String(contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)
        var listed: [String: String] = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            listed[try #require(parts.last)] = parts.first
        }
        var names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        names.removeAll { $0 == "1_Pooling" || $0 == "SHA256SUMS" }
        #expect(Set(names) == Set(listed.keys))
        var size = lines.utf8.count
        for name in names {
            let data = try Data(contentsOf: folder.appending(path: name))
            size += data.count
            #expect(data.withUnsafeBytes { SHA256.hexadecimal(of: $0) } == listed[name], Comment(rawValue: name))
        }
        #expect(size <= 16_000_000)
    }

    /// `models/recipe/fixtures.py` makes the vectors that it is held against.
    @Test("gives the ids of Hugging Face's tokenizer and the vectors of sentence-transformers")
    func parity() throws {
        let folder = try BundledModels.encoderFolder()
        let exact = try PretrainedEncoder.load(from: folder, precision: .float32)
        let fast = try PretrainedEncoder.load(from: folder)
        let tokenizer = try WordPieceTokenizer(contentsOf: folder)
        let parity: Parity = try Fixtures.decode("bundled-vectors.json")
        #expect(parity.cases.count >= 20 && fast.dimension == parity.dimensions)
        #expect(fast.maximumTokenCount == parity.maximumTokens)
        for item in parity.cases {
            let name = Comment(rawValue: item.text.debugDescription)
            let vector = try exact.encode(item.text)
            #expect(zip(vector, item.vector).allSatisfy { abs($0 - $1) < 1e-4 }, name)
            let cosine = try zip(fast.encode(item.text), item.vector).reduce(0) { $0 + $1.0 * $1.1 }
            // Sentences stay above .996; the oddest of these texts are a token or two, or one word hundreds of times.
            #expect(cosine > 0.985, name)
            let ids = tokenizer.encode(item.text, addingSpecialTokens: true, maximumCount: parity.maximumTokens)
            #expect(ids == item.ids, name)
        }
    }
}
