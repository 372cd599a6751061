/// How much a finding weighs.
public enum LintSeverity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Something does not work: it is to be mended before the library is used.
    case error
    /// Most likely a mistake, or a rule that cannot do its work.
    case warning
    /// Worth knowing.
    case note

    /// Whether the one weighs less than the other.
    public static func < (one: LintSeverity, other: LintSeverity) -> Bool { one.weight < other.weight }

    private var weight: Int {
        switch self {
        case .error: 2
        case .warning: 1
        case .note: 0
        }
    }
}

/// What is looked for in a library. The names stay the same in all versions.
public enum LintRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// Two guidelines say the same; see ``DeduplicationOptions``.
    case nearDuplicate = "near-duplicate"
    /// Two guidelines ask for opposite things about the same matter.
    case contradiction
    /// No example of a guideline finds it, each example being left out of the library while it is the input.
    case neverRetrieved = "never-retrieved"
    /// Some examples of a guideline do not find it.
    case missedExample = "missed-example"
    /// A guideline has no example.
    case noExamples = "no-examples"
    /// No query of a file finds a guideline.
    case missedByQueries = "missed-by-queries"
    /// A counterexample finds its guideline.
    case counterexampleRetrieved = "counterexample-retrieved"
    /// A guideline of the kind safety has no risk code.
    case missingRisk = "missing-risk"
    /// A risk code is in none of the lists of ``RiskTaxonomy``.
    case unknownRisk = "unknown-risk"
    /// The encoder does not read a text to its end.
    case truncatedText = "truncated-text"
    /// A guideline takes much room in a prompt.
    case longText = "long-text"
    /// There is next to nothing to find a guideline by.
    case shortText = "short-text"
    /// Title and text are the same but for case and punctuation.
    case titleIsText = "title-is-text"
    /// Characters that nobody sees: control characters, zero width, marks of direction, tags.
    case hiddenCharacters = "hidden-characters"
    /// A bracket or a quotation mark without its other half.
    case unbalancedText = "unbalanced-text"
    /// A text that speaks to the model that reads the prompt, or that pretends to be another part of it.
    case payload
    /// A relation to a guideline that is missing, retired or the guideline itself.
    case brokenRelation = "broken-relation"
    /// Guidelines that depend on each other, or have priority over each other, in a circle.
    case relationCycle = "relation-cycle"
    /// A guideline that needs or entails one that it excludes.
    case conflictingRelations = "conflicting-relations"
    /// A threshold that every input reaches, or none.
    case thresholdRange = "threshold-range"
    /// A field that is out of date, malformed, or misspelt and so without effect.
    case oddField = "odd-field"
}
