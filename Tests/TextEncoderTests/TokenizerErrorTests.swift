import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("A tokenizer file that cannot be followed is refused by name")
struct TokenizerErrorTests {
    private static let file = """
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":0,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,
           "normalized":false,"special":true}],
         "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
           "lowercase":true},
         "pre_tokenizer":{"type":"BertPreTokenizer"},
         "post_processor":{"type":"TemplateProcessing",
           "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
           "pair":[],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]}}},
         "decoder":null,
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
           "max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[CLS]":1,"hello":2,"##s":3}}}
        """

    private func load(_ text: String) throws -> WordPieceTokenizer {
        WordPieceTokenizer(try .init(tokenizerFile: JSONDocument(Array(text.utf8), path: "tokenizer.json").root))
    }

    private func failure(replacing old: String, with new: String) -> EncoderError? {
        #expect(Self.file.components(separatedBy: old).count == 2, "\(old)")
        return encoderError { _ = try load(Self.file.replacingOccurrences(of: old, with: new)) }
    }

    @Test("the file that the other tests change is sound")
    func sound() throws {
        #expect(try load(Self.file).encode("hellos HELLO x") == [1, 2, 3, 2, 0])
    }

    @Test(
        "unsupported settings",
        arguments: [
            ("\"version\":\"1.0\"", "\"version\":\"1.0\",\"surprise\":1", "surprise"),
            ("\"truncation\":null", "\"truncation\":{\"direction\":\"Left\",\"max_length\":9}", "truncation.direction"),
            (
                "\"truncation\":null", "\"truncation\":{\"strategy\":\"OnlySecond\",\"max_length\":9}",
                "truncation.strategy"
            ),
            ("\"single_word\":false", "\"single_word\":true", "added_tokens[0].single_word"),
            ("\"type\":\"BertNormalizer\"", "\"type\":\"NFKC\"", "normalizer.type"),
            ("\"clean_text\":true", "\"clean_text\":true,\"more\":1", "normalizer.more"),
            ("\"type\":\"BertPreTokenizer\"", "\"type\":\"Whitespace\"", "pre_tokenizer.type"),
            ("\"type\":\"TemplateProcessing\"", "\"type\":\"RobertaProcessing\"", "post_processor.type"),
            ("{\"id\":\"A\",\"type_id\":0}", "{\"id\":\"B\",\"type_id\":0}", "post_processor.single[1].Sequence.id"),
            (
                "{\"id\":\"A\",\"type_id\":0}", "{\"id\":\"A\",\"type_id\":1}",
                "post_processor.single[1].Sequence.type_id"
            ),
            ("\"type\":\"WordPiece\"", "\"type\":\"BPE\"", "model.type"),
            ("\"max_input_chars_per_word\":100", "\"max_chars\":100", "model.max_chars"),
        ])
    func unsupported(old: String, new: String, field: String) throws {
        let error = try #require(failure(replacing: old, with: new))
        guard case .unsupportedField(_, let found, _) = error else { throw error }
        #expect(found == field)
        #expect(error.description.contains(field))
    }

    @Test(
        "invalid settings",
        arguments: [
            ("\"lowercase\":true", "\"lowercase\":1", "normalizer.lowercase"),
            ("\"lowercase\":true", "\"lowercase\":null", "normalizer.lowercase"),
            ("\"lowercase\":true", "\"lowercase\":true,\"lowercase\":true", "normalizer.lowercase"),
            ("\"truncation\":null", "\"truncation\":{\"max_length\":-1}", "truncation.max_length"),
            ("\"truncation\":null", "\"truncation\":{\"max_length\":1}", "truncation.max_length"),
            ("\"truncation\":null", "\"truncation\":[]", "truncation"),
            ("{\"id\":0,\"content\"", "{\"id\":5,\"content\"", "added_tokens[0].id"),
            ("{\"id\":0,\"content\"", "{\"id\":99999999999,\"content\"", "added_tokens[0].id"),
            ("\"content\":\"[UNK]\"", "\"content\":\"\"", "added_tokens[0].content"),
            ("\"ids\":[1]", "\"ids\":[-1]", "post_processor.special_tokens.[CLS].ids[0]"),
            ("\"hello\":2", "\"hello\":2.5", "model.vocab.hello"),
            ("\"hello\":2", "\"hello\":-2", "model.vocab.hello"),
            ("\"hello\":2", "\"hello\":3000000000", "model.vocab.hello"),
            ("\"hello\":2", "\"hello\":null", "model.vocab.hello"),
            ("\"hello\":2", "\"hello\":2,\"hello\":4", "model.vocab"),
            ("\"max_input_chars_per_word\":100", "\"max_input_chars_per_word\":0", "model.max_input_chars_per_word"),
            ("\"max_input_chars_per_word\":100", "\"max_input_chars_per_word\":1e2", "model.max_input_chars_per_word"),
            (
                ",{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}", "", "post_processor.single"
            ),
        ])
    func invalid(old: String, new: String, field: String) throws {
        let error = try #require(failure(replacing: old, with: new))
        guard case .invalidField(_, let found, _) = error else { throw error }
        #expect(found == field)
    }

