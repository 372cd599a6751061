import Foundation
import Testing

@testable import TextEncoder

/// Models that are too large to be committed.
@Suite("all-MiniLM-L6-v2")
struct PretrainedModelTests {
    private static let folder = ProcessInfo.processInfo.environment["FINGERPOST_MINILM"]
    private static let cases = ProcessInfo.processInfo.environment["FINGERPOST_TOKENIZER_CASES"]

    @Test(
        "ids are equal and vectors within 1e-4",
        .enabled(if: folder != nil, "set FINGERPOST_MINILM to the folder of all-MiniLM-L6-v2 to run this"))
    func miniLM() throws {
        let folder = URL(fileURLWithPath: try #require(Self.folder))
        let encoder = try PretrainedEncoder.load(from: folder)
        let tokenizer = try WordPieceTokenizer(contentsOf: folder)
        let cases: [VectorCase] = try Fixtures.decode("minilm.json")
        #expect(cases.count == 24 && encoder.maximumTokenCount == 256)
        let batch = try encoder.encode(batch: cases.map(\.text), threads: 2, progress: nil)
        for (index, item) in cases.enumerated() {
            #expect(tokenizer.encode(item.text, maximumCount: encoder.maximumTokenCount) == item.ids)
            let single = try encoder.encode(item.text)
            #expect(single.count == item.floats.count)
            #expect(zip(single, item.floats).allSatisfy { abs($0 - $1) < 1e-4 }, "\(item.text.debugDescription)")
            #expect(zip(batch[index], item.floats).allSatisfy { abs($0 - $1) < 1e-4 }, "\(item.text.debugDescription)")
        }
    }

    /// `Fixtures/compare_tokenizer.py` writes the cases and runs this.
    @Test(
        "ids are equal on the texts of a file",
        .enabled(if: folder != nil && cases != nil, "Fixtures/compare_tokenizer.py runs this on any number of texts"))
    func manyTexts() throws {
        let tokenizer = try WordPieceTokenizer(contentsOf: URL(fileURLWithPath: try #require(Self.folder)))
        let file = URL(fileURLWithPath: try #require(Self.cases))
        let cases: [TokenizerCase] = try Fixtures.decodeLines(Data(contentsOf: file))
        #expect(!cases.isEmpty)
        for item in cases {
            let ids = tokenizer.encode(item.text, maximumCount: .max)
            #expect(ids == item.ids, "\(item.text.debugDescription)")
        }
        print("compared \(cases.count) texts")
    }
}
