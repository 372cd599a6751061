import Foundation

/// What comes with Fingerpost: the bundled encoder and the sample corpus, found wherever the program runs.
///
/// Each is looked for in ``searchedLocations``, in that order, and the first folder that holds it is taken. A missing
/// resource is an error that lists every place looked at; nothing here traps, as `Bundle.module` would.
public enum BundledModels {
    /// The environment variable that names a folder to use in place of all others. It must then hold what is asked for.
    public static let environmentVariable = "FINGERPOST_MODELS"

    /// The folder of the bundled encoder, in the layout of a Hugging Face model.
    ///
    /// - Throws: ``ResourceError`` if no place holds it.
    public static func encoderFolder() throws(ResourceError) -> URL {
        try ResourceSearch.ofThisProcess().find(.encoder)
    }

    /// The folder of the sample corpus: `guidelines.jsonl`, and `queries.jsonl` with held-out inputs.
    ///
    /// - Throws: ``ResourceError`` if no place holds it.
    public static func sampleCorpus() throws(ResourceError) -> URL {
        try ResourceSearch.ofThisProcess().find(.sampleCorpus)
    }

    /// The folders that are looked in, in their order: the one ``environmentVariable`` names, alone; or else the
    /// package's resource bundle beside the executable, what `make install` laid out around the executable, and the
    /// resources of the app, framework or test bundle that this code is part of.
    public static var searchedLocations: [URL] { ResourceSearch.ofThisProcess().locations }
}
