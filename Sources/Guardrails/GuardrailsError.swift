import Fingerpost

/// What can go wrong in checking texts and in learning from what was checked, beyond what its parts report: errors of the
/// library, the store and the encoder come through as ``FingerpostError``, ``GuidelineStoreError`` and ``EncoderError``.
public enum GuardrailsError: Error, Sendable, Hashable {
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
    /// There is too little in the log, or in the file, to learn from.
    case nothingToLearn(problem: String)
    /// The log has no decision with this id, or several whose ids begin so.
    case unknownDecision(library: String, id: String, isAmbiguous: Bool)
}

extension GuardrailsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidOption(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        case .nothingToLearn(let problem): problem
        case .unknownDecision(let library, let id, let isAmbiguous):
            "\(library): "
                + (isAmbiguous
                    ? "several decisions have ids that begin" : "no decision has the id, or one that begins,")
                + " \"\(id)\". fingerpost log show lists them."
        }
    }

    /// A short name for scripts, the same in all versions.
    public var code: String {
        switch self {
        case .invalidOption: "invalid_option"
        case .nothingToLearn: "nothing_to_learn"
        case .unknownDecision: "unknown_decision"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool {
        switch self {
        case .invalidOption, .nothingToLearn, .unknownDecision: true
        }
    }

    /// The place in the input that is at fault; nil where there is none to name.
    public var location: InputLocation? {
        switch self {
        case .unknownDecision(let library, _, _): InputLocation(file: library)
        case .invalidOption, .nothingToLearn: nil
        }
    }
}
