import GuidelineStore

/// How alike two guidelines are.
public enum DuplicateTier: String, Sendable, Hashable, Codable, CaseIterable {
    /// The same text but for case, white space, punctuation and the ways Unicode has to write a character.
    case exact
    /// Nearly the same characters in the same order; see ``TextSimilarity``.
    case fuzzy
    /// Nearly the same direction of their vectors.
    case semantic
}

/// What counts as a duplicate, and what becomes of one.
public struct DeduplicationOptions: Sendable, Hashable {
    public var tiers: Set<DuplicateTier> = Set(DuplicateTier.allCases)
    /// The least similarity of fuzzy duplicates, above 0 to 1. 0.75 is what Guide-Align used.
    public var fuzzyThreshold = 0.75
    /// The least cosine of semantic duplicates, above 0 to 1.
    public var semanticThreshold = 0.92
    /// Whether guidelines of the root or system authority may be merged with ones below it.
    public var acrossAuthority = false
    /// Examples that a kept guideline has at most after a merge, and counterexamples likewise; its own all stay.
    public var maximumExamples = 64
    /// Nil for one for each processor. The result does not depend on it.
    public var threads: Int?
    /// While no more guidelines are kept than this, one that the index finds nothing for is compared with all of them,
    /// so that no fuzzy duplicate is missed. Beyond, the index alone decides.
    public var exhaustiveLimit = 131_072

    public init() {}

    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``.
    func validate() throws(FingerpostError) {
        for (name, value) in [("fuzzy", fuzzyThreshold), ("semantic", semanticThreshold)]
        where !(value > 0 && value <= 1) {
            throw .invalidOption(name: name, value: "\(value)", allowed: "above 0 and at most 1")
        }
        guard !tiers.isEmpty else { throw .invalidOption(name: "tiers", value: "empty", allowed: "at least one tier") }
        guard maximumExamples >= 0 else {
            throw .invalidOption(name: "maximumExamples", value: "\(maximumExamples)", allowed: "at least 0")
        }
    }
}

extension Guideline {
    /// For how many inputs or sources a guideline stands: the field `support`, 1 where it is absent or no number.
    public var support: Int {
        guard case .integer(let value)? = additionalFields["support"], value >= 0 else { return 1 }
        return value
    }
}
