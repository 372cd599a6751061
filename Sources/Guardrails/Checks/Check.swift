import Fingerpost
import GuidelineStore

/// Looks at a text and says what it finds. What is made of that is decided by the ``Rails`` that it is part of.
///
/// A check is a value that any thread may use at any time. It must be deterministic, and must not put any part of the text
/// into what it returns or throws.
public protocol Check: Sendable {
    /// The name that decisions and logs give it; no two of the same rails.
    var id: String { get }
    /// `semantic`, `regex`, `pii`, `secrets`, `keywords`, `judge`, `style`, `length`, or a name of your own.
    var kind: String { get }
    /// Changes with what the check looks for.
    var version: String { get }
    /// Whether it may take long, so that it is run beside others where a decision has a deadline.
    var isSlow: Bool { get }
    /// Whether it judges a text as a whole, so that it has to wait for the end of a stream, or of a sentence.
    var scope: CheckScope { get }
    /// What happens where it finds something, unless its rails say otherwise.
    var standardAction: CheckAction { get }

    /// - Throws: what kept it from coming to an end; ``GuardrailsError/deadlineMissed`` where that was the time.
    func run(on input: CheckInput) throws -> CheckOutcome
}

extension Check {
    public var version: String { "1" }
    public var isSlow: Bool { false }
    public var scope: CheckScope { .text }
    public var standardAction: CheckAction { .ask }
}

/// How much of a text a check has to see.
public enum CheckScope: Sendable, Hashable {
    /// A few words: what it finds stands in one place.
    case place
    /// A sentence or two.
    case sentence
    /// All of it.
    case text
}

/// What a check looks at.
public struct CheckInput: Sendable {
    public let text: String
    public let rail: DecisionRecord.Rail
    /// When the caller wants its answer; nil where it waits.
    public let deadline: ContinuousClock.Instant?
    /// What semantic checks of one decision have in common.
    let searches: SharedSearches

    public init(_ text: String, rail: DecisionRecord.Rail = .input, deadline: ContinuousClock.Instant? = nil) {
        self.init(text, rail: rail, deadline: deadline, searches: SharedSearches())
    }

    init(
        _ text: String, rail: DecisionRecord.Rail, deadline: ContinuousClock.Instant?, searches: SharedSearches
    ) {
        (self.text, self.rail, self.deadline, self.searches) = (text, rail, deadline, searches)
    }
}

/// What a check found. Where nothing was, ``isHit`` is false, and what was near may be told all the same.
public struct CheckOutcome: Sendable, Hashable {
    /// Whether it found what it looks for.
    public var isHit: Bool
    /// Where; empty where it is the text as a whole.
    public var findings: [Detection]
    /// Rules that apply, best first.
    public var matched: [DecisionRecord.Match]
    /// Rules that were near and do not count.
    public var dropped: [DecisionRecord.Drop]
    /// The best score, and what it was compared with.
    public var score: Double?
    public var threshold: Double?
    /// Of the rules that apply.
    public var risk: [String]
    public var severity: Guideline.Severity?
    /// The library that was asked; nil where none was.
    public var libraryVersion: Int?
    /// `id@sha256` of the encoder; nil where none was used.
    public var encoder: String?
    /// See ``DecisionRecord/scoring``.
    public var scoring: String?

    /// Findings are a hit.
    public init(findings: [Detection] = []) {
        self.findings = findings
        isHit = !findings.isEmpty
        (matched, dropped, risk) = ([], [], [])
    }

    /// Something that the text as a whole is.
    public init(isHit: Bool) {
        self.init()
        self.isHit = isHit
    }
}
