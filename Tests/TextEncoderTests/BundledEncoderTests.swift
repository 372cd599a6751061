import FingerpostResources
import Foundation
import Testing

@testable import TextEncoder

@Suite("The encoder that comes with Fingerpost")
struct BundledEncoderTests {
    private struct Parity: Decodable {
        struct Case: Decodable {
            var text: String
            /// Without unknown tokens.
            var ids: [Int32]
            var vector: [Float]
        }
        var dimensions: Int
        var maximumTokens: Int
        var cases: [Case]
    }

    private static let fixture = try? Fixtures.url("static-vectors.json")
    private static let hasFixture = fixture.map { FileManager.default.fileExists(atPath: $0.path) } ?? false

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

    @Test(
        "gives the ids and vectors of Model2Vec within 1e-5",
        .enabled(if: hasFixture, "models/recipe/fixtures_static.py makes static-vectors.json"))
    func parity() throws {
        let folder = try BundledModels.encoderFolder()
        let encoder = try PretrainedEncoder.load(from: folder)
        let tokenizer = try WordPieceTokenizer(contentsOf: folder)
        let parity: Parity = try Fixtures.decode("static-vectors.json")
        #expect(parity.cases.count >= 20 && encoder.dimension == parity.dimensions)
        #expect(encoder.maximumTokenCount == parity.maximumTokens)
        for item in parity.cases {
            let vector = try encoder.encode(item.text)
            #expect(zip(vector, item.vector).allSatisfy { abs($0 - $1) < 1e-5 }, "\(item.text.debugDescription)")
            let ids = tokenizer.encode(item.text, addingSpecialTokens: false, maximumCount: parity.maximumTokens)
            // The reference cuts very long texts once more, to a number of characters.
            if ids.count < parity.maximumTokens {
                #expect(ids.filter { $0 != tokenizer.unknownTokenID } == item.ids, "\(item.text.debugDescription)")
            }
        }
    }
}