    @Test("a vocabulary without its unknown token")
    func missingUnknown() throws {
        let error = try #require(failure(replacing: "\"unk_token\":\"[UNK]\"", with: "\"unk_token\":\"<unk>\""))
        guard case .invalidVocabulary = error else { throw error }
    }

    @Test("a new added token must have the id that the library gives it")
    func newTokenID() throws {
        func token(_ id: Int) -> String {
            Self.file.replacingOccurrences(
                of: "\"added_tokens\":[", with: "\"added_tokens\":[{\"id\":\(id),\"content\":\"<new>\"},")
        }
        #expect(try load(token(4)).encode("a<NEW>b<new>") == [1, 0, 4, 0, 4])
        let error = try #require(encoderError { _ = try load(token(7)) })
        guard case .invalidField(_, "added_tokens[0].id", _) = error else { throw error }
    }

    @Test("an empty folder, and a folder that is not there")
    func missing() throws {
        try withTemporaryFolder { folder in
            for url in [folder, folder.appendingPathComponent("nowhere")] {
                let error = try #require(encoderError { _ = try WordPieceTokenizer(contentsOf: url) })
                guard case .missingFile = error else { throw error }
            }
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("tokenizer.json"), withIntermediateDirectories: false)
            let error = try #require(encoderError { _ = try WordPieceTokenizer(contentsOf: folder) })
            guard case .unreadableFile = error else { throw error }
        }
    }

    @Test("vocab.txt with faults")
    func vocabularyFile() throws {
        let sound = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n"
        func failure(_ vocabulary: [UInt8], _ settings: String?) throws -> EncoderError? {
            try withTemporaryFolder { folder in
                try Data(vocabulary).write(to: folder.appendingPathComponent("vocab.txt"))
                if let settings { try folder.appendingPathComponent("tokenizer_config.json").write(settings) }
                return encoderError { _ = try WordPieceTokenizer(contentsOf: folder) }
            }
        }
        #expect(try failure(Array(sound.utf8), nil) == nil)
        guard case .invalidVocabulary(_, line: 6, _) = try failure(Array(sound.utf8.dropLast()) + [0xFF], nil) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        guard case .invalidVocabulary(_, line: nil, _) = try failure(Array("[UNK]\n".utf8), nil) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        for (settings, field) in [
            ("{\"tokenizer_class\":\"RobertaTokenizer\"}", "tokenizer_class"),
            ("{\"do_basic_tokenize\":false}", "do_basic_tokenize"),
            ("{\"never_split\":[\"x\"]}", "never_split"),
            ("{\"additional_special_tokens\":[\"x\"]}", "additional_special_tokens"),
        ] {
            guard case .unsupportedField(_, field, _) = try failure(Array(sound.utf8), settings) else {
                throw CocoaError(.fileReadCorruptFile)
            }
        }
        guard case .invalidJSON(_, 2, 1, _) = try failure(Array(sound.utf8), "{\n") else {
            throw CocoaError(.fileReadCorruptFile)
        }
    }

    @Test("any damage to the file gives a tokenizer or one of our errors")
    func damage() throws {
        var random = SplitMix64(seed: 11)
        let sound = Array(Self.file.utf8)
        for _ in 0..<3000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: position)
                default: bytes.removeSubrange(position..<min(bytes.count, position + 40))
                }
            }
            do {
                let document = try JSONDocument(bytes, path: "tokenizer.json")
                let tokenizer = WordPieceTokenizer(try .init(tokenizerFile: document.root))
                _ = tokenizer.encode("hellos [UNK] \u{e9}")
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
