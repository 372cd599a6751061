import Foundation
import FingerpostResources
import GuidelineStore
import TextEncoder

/// Finds and loads the encoder for a library.
enum EncoderLocator {
    /// An encoder and, unless the program brought it, the folder it came from.
    struct Located {
        var encoder: any SentenceEncoder
        var folder: URL?
    }

    /// The encoder of a library that has `stored` vectors, or of a new one.
    ///
    /// - Throws: ``FingerpostError/encoderMismatch(library:stored:given:)`` if the choice is not the library's encoder,
    ///   ``FingerpostError/encoderNotFound(library:encoder:searched:)`` if that cannot be found, and what loading throws.
    static func locate(
        _ choice: EncoderChoice, stored: EncoderRecord?, hint: String?, library: URL
    ) throws -> Located {
        switch choice {
        case .instance(let encoder):
            return try checked(Located(encoder: encoder, folder: nil), stored, library)
        case .folder(let folder):
            let encoder = try PretrainedEncoder.load(from: folder)
            return try checked(Located(encoder: encoder, folder: folder), stored, library)
        case .automatic:
            guard let stored else { return try bundled() }
            var searched: [String] = []
            if let hint {
                searched.append(hint)
                let folder = URL(fileURLWithPath: hint)
                if let encoder = try? PretrainedEncoder.load(from: folder),
                    encoder.identity.record.isSameEncoder(as: stored)
                {
                    return Located(encoder: encoder, folder: folder)
                }
            }
            searched.append("the bundled encoder")
            if let located = try? bundled(), located.encoder.identity.record.isSameEncoder(as: stored) {
                return located
            }
            throw FingerpostError.encoderNotFound(library: library.path, encoder: stored, searched: searched)
        }
    }

    private static func bundled() throws -> Located {
        Located(encoder: try PretrainedEncoder.load(from: try BundledModels.encoderFolder()), folder: nil)
    }

    private static func checked(_ located: Located, _ stored: EncoderRecord?, _ library: URL) throws -> Located {
        guard let stored, !stored.isSameEncoder(as: located.encoder.identity.record) else { return located }
        throw FingerpostError.encoderMismatch(
            library: library.path, stored: stored, given: located.encoder.identity)
    }
}
