import GuidelineStore

/// Words and phrases, whatever their case, accents and hyphens, as whole words; but not where they are part of a phrase
/// that is allowed: `qualified` in "pre-qualified".
public struct Keywords: DefinableCheck {
    public let id: String
    public let words: [String]
    public let allowed: [String]
    /// Whether words such as `p4ssw0rd` are read with the letters that are meant.
    public let readsDigitsAsLetters: Bool
    /// Whether a keyword counts inside a longer word, too.
    public let matchesInsideWords: Bool
    public let version: String
    private let automaton: KeywordAutomaton
    /// Keywords below are looked for, those from here on are allowed.
    private let wordCount: Int

    /// - Throws: ``GuardrailsError/invalidCheck(id:problem:)`` without words, or with one that holds no letter or digit.
    /// - Complexity: O(bytes of the words times different bytes).
    public init(
        _ words: [String], allowing allowed: [String] = [], id: String = "keywords", readsDigitsAsLetters: Bool = false,
        matchesInsideWords: Bool = false
    ) throws(GuardrailsError) {
        (self.id, self.words, self.allowed) = (id, words, allowed)
        (self.readsDigitsAsLetters, self.matchesInsideWords) = (readsDigitsAsLetters, matchesInsideWords)
        guard !words.isEmpty else { throw .invalidCheck(id: id, problem: "there is no word to look for") }
        var keywords: [[UInt8]] = []
        var known: Set<[UInt8]> = []
        var wordCount = 0
        for (number, word) in (words + allowed).enumerated() {
            var folded = FoldedText(word, readsDigitsAsLetters: readsDigitsAsLetters).bytes[...]
            while folded.first == 0x20 { folded.removeFirst() }
            while folded.last == 0x20 { folded.removeLast() }
            guard !folded.isEmpty else {
                throw .invalidCheck(id: id, problem: "word \(number + 1) is empty")
            }
            // A phrase that is to be found and is allowed would never be found.
            guard known.insert(Array(folded)).inserted else {
                if number < words.count { continue }
                guard !keywords[..<wordCount].contains(Array(folded)) else {
                    throw .invalidCheck(id: id, problem: "\"\(word)\" is both looked for and allowed")
                }
                continue
            }
            keywords.append(Array(folded))
            if number < words.count { wordCount = keywords.count }
        }
        self.wordCount = wordCount
        automaton = KeywordAutomaton(keywords)
        version = Self.definition(id, words, allowed, readsDigitsAsLetters, matchesInsideWords).version
    }

    public var kind: String { "keywords" }
    public var scope: CheckScope { .place }
    public var definition: CheckDefinition {
        Self.definition(id, words, allowed, readsDigitsAsLetters, matchesInsideWords)
    }

    private static func definition(
        _ id: String, _ words: [String], _ allowed: [String], _ reads: Bool, _ inside: Bool
    ) -> CheckDefinition {
        var members = DefinitionMembers()
        members.add("words", words)
        members.add("allow", allowed)
        members.add("leetspeak", reads, unless: false)
        members.add("inside_words", inside, unless: false)
        return CheckDefinition(check: "keywords", id: id, members: members.members)
    }

    /// What is found, in the order of the text; of those that overlap, the longest.
    ///
    /// - Complexity: O(bytes plus keywords in it).
    public func detections(in text: String) -> [Detection] {
        let folded = FoldedText(text, readsDigitsAsLetters: readsDigitsAsLetters)
        var hits: [KeywordAutomaton.Hit] = []
        var allowed: [Range<Int>] = []
        automaton.forEachHit(in: folded.bytes) { hit in
            let isPhrase = hit.keyword >= wordCount
            if isPhrase || !matchesInsideWords {
                guard !folded.isWord(hit.range.lowerBound - 1) || !folded.isWord(hit.range.lowerBound),
                    !folded.isWord(hit.range.upperBound) || !folded.isWord(hit.range.upperBound - 1)
                else { return }
            }
            if isPhrase { allowed.append(hit.range) } else { hits.append(hit) }
        }
        guard !hits.isEmpty else { return [] }
        // Allowed phrases by their starts, with the furthest end so far.
        allowed.sort { $0.lowerBound < $1.lowerBound }
        var reach = 0
        let reaches = allowed.map { phrase in
            reach = max(reach, phrase.upperBound)
            return reach
        }
        let counted = hits.filter { hit in
            var (low, high) = (0, allowed.count)
            while low < high {
                let middle = (low + high) / 2
                if allowed[middle].lowerBound <= hit.range.lowerBound { low = middle + 1 } else { high = middle }
            }
            return low == 0 || reaches[low - 1] < hit.range.upperBound
        }
        return Detection.withoutOverlaps(
            counted.map { hit in
                Detection(
                    kind: "keyword", range: folded.starts[hit.range.lowerBound]..<folded.ends[hit.range.upperBound - 1])
            })
    }

    public func run(on input: CheckInput) -> CheckOutcome { CheckOutcome(findings: detections(in: input.text)) }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}
