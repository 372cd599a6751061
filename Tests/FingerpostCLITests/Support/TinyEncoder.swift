import Foundation
import Platform

/// An encoder that loads in no time: a static table of random vectors over a few dozen words, in the layout of Model2Vec.
enum TinyEncoder {
    static let words = [
        "the", "a", "an", "to", "of", "and", "or", "not", "do", "how", "what", "is", "in", "on", "for", "with", "my",
        "your",
        "never", "always", "give", "refuse", "explain", "help", "tell", "ask", "user", "person", "child", "doctor",
        "lock", "pick", "house", "car", "tracker", "phone", "password", "secret", "poison", "medicine", "dose", "law",
        "court", "money", "tax", "bank", "loan", "weapon", "knife", "gun", "bomb", "fire", "water", "food", "recipe",
        "story", "poem", "code", "virus", "email", "letter", "school", "exam", "cheat", "copy", "song", "book", "film",
        "vote", "election", "rumour", "news", "truth", "lie", "angry", "sad", "alone", "hurt", "safe", "danger",
        "stranger", "friend", "enemy", "boss", "work", "pay", "fair", "group", "insult", "respect", "private", "public",
        "rule", "number", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ]

    /// Writes the folder; another seed gives another encoder over the same words.
    static func write(to folder: URL, seed: UInt64 = 1, dimension: Int = 16) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "##s"] + words
        var vocabulary: [String: Int] = [:]
        for (id, piece) in pieces.enumerated() { vocabulary[piece] = id }
        let tokenizer: [String: Any] = [
            "version": "1.0", "truncation": NSNull(), "padding": NSNull(), "added_tokens": [Any](),
            "normalizer": [
                "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": NSNull(),
                "lowercase": true,
            ],
            "pre_tokenizer": ["type": "BertPreTokenizer"], "post_processor": NSNull(), "decoder": NSNull(),
            "model": [
                "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100, "vocab": vocabulary,
            ],
        ]
        let config: [String: Any] = [
            "model_type": "model2vec", "hidden_dim": dimension, "max_length": 512, "normalize": true,
            "name": "tiny-\(seed)",
        ]
        try JSONSerialization.data(withJSONObject: tokenizer).write(to: folder.appendingPathComponent("tokenizer.json"))
        try JSONSerialization.data(withJSONObject: config).write(to: folder.appendingPathComponent("config.json"))

        var generator = SplitMix64(seed: seed)
        var weights = Data()
        for _ in 0..<(pieces.count * dimension) {
            let value = Float.random(in: -1...1, using: &generator)
            withUnsafeBytes(of: value.bitPattern.littleEndian) { weights.append(contentsOf: $0) }
        }
        var header = Data(
            #"{"embeddings":{"dtype":"F32","shape":[\#(pieces.count),\#(dimension)],"data_offsets":[0,\#(weights.count)]}}"#
                .utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        var file = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        try (file + header + weights).write(to: folder.appendingPathComponent("model.safetensors"))
    }
}
