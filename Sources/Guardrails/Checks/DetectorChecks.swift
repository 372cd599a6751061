import GuidelineStore

/// Personal data: e-mail addresses, telephone numbers, cards, accounts, and numbers that states give to people.
public struct PersonalData: DefinableCheck {
    public let id: String
    /// In the order of ``PersonalDataKind``.
    public let kinds: [PersonalDataKind]
    /// Findings of which the detector is less sure do not count.
    public let minimumConfidence: Float
    public let version: String
    private let detector: PersonalDataDetector

    /// - Parameters:
    ///   - kinds: what to look for; ``PersonalDataKind/standard`` if none is named.
    ///   - minimumConfidence: 0 to 1.
    public init(_ kinds: PersonalDataKind..., id: String = "personal_data", minimumConfidence: Float = 0.5) {
        self.init(kinds: kinds, id: id, minimumConfidence: minimumConfidence)
    }

    public init(kinds: [PersonalDataKind], id: String = "personal_data", minimumConfidence: Float = 0.5) {
        let wanted = Set(kinds.isEmpty ? PersonalDataKind.standard : kinds)
        self.kinds = PersonalDataKind.allCases.filter(wanted.contains)
        (self.id, self.minimumConfidence) = (id, minimumConfidence)
        detector = PersonalDataDetector(wanted)
        version = Self.definition(id, self.kinds, minimumConfidence).version
    }

    public var kind: String { "pii" }
    public var scope: CheckScope { .place }
    public var standardAction: CheckAction { .modify(.mask) }
    public var definition: CheckDefinition { Self.definition(id, kinds, minimumConfidence) }

    private static func definition(
        _ id: String, _ kinds: [PersonalDataKind], _ minimumConfidence: Float
    ) -> CheckDefinition {
        var members = DefinitionMembers()
        if kinds != PersonalDataKind.standard { members.add("kinds", kinds.map(\.rawValue)) }
        if minimumConfidence != 0.5 { members.add("minimum_confidence", Double("\(minimumConfidence)")) }
        return CheckDefinition(check: "personal_data", id: id, members: members.members)
    }

    /// What is found, in the order of the text.
    ///
    /// - Complexity: O(bytes).
    public func detections(in text: String) -> [Detection] {
        text.withTextBytes { detector.detections(in: $0) }.filter { $0.confidence >= minimumConfidence }
    }

    public func run(on input: CheckInput) -> CheckOutcome { CheckOutcome(findings: detections(in: input.text)) }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

/// Credentials: keys and tokens of well-known services, private keys, passwords.
public struct Secrets: DefinableCheck {
    public let id: String
    /// In the order of ``SecretKind``.
    public let kinds: [SecretKind]
    public let version: String
    private let detector: SecretDetector

    /// - Parameter kinds: what to look for; everything if none is named.
    public init(_ kinds: SecretKind..., id: String = "secrets") { self.init(kinds: kinds, id: id) }

    public init(kinds: [SecretKind], id: String = "secrets") {
        let wanted = Set(kinds.isEmpty ? SecretKind.allCases : kinds)
        self.kinds = SecretKind.allCases.filter(wanted.contains)
        self.id = id
        detector = SecretDetector(wanted)
        version = Self.definition(id, self.kinds).version
    }

    public var kind: String { "secrets" }
    public var scope: CheckScope { .place }
    public var standardAction: CheckAction { .modify(.redact) }
    public var definition: CheckDefinition { Self.definition(id, kinds) }

    private static func definition(_ id: String, _ kinds: [SecretKind]) -> CheckDefinition {
        var members = DefinitionMembers()
        if kinds != SecretKind.allCases { members.add("kinds", kinds.map(\.rawValue)) }
        return CheckDefinition(check: "secrets", id: id, members: members.members)
    }

    /// What is found, in the order of the text.
    ///
    /// - Complexity: O(bytes).
    public func detections(in text: String) -> [Detection] {
        text.withTextBytes { detector.detections(in: $0) }
    }

    public func run(on input: CheckInput) -> CheckOutcome { CheckOutcome(findings: detections(in: input.text)) }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}
