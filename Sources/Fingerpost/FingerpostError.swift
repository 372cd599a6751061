import GuidelineStore
import TextEncoder
import VectorIndex

/// What can go wrong in a library of guidelines, beyond what its parts report: errors of the store, the encoder and the
/// index come through as ``GuidelineStoreError``, ``EncoderError`` and ``VectorIndexError``.
public enum FingerpostError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The encoder that the library was built with is not where it was, nor is it the bundled one.
    case encoderNotFound(library: String, encoder: EncoderRecord, searched: [String])
    /// The encoder given is another one than the library was built with.
    case encoderMismatch(library: String, stored: EncoderRecord, given: EncoderIdentity)
    /// Some passages have no vector yet and the library is open for reading only, so that rules could be missed.
    case incomplete(library: String, pending: Int)
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
    /// A vector to search by has another length than the encoder's.
    case wrongDimension(expected: Int, found: Int)

    public var description: String {
        switch self {
        case .encoderNotFound(let library, let encoder, let searched):
            "the encoder \(encoder) of the library \(library) was not found (looked in \(searched.joined(separator: ", ")));"
                + " name its folder with --encoder, or build the library again with --replace-encoder"
        case .encoderMismatch(let library, let stored, let given):
            "the library \(library) was built with the encoder \(stored), not with \(given); vectors of different encoders"
                + " cannot be compared: use the library's own encoder, or encode it again with --replace-encoder"
        case .incomplete(let library, let pending):
            "\(pending) passages of the library \(library) are not encoded yet, so guidelines would be missed; run build"
                + " again, or open the library for writing"
        case .invalidOption(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        case .wrongDimension(let expected, let found):
            "the vector has \(found) numbers, the library's encoder makes \(expected)"
        }
    }

    /// A short name for scripts, the same in all versions.
    public var code: String {
        switch self {
        case .encoderNotFound: "encoder_not_found"
        case .encoderMismatch: "encoder_mismatch"
        case .incomplete: "incomplete"
        case .invalidOption: "invalid_option"
        case .wrongDimension: "wrong_dimension"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool {
        switch self {
        case .incomplete: false
        case .encoderNotFound, .encoderMismatch, .invalidOption, .wrongDimension: true
        }
    }
}
