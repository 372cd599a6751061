import GuidelineStore

/// How a text is written: phrases that must not or must be there, how hard it is to read, capitals and exclamation marks.
public struct Style: DefinableCheck {
    public let id: String
    public let rules: Rules
    public let version: String
    private let banned: Keywords?
    private let required: [Keywords]

    public struct Rules: Sendable, Hashable {
        /// Phrases that must not be there, compared as ``Keywords`` are.
        public var banned: [String] = []
        /// Phrases that must all be there.
        public var required: [String] = []
        /// The highest grade by Flesch and Kincaid; for English.
        public var readingGrade: Double?
        /// The largest share of words in capitals, of words of three letters and more; 0 to 1.
        public var capitals: Double?
        public var exclamationMarks: Int?

        public init() {}
    }

    /// - Throws: ``GuardrailsError/invalidCheck(id:problem:)`` for empty phrases and shares beyond 0 to 1.
    public init(_ rules: Rules, id: String = "style") throws(GuardrailsError) {
        (self.id, self.rules) = (id, rules)
        if let capitals = rules.capitals, !(0...1).contains(capitals) {
            throw .invalidCheck(id: id, problem: "the share of capitals is \(capitals), must be 0 to 1")
        }
        if let grade = rules.readingGrade, !grade.isFinite {
            throw .invalidCheck(id: id, problem: "the grade must be a finite number")
        }
        banned = rules.banned.isEmpty ? nil : try Keywords(rules.banned, id: id)
        var required: [Keywords] = []
        for phrase in rules.required { required.append(try Keywords([phrase], id: id)) }
        self.required = required
        version = Self.definition(id, rules).version
    }

    public var kind: String { "style" }
    public var standardAction: CheckAction { .warn }
    public var definition: CheckDefinition { Self.definition(id, rules) }

    private static func definition(_ id: String, _ rules: Rules) -> CheckDefinition {
        var members = DefinitionMembers()
        members.add("banned", rules.banned)
        members.add("required", rules.required)
        members.add("maximum_reading_grade", rules.readingGrade)
        members.add("maximum_capitals", rules.capitals)
        members.add("maximum_exclamation_marks", rules.exclamationMarks)
        return CheckDefinition(check: "style", id: id, members: members.members)
    }

    public func run(on input: CheckInput) -> CheckOutcome {
        let text = input.text
        let whole = 0..<text.utf8.count
        var findings = banned?.detections(in: text).map { Detection(kind: "banned_phrase", range: $0.range) } ?? []
        func add(_ kind: String) { findings.append(Detection(kind: kind, range: whole)) }
        for phrase in required where phrase.detections(in: text).isEmpty { add("missing_phrase") }
        if let marks = rules.exclamationMarks, text.count(where: { $0 == "!" || $0 == "！" }) > marks {
            add("exclamation_marks")
        }
        if let capitals = rules.capitals {
            let words = text.split { !$0.isLetter }.filter { $0.count >= 3 }
            let loud = words.count { $0.allSatisfy { $0.isUppercase } }
            // One acronym is no shouting.
            if loud >= 3, Double(loud) > capitals * Double(words.count) { add("capitals") }
        }
        if let grade = rules.readingGrade, Readability(text).grade.map({ $0 > grade }) ?? false { add("reading_grade") }
        return CheckOutcome(findings: findings)
    }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

/// How hard an English text is to read (Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability formulas",
/// 1975).
struct Readability {
    private(set) var words = 0
    private(set) var sentences = 0
    private(set) var syllables = 0

    init(_ text: String) {
        var isInSentence = false
        var word: [Character] = []
        func finish() {
            guard !word.isEmpty else { return }
            words += 1
            syllables += Self.syllables(of: word)
            isInSentence = true
            word.removeAll(keepingCapacity: true)
        }
        for character in text {
            if character.isLetter {
                word.append(Character(character.lowercased().prefix(1).description))
            } else if character != "'" && character != "’" {
                finish()
                if ".!?".contains(character), isInSentence {
                    sentences += 1
                    isInSentence = false
                }
            }
        }
        finish()
        if isInSentence { sentences += 1 }
    }

    /// The school year that the text is for; nil where there is too little of it to tell.
    var grade: Double? {
        guard words >= 10, sentences > 0 else { return nil }
        return 0.39 * Double(words) / Double(sentences) + 11.8 * Double(syllables) / Double(words) - 15.59
    }

    /// Groups of vowels, but for a silent e at the end.
    private static func syllables(of word: [Character]) -> Int {
        var count = 0
        var wasVowel = false
        for letter in word {
            let isVowel = "aeiouyáéíóúäöüàèâêîôû".contains(letter)
            if isVowel, !wasVowel { count += 1 }
            wasVowel = isVowel
        }
        if word.count > 2, word.last == "e", count > 1, !word.suffix(2).elementsEqual("le") { count -= 1 }
        return max(1, count)
    }
}
