#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Loads whichever encoder a folder holds.
public enum PretrainedEncoder {
    /// Loads a Hugging Face folder: a ``StaticEncoder`` where `config.json` says `model2vec`.
    ///
    /// - Throws: ``EncoderError``, which names the file and the field, line or tensor at fault.
    public static func load(from folder: URL) throws -> any SentenceEncoder {
        let folder = ModelFolder(path: folder.path)
        let config = try folder.json("config.json")
        let type = try config.required("model_type")
        switch try type.string() {
        case "model2vec": return try StaticEncoder(folder: folder, config: config)
        default: throw type.unsupported()
        }
    }
}
