/// Which guidelines are meant: a condition over their fields.
///
/// ```swift
/// let filter: GuidelineFilter = .severity(.atLeast(.high)) && .risk(.hasPrefix("mlc:")) && !.tag("draft-wording")
/// let same = try GuidelineFilter(parsing: "severity >= high and risk = mlc:* and tag != draft-wording")
/// ```
///
/// Every condition is either true or false of a guideline: what a guideline does not have is equal to nothing, so that
/// `not` and `!=` hold for it. Texts are compared byte by byte in UTF-8, case and all, unless a test says otherwise. A
/// guideline is expected as a library keeps it, which is ``Guideline/validated(at:)``.
///
/// As `Codable`, a filter is the expression that ``description`` prints.
public indirect enum GuidelineFilter: Sendable, Hashable {
    /// Every one of them; true where there are none.
    case all([GuidelineFilter])
    /// At least one of them; false where there are none.
    case any([GuidelineFilter])
    case not(GuidelineFilter)
    /// A field that holds text, or a list of texts of which at least one must pass.
    case text(TextField, TextTest)
    case kind([Guideline.Kind])
    case status([Guideline.Status])
    case authority([Guideline.Authority])
    case severity(OrderTest<Guideline.Severity>)
    case priority(OrderTest<Int>)
    case version(OrderTest<Int>)
    /// False where the guideline has no threshold of its own.
    case threshold(OrderTest<Double>)
    /// Whether the guideline has a threshold of its own.
    case hasThreshold
    /// Language ranges of BCP 47, matched by basic filtering (RFC 4647, section 3.3.1): `en` stands for `en` and
    /// everything below it, such as `en-GB`; `*` for every language; letters of ASCII match in either case.
    case language([String])
    /// A member of ``Guideline/source``.
    case source(MetadataPath, MetadataTest)
    /// One of ``Guideline/additionalFields``, or a member inside it.
    case metadata(MetadataPath, MetadataTest)

    /// Fields that hold text.
    public enum TextField: String, Sendable, Hashable, CaseIterable {
        case id, title, text, condition, risk
        case tag
        /// The tags, and the additional field `category` where a guideline has it: what a person who says "category" may
        /// mean by it. Each of them may pass the test.
        case category
        case examples, counterexamples
    }

    /// What a text must be like.
    public enum TextTest: Sendable, Hashable, ExpressibleByStringInterpolation {
        /// One of these.
        case isIn([String])
        case hasPrefix(String)
        /// Somewhere in the text, upper and lower case alike in every script (each scalar's lower-case mapping, without
        /// regard to language; letters with diacritics are letters of their own).
        case contains(String)
        /// That there is any.
        case exists

        public static func equals(_ text: String) -> TextTest { .isIn([text]) }
        public init(stringLiteral text: String) { self = .isIn([text]) }
    }

    /// What a value with an order must be like.
    public enum OrderTest<Value: Comparable & Hashable & Sendable>: Sendable, Hashable {
        /// One of these.
        case isIn([Value])
        case lessThan(Value)
        case atMost(Value)
        case greaterThan(Value)
        case atLeast(Value)

        public static func equals(_ value: Value) -> OrderTest { .isIn([value]) }
    }

    /// What the value of a metadata field must be like. Of a list at least one item must pass.
    ///
    /// A number is never equal to a text, nor to a truth value; whole numbers are compared exactly, however large. Texts
    /// have the order of their bytes, which is that of dates in ISO 8601. Null is the same as nothing.
    public enum MetadataTest: Sendable, Hashable {
        /// One of these.
        case isIn([MetadataValue])
        case lessThan(MetadataValue)
        case atMost(MetadataValue)
        case greaterThan(MetadataValue)
        case atLeast(MetadataValue)
        case hasPrefix(String)
        /// As ``TextTest/contains(_:)``.
        case contains(String)
        /// That there is a value of any type other than null.
        case exists

        public static func equals(_ value: MetadataValue) -> MetadataTest { .isIn([value]) }
    }

    /// A value that a metadata field is compared with.
    public enum MetadataValue: Sendable, Hashable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
        ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
    {
        case text(String)
        case integer(Int)
        case number(Double)
        case bool(Bool)

        public init(stringLiteral value: String) { self = .text(value) }
        public init(integerLiteral value: Int) { self = .integer(value) }
        public init(floatLiteral value: Double) { self = .number(value) }
        public init(booleanLiteral value: Bool) { self = .bool(value) }
    }

    /// The name of a metadata field, and of the members inside it that lead to a value. Names are compared byte by byte.
    public struct MetadataPath: Sendable, Hashable, ExpressibleByStringLiteral {
        /// At least one.
        public let names: [String]

        /// A path of one name or more; of none, it is that of the field whose name is empty.
        public init(_ names: [String]) { self.names = names.isEmpty ? [""] : names }

        /// Names with dots between them.
        public init(stringLiteral text: String) {
            self.init(text.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
        }
    }
}

extension Guideline.Severity: Comparable {
    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }

    /// `low` comes before `medium`, `high` and `critical`.
    public static func < (left: Guideline.Severity, right: Guideline.Severity) -> Bool { left.rank < right.rank }
}
