import GuidelineStore

/// Writes the guidelines that apply to an input into a prompt.
///
/// ```swift
/// let found = try library.search(input, options: options)
/// let prompt = try PromptComposer(budget: 350).compose(found)
/// print(prompt.text, prompt.cut.map(\.id))
/// ```
public struct PromptComposer: Sendable {
    public var template: PromptTemplate
    /// Tokens that the text may have; nil for no limit.
    public var budget: Int?
    public var counter: TokenCounter

    public init(
        template: PromptTemplate = .guideAlign, budget: Int? = nil, counter: TokenCounter = .estimate
    ) {
        self.template = template
        self.budget = budget
        self.counter = counter
    }

    /// The guidelines for every input, then the matches, best first, as far as the budget goes. A match that does not fit is
    /// cut and the next one tried, so that one long guideline does not keep out all others.
    ///
    /// - Throws: ``FingerpostError/budgetExceeded(needed:budget:counter:)`` if the guidelines that apply to every input do
    ///   not fit: leaving one of those out in silence would not be safe.
    /// - Complexity: O(guidelines * length).
    public func compose(_ retrieval: Retrieval) throws(FingerpostError) -> ComposedPrompt {
        var guidelines = retrieval.always
        var tokens = guidelines.isEmpty ? 0 : counter.count(template.text(for: guidelines))
        if let budget, tokens > budget {
            throw .budgetExceeded(needed: tokens, budget: budget, counter: counter.name)
        }
        var cut: [CutGuideline] = []
        for match in retrieval.matches {
            let extended = guidelines + [match.guideline]
            let count = counter.count(template.text(for: extended))
            if let budget, count > budget {
                cut.append(CutGuideline(id: match.id, score: match.score, tokens: count - tokens))
            } else {
                (guidelines, tokens) = (extended, count)
            }
        }
        return ComposedPrompt(
            text: template.text(for: guidelines), guidelines: guidelines, cut: cut, tokenCount: tokens,
            counter: counter.name)
    }
}

/// A text with guidelines, for a prompt.
public struct ComposedPrompt: Sendable {
    /// Empty if no guideline applies.
    public var text: String
    /// The guidelines in it, in their order.
    public var guidelines: [Guideline]
    /// Matches that did not fit, in their order.
    public var cut: [CutGuideline]
    /// Tokens of ``text``.
    public var tokenCount: Int
    /// The name of what counted them.
    public var counter: String
}

/// A match that did not fit into a budget.
public struct CutGuideline: Sendable, Hashable, Identifiable {
    public var id: String
    public var score: Float
    /// Tokens that it would have added.
    public var tokens: Int
}
