import Fingerpost

/// What can go wrong in checking texts and in learning from what was checked, beyond what its parts report: errors of the
/// library, the store and the encoder come through as ``FingerpostError``, ``GuidelineStoreError`` and ``EncoderError``.
public enum GuardrailsError: Error, Sendable, Hashable {
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
    /// There is too little in the log, or in the file, to learn from.
    case nothingToLearn(problem: String)
}

extension GuardrailsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidOption(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        case .nothingToLearn(let problem): problem
        }
    }

    /// A short name for scripts, the same in all versions.
    public var code: String {
        switch self {
        case .invalidOption: "invalid_option"
        case .nothingToLearn: "nothing_to_learn"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool {
        switch self {
        case .invalidOption, .nothingToLearn: true
        }
    }

    /// The place in the input that is at fault; nil where there is none to name.
    public var location: InputLocation? {
        switch self {
        case .invalidOption, .nothingToLearn: nil
        }
    }
}
