import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("A folder with a fault is refused by file and field")
struct TransformerErrorTests {
    private func failure(_ file: String, _ old: String, _ new: String) throws -> EncoderError? {
        try withCopy(of: "bert-mean-f32") { folder in
            try folder.appendingPathComponent(file).replace(old, with: new)
            return encoderError { _ = try PretrainedEncoder.load(from: folder) }
        }
    }

    @Test(
        "settings that we do not follow",
        arguments: [
            ("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"roberta\"", "model_type"),
            ("config.json", "\"hidden_act\": \"gelu\"", "\"hidden_act\": \"silu\"", "hidden_act"),
            ("config.json", "\"is_decoder\": false", "\"is_decoder\": true", "is_decoder"),
            (
                "config.json", "\"model_type\"", "\"position_embedding_type\": \"relative_key\", \"model_type\"",
                "position_embedding_type"
            ),
            ("config.json", "\"model_type\"", "\"quantization_config\": {}, \"model_type\"", "quantization_config"),
            (
                "modules.json", "\"sentence_transformers.models.Normalize\"", "\"sentence_transformers.models.Dense\"",
                "[2].type"
            ),
            (
                "1_Pooling/config.json", "\"pooling_mode_max_tokens\":false", "\"pooling_mode_max_tokens\":true",
                "pooling_mode_max_tokens"
            ),
            (
                "1_Pooling/config.json", "\"pooling_mode_cls_token\":false", "\"pooling_mode\":\"lasttoken\"",
                "pooling_mode"
            ),
            (
                "1_Pooling/config.json", "\"pooling_mode_cls_token\":false", "\"pooling_mode\":[\"cls\",\"mean\"]",
                "pooling_mode"
            ),
        ])
    func unsupported(file: String, old: String, new: String, field: String) throws {
        let error = try #require(try failure(file, old, new))
        guard case .unsupportedField(let path, let found, _) = error else { throw error }
        #expect(found == field && path.hasSuffix(file))
    }

