#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Loads whichever encoder a folder holds.
public enum PretrainedEncoder {
    /// Loads a Hugging Face folder: a ``StaticEncoder`` where `config.json` says `model2vec`, or else a
    /// ``TransformerEncoder``.
    ///
    /// - Parameter precision: what a ``TransformerEncoder`` computes in; a ``StaticEncoder`` has no choice.
    /// - Throws: ``EncoderError``, which names the file and the field, line or tensor at fault.
    public static func load(
        from folder: URL, precision: EncoderPrecision = .automatic
    ) throws -> any SentenceEncoder {
        let folder = ModelFolder(path: folder.path)
        if let config = try folder.jsonIfPresent("config.json"),
            try config.optional("model_type")?.string() == "model2vec"
        {
            return try StaticEncoder(folder: folder, config: config)
        }
        // Without a `config.json` of its own, the folder may still name a network in a folder beneath it.
        return try TransformerEncoder(folder: folder, precision: precision)
    }
}
