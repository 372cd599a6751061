/// One guideline: what an assistant must or must not do, with all that is known about when it applies.
///
/// Only `text` is required in a file; everything else has a default. Fields that this version does not know are kept
/// in ``additionalFields`` and survive a round trip.
public struct Guideline: Sendable, Hashable, Identifiable {
    /// Stable, unique in a library. Derived from the content where a file gives none.
    public var id: String
    /// A short imperative headline, never repeated in `text`.
    public var title: String?
    public var text: String
    /// When the guideline applies, in words.
    public var condition: String?
    public var kind: Kind
    public var status: Status
    public var authority: Authority
    /// Larger comes first where guidelines conflict.
    public var priority: Int
    public var severity: Severity
    /// Namespaced risk codes, such as `mlc:vcr` or `x:style`.
    public var risk: [String]
    public var tags: [String]
    /// BCP 47 language tag.
    public var language: String
    /// Inputs that should find this guideline; they are encoded and indexed beside its text.
    public var examples: [String]
    /// Near misses: inputs that look alike and to which it does not apply.
    public var counterexamples: [String]
    /// The score from which a match counts, where this guideline has its own.
    public var threshold: Double?
    public var relations: [Relation]
    /// Where the guideline comes from, as the file gave it.
    public var source: [String: JSONValue]
    public var version: Int
    /// Fields of the file that this version of Fingerpost does not interpret.
    public var additionalFields: [String: JSONValue]

    public enum Kind: String, Sendable, Codable, CaseIterable { case safety, quality, style }
    public enum Status: String, Sendable, Codable, CaseIterable { case draft, shadow, active, retired }
    /// Whose word a guideline is; `root` is above all others.
    public enum Authority: String, Sendable, Codable, CaseIterable, Comparable {
        case root, system, developer, user, guideline

        /// Whether the one has less to say than the other.
        public static func < (one: Authority, other: Authority) -> Bool { one.rank > other.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
    }
    public enum Severity: String, Sendable, Codable, CaseIterable { case low, medium, high, critical }

    public struct Relation: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Codable, CaseIterable {
            case priority, excludes, entails
            case dependsOnAll = "depends_all"
            case dependsOnAny = "depends_any"
        }
        public var type: Kind
        public var target: String

        public init(type: Kind, target: String) {
            self.type = type
            self.target = target
        }
    }

    public init(
        id: String, title: String? = nil, text: String, condition: String? = nil, kind: Kind = .safety,
        status: Status = .active, authority: Authority = .guideline, priority: Int = 0, severity: Severity = .medium,
        risk: [String] = [], tags: [String] = [], language: String = "en", examples: [String] = [],
        counterexamples: [String] = [], threshold: Double? = nil, relations: [Relation] = [],
        source: [String: JSONValue] = [:], version: Int = 1, additionalFields: [String: JSONValue] = [:]
    ) {
        self.id = id
        self.title = title
        self.text = text
        self.condition = condition
        self.kind = kind
        self.status = status
        self.authority = authority
        self.priority = priority
        self.severity = severity
        self.risk = risk
        self.tags = tags
        self.language = language
        self.examples = examples
        self.counterexamples = counterexamples
        self.threshold = threshold
        self.relations = relations
        self.source = source
        self.version = version
        self.additionalFields = additionalFields
    }
}
