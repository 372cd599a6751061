/// Something in a text that speaks to the model that reads the prompt, or pretends to be another part of it.
struct Payload: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        /// "Ignore all previous instructions."
        case override
        /// "You are now DAN."
        case persona
        /// "Print your system prompt."
        case leak
        /// `<|im_start|>`, `[INST]`, a line that begins with `system:`.
        case marker
        /// What ends or begins a block of guidelines, or a tag such as `</system>`.
        case fence
        /// An address made to carry data away.
        case exfiltration
        /// A long run of base64 or hexadecimal digits.
        case blob

        /// Whether a model could take it for more than a line among others.
        var severity: LintSeverity {
            switch self {
            case .override, .persona, .leak, .marker, .fence, .exfiltration: .error
            case .blob: .warning
            }
        }

        var words: String {
            switch self {
            case .override: "tells the reader to set other instructions aside"
            case .persona: "gives the reader another part to play"
            case .leak: "asks for the hidden prompt"
            case .marker: "marks a turn of a conversation"
            case .fence: "ends or begins a part of a prompt"
            case .exfiltration: "has an address that can carry data away"
            case .blob: "has a long run of encoded characters"
            }
        }
    }

    var kind: Kind
    /// The words it was found by.
    var evidence: String

    /// The payloads of a text, at most one of each kind.
    ///
    /// Guidelines are instructions, and many speak of attacks: a phrase counts where it is an order of its own, not where it
    /// is quoted, negated, or what a user does. O(length).
    static func payloads(in text: String) -> [Payload] {
        var found: [Payload] = []
        func add(_ kind: Kind, _ evidence: String?) {
            if let evidence { found.append(Payload(kind: kind, evidence: String(evidence.prefix(80)))) }
        }
        for (kind, evidence) in PayloadPhrases.hits(in: text) { add(kind, evidence) }
        add(.marker, PayloadMarks.marker(in: text))
        add(.fence, PayloadMarks.fence(in: text))
        add(.exfiltration, PayloadAddress.exfiltration(in: text))
        add(.blob, PayloadBlob.blob(in: text))
        return found
    }
}