    @Test(
        "settings that make no sense",
        arguments: [
            ("config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "num_attention_heads"),
            ("config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 0", "num_attention_heads"),
            ("config.json", "\"hidden_size\": 32", "\"hidden_size\": -32", "hidden_size"),
            ("config.json", "\"hidden_size\": 32", "\"hidden_size\": \"32\"", "hidden_size"),
            ("config.json", "\"hidden_size\": 32,", "", "hidden_size"),
            ("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 99999999", "num_hidden_layers"),
            ("config.json", "\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": -1", "layer_norm_eps"),
            ("sentence_bert_config.json", "24", "2", "max_seq_length"),
            ("sentence_bert_config.json", "24", "0", "max_seq_length"),
            ("1_Pooling/config.json", "\"pooling_mode_mean_tokens\":true", "\"x\":true", "(file)"),
        ])
    func invalid(file: String, old: String, new: String, field: String) throws {
        let error = try #require(try failure(file, old, new))
        guard case .invalidField(let path, let found, _) = error else { throw error }
        #expect(found == field && path.hasSuffix(file))
    }

    @Test(
        "sizes that are not those of the weights",
        arguments: [
            ("\"hidden_size\": 32", "\"hidden_size\": 64"), ("\"intermediate_size\": 64", "\"intermediate_size\": 32"),
            ("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 65"),
            ("\"type_vocab_size\": 2", "\"type_vocab_size\": 3"),
        ])
    func mismatched(old: String, new: String) throws {
        let error = try #require(try failure("config.json", old, new))
        guard case .mismatchedTensor = error else { throw error }
    }

    @Test("a layer too many is a missing tensor")
    func missingTensor() throws {
        let error = try #require(try failure("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"))
        guard case .missingTensor(_, "encoder.layer.2.attention.self.query.weight") = error else { throw error }
    }

    @Test("each file that must be there is missed by name")
    func missingFiles() throws {
        for name in ["config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"] {
            try withCopy(of: "bert-mean-f32") { folder in
                try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
                let error = try #require(encoderError { _ = try PretrainedEncoder.load(from: folder) })
                guard case .missingFile(let path) = error else { throw error }
                #expect(path.hasSuffix(name))
            }
        }
    }

    @Test("a default prompt would have to be put before every text")
    func prompt() throws {
        try withCopy(of: "bert-mean-f32") { folder in
            let file = folder.appendingPathComponent("config_sentence_transformers.json")
            try file.write(#"{"prompts":{"query":"query: ","none":""},"default_prompt_name":"none"}"#)
            _ = try PretrainedEncoder.load(from: folder)
            try file.replace("\"none\"}", with: "\"query\"}")
            let error = try #require(encoderError { _ = try PretrainedEncoder.load(from: folder) })
            guard case .unsupportedField(_, "default_prompt_name", _) = error else { throw error }
        }
    }

    @Test("without the files of sentence-transformers the mean is taken")
    func plainFolder() throws {
        try withCopy(of: "bert-mean-f32") { folder in
            let reference = try TransformerEncoder(contentsOf: folder)
            for name in ["modules.json", "1_Pooling", "sentence_bert_config.json"] {
                try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
            let plain = try TransformerEncoder(contentsOf: folder)
            #expect(plain.maximumTokenCount == 64)
            #expect(try plain.encode("keep it short") == reference.encode("keep it short"))
        }
    }

    @Test("the network may lie in a folder of its own")
    func nestedNetwork() throws {
        try withCopy(of: "bert-mean-f32") { folder in
            let expected = try TransformerEncoder(contentsOf: folder).encode("keep it short")
            let inner = folder.appendingPathComponent("0_Transformer")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
            for name in [
                "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
                "sentence_bert_config.json",
            ] {
                try FileManager.default.moveItem(
                    at: folder.appendingPathComponent(name), to: inner.appendingPathComponent(name))
            }
            try folder.appendingPathComponent("modules.json").replace(
                "\"path\":\"\"", with: "\"path\":\"0_Transformer\"")
            #expect(try PretrainedEncoder.load(from: folder).encode("keep it short") == expected)
        }
    }

    @Test("weights that are not finite are an error, not a vector")
    func notFinite() throws {
        try withCopy(of: "bert-mean-f32") { folder in
            let url = folder.appendingPathComponent("model.safetensors")
            let file = try SafetensorsFile(contentsOf: url)
            let range = try file.tensor("encoder.layer.1.output.LayerNorm.bias").byteRange
            var data = try Data(contentsOf: url)
            data.replaceSubrange(range.lowerBound..<(range.lowerBound + 4), with: [0, 0, 0xC0, 0x7F])
            try data.write(to: url, options: .atomic)
            let encoder = try PretrainedEncoder.load(from: folder)
            for body in [
                { _ = try encoder.encode("x") }, { _ = try encoder.encode(batch: ["x"], threads: 1, progress: nil) },
            ] {
                let error = try #require(encoderError(body))
                guard case .corruptWeights = error else { throw error }
            }
        }
    }

    @Test("damaged settings give an encoder or one of our errors")
    func damage() throws {
        var random = SplitMix64(seed: 21)
        try withCopy(of: "bert-mean-f32") { folder in
            for name in ["config.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json"] {
                let url = folder.appendingPathComponent(name)
                let sound = try Data(contentsOf: url)
                for _ in 0..<60 {
                    var data = sound
                    for _ in 0..<Int.random(in: 1...3, using: &random) {
                        data[Int.random(in: 0..<data.count, using: &random)] =
                            sound.randomElement(using: &random) ?? UInt8(ascii: "x")
                    }
                    try data.write(to: url)
                    do {
                        _ = try PretrainedEncoder.load(from: folder)
                    } catch {
                        #expect(error is EncoderError)
                    }
                }
                try sound.write(to: url)
            }
            _ = try PretrainedEncoder.load(from: folder)
        }
    }
}
