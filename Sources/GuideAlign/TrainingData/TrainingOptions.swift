import Fingerpost

/// What becomes training data, and where it goes.
public struct TrainingOptions: Sendable {
    /// Which guided answers are worth learning from.
    public enum Requirement: String, Sendable, Hashable, CaseIterable {
        /// Only those that won a comparison.
        case win
        /// All but those that lost one.
        case notLost = "not-lost"
        case none
    }

    /// A text that is to be learned, as a filter sees it.
    public struct Candidate: Sendable {
        public var id: String
        public var prompt: [ChatMessage]
        public var answer: String
    }

    public var formats: [TrainingFormat]
    public var requirement = Requirement.notLost
    /// Whether the prompts keep the guidelines. Without them the model learns to answer so by itself.
    public var keepsGuidelines = false
    /// The share of inputs that is held out, 0 to below 1.
    public var holdout = 0.1
    /// Another seed holds out others.
    public var seed: UInt64 = 0
    /// Inputs as alike as this never stand on both sides of the split (0 to 1; see ``InputClusters``).
    public var likeness = 0.7
    /// Characters of an answer that is learned.
    public var minimumLength = 1
    public var maximumLength = Int.max
    /// Whether answers are learned that decline although no guideline of the kind safety applies.
    public var keepsGroundlessRefusals = false
    /// Says why an answer must not be learned; nil for one that may. It sees only what has passed everything else.
    public var filter: (@Sendable (Candidate) -> String?)?
    /// What the manifest calls the filter.
    public var filterName: String?
    /// The program and its version, for the manifest.
    public var createdBy: String

    public init(formats: [TrainingFormat], createdBy: String) {
        self.formats = formats
        self.createdBy = createdBy
    }

    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``.
    func validate() throws(FingerpostError) {
        guard (0..<1).contains(holdout) else {
            throw .invalidOption(name: "holdout", value: "\(holdout)", allowed: "0 to below 1")
        }
        guard likeness > 0, likeness <= 1 else {
            throw .invalidOption(name: "likeness", value: "\(likeness)", allowed: "above 0 and at most 1")
        }
        guard !formats.isEmpty else { throw .invalidOption(name: "formats", value: "none", allowed: "at least one") }
        guard minimumLength <= maximumLength else {
            throw .invalidOption(
                name: "minimumLength", value: "\(minimumLength)", allowed: "at most maximumLength, \(maximumLength)")
        }
    }
}
