import Fingerpost
import GuidelineStore

/// Texts that are too long or too short.
public struct Length: DefinableCheck {
    public let id: String
    public let limits: Limits
    public let version: String
    /// Counts tokens; not part of what makes two of them equal.
    private let counter: TokenCounter

    /// What a text may have; nil for any.
    public struct Limits: Sendable, Hashable {
        public var characters: ClosedRange<Int>?
        public var words: ClosedRange<Int>?
        public var tokens: ClosedRange<Int>?

        public init(
            characters: ClosedRange<Int>? = nil, words: ClosedRange<Int>? = nil, tokens: ClosedRange<Int>? = nil
        ) {
            (self.characters, self.words, self.tokens) = (characters, words, tokens)
        }
    }

    /// - Parameter counter: counts tokens; ``TokenCounter/estimate`` where there is none at hand.
    public init(_ limits: Limits, id: String = "length", counter: TokenCounter = .estimate) {
        (self.id, self.limits, self.counter) = (id, limits, counter)
        version = Self.definition(id, limits).version
    }

    public var kind: String { "length" }
    public var standardAction: CheckAction { .deny }
    public var definition: CheckDefinition { Self.definition(id, limits) }

    private static func definition(_ id: String, _ limits: Limits) -> CheckDefinition {
        var members = DefinitionMembers()
        for (name, range) in [
            ("characters", limits.characters), ("words", limits.words), ("tokens", limits.tokens),
        ] {
            guard let range else { continue }
            if range.lowerBound > 0 { members.add("minimum_\(name)", range.lowerBound) }
            if range.upperBound < Int.max { members.add("maximum_\(name)", range.upperBound) }
        }
        return CheckDefinition(check: "length", id: id, members: members.members)
    }

    public func run(on input: CheckInput) -> CheckOutcome {
        let whole = 0..<input.text.utf8.count
        var findings: [Detection] = []
        func look(_ what: String, _ limit: ClosedRange<Int>?, _ count: () -> Int) {
            guard let limit else { return }
            let count = count()
            if count > limit.upperBound { findings.append(Detection(kind: "too_many_\(what)", range: whole)) }
            if count < limit.lowerBound { findings.append(Detection(kind: "too_few_\(what)", range: whole)) }
        }
        look("characters", limits.characters) { input.text.count }
        look("words", limits.words) { input.text.split(whereSeparator: \.isWhitespace).count }
        look("tokens", limits.tokens) { counter.count(input.text) }
        return CheckOutcome(findings: findings)
    }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}
