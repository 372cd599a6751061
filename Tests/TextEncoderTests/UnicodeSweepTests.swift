import Foundation
import Platform
import Testing

@testable import TextEncoder

/// All 1,112,064 Unicode scalars, in blocks of 4,096, against digests of what the Python library makes of them.
@Suite("Every Unicode scalar is normalized and split as in the Python library")
struct UnicodeSweepTests {
    private static let digests = Result { try Fixtures.decode("tokenizer/sweep.json", as: [[String]].self) }

    /// Digests, block by block, of `line` for each scalar.
    private func expect(_ column: Int, separator: String, _ line: (Unicode.Scalar) -> String) throws {
        let expected = try Self.digests.get()[column]
        #expect(expected.count == 272)
        for (block, digest) in expected.enumerated() {
            var lines: [String] = []
            for value in (block << 12)..<((block + 1) << 12) {
                if let scalar = Unicode.Scalar(UInt32(value)) { lines.append(line(scalar)) }
            }
            let ours = SHA256.hexadecimal(of: lines.joined(separator: separator)).prefix(8)
            #expect(ours == digest, "scalars from U+\(String(block << 12, radix: 16, uppercase: true))")
        }
    }

    private func expect(_ column: Int, before: String, after: String, _ normalizer: BertNormalizer) throws {
        try expect(column, separator: "\n") { scalar in
            var text = before + String(scalar) + after
            return text.withUTF8 { String(decoding: normalizer.normalized($0), as: UTF8.self) }
        }
    }

    @Test("with everything on")
    func everything() throws {
        try expect(
            0, before: "a", after: "b",
            .init(cleansText: true, separatesIdeographs: true, stripsAccents: true, lowercases: true))
    }

    @Test("of a cased model")
    func cased() throws {
        try expect(
            1, before: "", after: "",
            .init(cleansText: true, separatesIdeographs: true, stripsAccents: false, lowercases: false))
    }

    @Test("decomposed and without accents")
    func accents() throws {
        try expect(
            2, before: "a", after: "b",
            .init(cleansText: false, separatesIdeographs: false, stripsAccents: true, lowercases: false))
    }

    @Test("in lower case")
    func lowercase() throws {
        try expect(
            3, before: "a", after: "b",
            .init(cleansText: false, separatesIdeographs: false, stripsAccents: false, lowercases: true))
    }

    @Test("among marks that change places")
    func reordering() throws {
        try expect(
            4, before: "\u{302E}", after: "\u{1B44}\u{8D4}z",
            .init(cleansText: false, separatesIdeographs: false, stripsAccents: true, lowercases: false))
    }

    @Test("inside a word, down to the ids")
    func ids() throws {
        let tokenizer = try WordPieceTokenizer(contentsOf: Fixtures.url("tokenizer"))
        try expect(5, separator: " ") { scalar in
            let ids = tokenizer.encode("a" + String(scalar) + "b", addingSpecialTokens: false)
            return (ids + [-1]).map(String.init).joined(separator: " ")
        }
    }
}
