import Foundation

/// What to look for in a library, and where to draw the lines.
public struct LintOptions: Sendable {
    public var rules: Set<LintRule> = Set(LintRule.allCases)
    /// How many results of a search count.
    public var limit = 6
    /// Inputs that are expected, for ``LintRule/missedByQueries``, which is left out where there are none. Their positives
    /// may be empty.
    public var queries: [EvaluationQuery] = []
    /// The similarity from which a match counts where a guideline has no threshold of its own; nil counts all.
    public var minimumScore: Float?
    /// What counts as a duplicate.
    public var deduplication = DeduplicationOptions()
    /// The least cosine of two guidelines that are looked at for a contradiction.
    public var neighborSimilarity = 0.5
    /// The tokens from which a guideline is long, and what counts them.
    public var promptTokens = 120
    public var tokenCounter = TokenCounter.estimate
    /// Beginnings of risk codes that are the user's own, such as `acme:`.
    public var ownRisks: [String] = []
    /// The day on which fields expire.
    public var date = Date()
    /// Nil for one for each processor. The result does not depend on it.
    public var threads: Int?

    public init() {}

    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``.
    func validate() throws(FingerpostError) {
        guard limit >= 1 else { throw .invalidOption(name: "limit", value: "\(limit)", allowed: "at least 1") }
        guard promptTokens >= 1 else {
            throw .invalidOption(name: "promptTokens", value: "\(promptTokens)", allowed: "at least 1")
        }
        guard neighborSimilarity > 0, neighborSimilarity <= 1 else {
            throw .invalidOption(
                name: "neighborSimilarity", value: "\(neighborSimilarity)", allowed: "above 0 and at most 1")
        }
        if let minimumScore, !minimumScore.isFinite {
            throw .invalidOption(name: "minimumScore", value: "\(minimumScore)", allowed: "a finite number")
        }
        try deduplication.validate()
    }
}

/// How far a look through a library is.
public struct LintProgress: Sendable, Hashable {
    public enum Stage: String, Sendable { case reading, encoding, retrieval, duplicates, contradictions }

    public var stage: Stage
    public var completed: Int
    public var total: Int
}
