import Platform

/// The identity of an encoder that lies in a folder; hashing the weights waits until somebody asks.
final class WeightsIdentity: Sendable {
    private let name: String
    private let dimension: Int
    private let file: SafetensorsFile
    private let cached = Locked<EncoderIdentity?>(nil)

    /// The name is the `name` of `config.json`, or else that of the folder.
    init(
        folder: ModelFolder, config: JSONElement, file: SafetensorsFile, dimension: Int
    ) throws(EncoderError) {
        name = try config.optional("name")?.string() ?? folder.name
        self.file = file
        self.dimension = dimension
    }

    var identity: EncoderIdentity {
        cached.withLock { cached in
            if let cached { return cached }
            let identity = EncoderIdentity(name: name, sha256: file.digest(), dimension: dimension)
            cached = identity
            return identity
        }
    }
}

extension SentenceEncoder {
    /// - Throws: `corruptWeights` where a row has a number that is not finite: only weights that are not give one.
    static func requireFinite(_ row: ArraySlice<Float>, path: String) throws(EncoderError) {
        for value in row where !value.isFinite {
            throw EncoderError.corruptWeights(path: path, reason: "its numbers give a vector that is not finite")
        }
    }
}
