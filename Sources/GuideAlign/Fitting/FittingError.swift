import GuidelineStore

/// What can keep a retriever from being fitted.
public enum FittingError: Error, Sendable, Hashable {
    /// Too few inputs whose guidelines the library has.
    case tooFewPairs(found: Int, needed: Int)
    /// So many pairs name guidelines that the library does not have that they are another library's.
    case unknownGuidelines(pairs: Int, of: Int, ids: [String])
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
}

extension FittingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooFewPairs(let found, let needed):
            "there are \(found) different inputs with a guideline of the library; fitting and checking the result needs "
                + "\(needed) at least, and pays from about a thousand on"
        case .unknownGuidelines(let pairs, let count, let ids):
            "\(pairs) of \(count) inputs name only guidelines that the library does not have ("
                + ids.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
                + "). Name the library that the pairs are for, correct the ids, or leave them out with --allow-missing."
        case .invalidOption(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        }
    }
}

extension FittingError {
    /// A short name for scripts, the same in all versions.
    public var code: String {
        switch self {
        case .tooFewPairs: "too_few_pairs"
        case .unknownGuidelines: "unknown_positive"
        case .invalidOption: "invalid_option"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool { true }

    /// The place in the input that is at fault; nil where there is none to name.
    public var location: InputLocation? { nil }
}
