#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WordPieceTokenizer {
    /// Loads the tokenizer of a model's folder: `tokenizer.json`, or else `vocab.txt` with `tokenizer_config.json`.
    ///
    /// O(bytes); a vocabulary of 30,000 pieces takes a few milliseconds.
    /// - Throws: ``EncoderError``, which names the file, and the field or line, at fault.
    public init(contentsOf folder: URL) throws(EncoderError) {
        try self.init(folder: ModelFolder(path: folder.path))
    }

    init(folder: ModelFolder) throws(EncoderError) {
        if let root = try folder.jsonIfPresent("tokenizer.json", table: .init(outer: "model", inner: "vocab")) {
            self.init(try Configuration(tokenizerFile: root))
        } else if let vocabulary = try folder.bytesIfPresent("vocab.txt") {
            self.init(
                try Configuration(
                    vocabularyFile: vocabulary, path: folder.path(of: "vocab.txt"),
                    settings: try folder.jsonIfPresent("tokenizer_config.json"),
                    specialTokens: try folder.jsonIfPresent("special_tokens_map.json")))
        } else {
            throw EncoderError.missingFile(path: folder.path(of: "tokenizer.json"))
        }
    }
}
