import GuidelineStore

/// What is to happen where a check finds something.
public enum CheckAction: Sendable, Hashable {
    case allow, audit, warn
    case modify(Modification)
    case ask, deny

    /// How a text is changed.
    public enum Modification: Sendable, Hashable {
        /// What was found goes, and its kind stands in its place: `[redacted:email]`.
        case redact
        /// Letters and digits of what was found become `*`; other characters stay.
        case mask
        /// What was found goes, and this stands in its place.
        case replace(with: String)
    }

    public var verdict: Verdict {
        switch self {
        case .allow: .allow
        case .audit: .audit
        case .warn: .warn
        case .modify: .modify
        case .ask: .ask
        case .deny: .deny
        }
    }
}
