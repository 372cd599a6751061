import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("Token ids are those of the Python library")
struct TokenizerParityTests {
    private static func tokenizer() throws -> WordPieceTokenizer {
        try WordPieceTokenizer(contentsOf: Fixtures.url("tokenizer"))
    }

    private static func expectParity(_ tokenizer: WordPieceTokenizer, _ cases: [TokenizerCase]) {
        for item in cases {
            let ids = tokenizer.encode(item.text)
            #expect(ids == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test("on ordinary texts in many languages")
    func ordinary() throws {
        let cases: [TokenizerCase] = try Fixtures.decodeLines("tokenizer/texts.jsonl")
        #expect(cases.count == 1500)
        Self.expectParity(try Self.tokenizer(), cases)
    }

    @Test("on nasty texts")
    func nasty() throws {
        let cases: [TokenizerCase] = try Fixtures.decodeLines("tokenizer/nasty.jsonl")
        #expect(cases.count > 200)
        Self.expectParity(try Self.tokenizer(), cases)
    }

    private struct Repeated: Decodable {
        var text: String
        var count: Int
        var ids: Int
        var sha256: String
    }

    @Test("on lines of a megabyte")
    func long() throws {
        let tokenizer = try Self.tokenizer()
        for item in try Fixtures.decode("tokenizer/repeated.json", as: [Repeated].self) {
            let ids = tokenizer.encode(String(repeating: item.text, count: item.count))
            #expect(ids.count == item.ids, "\(item.text.debugDescription)")
            let digest = SHA256.hexadecimal(of: ids.map(String.init).joined(separator: " "))
            #expect(digest == item.sha256, "\(item.text.debugDescription)")
        }
    }

    @Test("whatever the maximum, a longer text is cut to the same ids")
    func truncation() throws {
        let tokenizer = try Self.tokenizer()
        let cases: [TokenizerCase] = try Fixtures.decodeLines("tokenizer/texts.jsonl")
        for item in cases.prefix(200) {
            for maximum in [2, 3, 4, 7, 16, item.ids.count - 1, item.ids.count, item.ids.count + 1] where maximum > 1 {
                let expected = item.ids.count <= maximum ? item.ids : item.ids.prefix(maximum - 1) + item.ids.suffix(1)
                #expect(tokenizer.encode(item.text, maximumCount: maximum) == expected)
            }
            #expect(
                tokenizer.encode(item.text, addingSpecialTokens: false) == Array(item.ids.dropFirst().dropLast()))
        }
        #expect(tokenizer.encode("hello", maximumCount: 0).count == 2)
        #expect(tokenizer.encode("hello", addingSpecialTokens: false, maximumCount: 0).isEmpty)
    }

    @Test("with every setting of a tokenizer file")
    func variants() throws {
        // The tokenizer inside a line is cut out of the line as it stands.
        let data = try Data(contentsOf: Fixtures.url("tokenizer/variants.jsonl"))
        let lines = data.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 21)
        for line in lines {
            let document = try JSONDocument(Array(line), path: "variants.jsonl")
            let file = try document.root.required("tokenizer")
            let tokenizer = WordPieceTokenizer(try .init(tokenizerFile: file))
            let name = try document.root.required("name").string()
            for element in try document.root.required("cases").elements() {
                let text = try element.required("text").string()
                let ids = try element.required("ids").elements().map { try $0.integer(in: 0...10_000) }
                #expect(tokenizer.encode(text).map(Int.init) == ids, "\(name): \(text.debugDescription)")
            }
        }
    }

    private struct VocabularyFile: Decodable {
        var name: String
        var vocabulary: String
        var settings: AnyJSON?
        var cases: [TokenizerCase]
    }

    @Test("with vocab.txt and tokenizer_config.json")
    func vocabularyFiles() throws {
        let variants: [VocabularyFile] = try Fixtures.decodeLines("tokenizer/vocabulary-files.jsonl")
        #expect(variants.count == 6)
        for variant in variants {
            try withTemporaryFolder { folder in
                try folder.appendingPathComponent("vocab.txt").write(variant.vocabulary)
                if let settings = variant.settings {
                    try JSONEncoder().encode(settings).write(to: folder.appendingPathComponent("tokenizer_config.json"))
                }
                let tokenizer = try WordPieceTokenizer(contentsOf: folder)
                for item in variant.cases {
                    #expect(tokenizer.encode(item.text) == item.ids, "\(variant.name): \(item.text.debugDescription)")
                }
            }
        }
    }
}

/// JSON of any shape.
enum AnyJSON: Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
