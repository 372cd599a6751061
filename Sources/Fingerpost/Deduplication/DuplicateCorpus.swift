import GuidelineStore

/// Guidelines as duplicates are looked for among them: their normalised texts, and what bars a merge, in little memory
/// (about 64 bytes and two for each character).
struct DuplicateCorpus: Sendable {
    struct Item: Sendable {
        var start: Int
        var length: Int32
        var language: Int32
        /// Where in `conditions` the condition is; -1 for none.
        var condition: Int32
        var support: Int
        var kind: Guideline.Kind
        var status: Guideline.Status
        var authority: Guideline.Authority
        var hasExamples: Bool
    }

    private(set) var items: [Item] = []
    private(set) var text: [UInt16] = []
    private(set) var characters = CharacterCodes()
    private(set) var languages: [String] = []
    private(set) var conditions: [Range<Int>] = []
    /// The ids that guidelines exclude, by the guideline's place; most have none.
    private(set) var excluded: [Int: Set<String>] = [:]
    /// The ids, which are looked at only where something is excluded.
    private(set) var ids: [String] = []
    private var languageNumbers: [String: Int32] = [:]

    var count: Int { items.count }

    /// Adds a guideline behind the others. O(length of its texts).
    mutating func append(_ guideline: Guideline) {
        let start = text.count
        if let title = guideline.title {
            characters.append(title, to: &text)
            text.append(CharacterCodes.space)
        }
        characters.append(guideline.text, to: &text)
        let end = text.count
        var condition: Int32 = -1
        if let words = guideline.condition {
            characters.append(words, to: &text)
            condition = Int32(clamping: conditions.count)
            conditions.append(end..<text.count)
        }
        ids.append(guideline.id)
        let targets = guideline.relations.filter { $0.type == .excludes }.map(\.target)
        if !targets.isEmpty { excluded[items.count] = Set(targets) }
        items.append(
            Item(
                start: start, length: Int32(clamping: end - start), language: number(of: guideline.language),
                condition: condition, support: guideline.support, kind: guideline.kind, status: guideline.status,
                authority: guideline.authority, hasExamples: !guideline.examples.isEmpty))
    }

    private mutating func number(of language: String) -> Int32 {
        let name = language.lowercased()
        if let number = languageNumbers[name] { return number }
        let number = Int32(clamping: languages.count)
        languageNumbers[name] = number
        languages.append(name)
        return number
    }

    func range(of index: Int) -> Range<Int> {
        let item = items[index]
        return item.start..<(item.start + Int(item.length))
    }

    /// The normalised text.
    func normalizedText(_ index: Int) -> String { characters.text(text[range(of: index)]) }

    /// All guidelines in the order in which they are looked at: whoever comes first is kept. Active before shadow before
    /// draft, with examples before without, more support before less, earlier before later.
    func ranked() -> [Int32] {
        func standing(_ item: Item) -> Int {
            let status: Int =
                switch item.status {
                case .active: 0
                case .shadow: 1
                case .draft: 2
                case .retired: 3
                }
            return status * 2 + (item.hasExamples ? 0 : 1)
        }
        return (0..<Int32(items.count)).sorted { a, b in
            let (first, second) = (items[Int(a)], items[Int(b)])
            let (left, right) = (standing(first), standing(second))
            if left != right { return left < right }
            if first.support != second.support { return first.support > second.support }
            return a < b
        }
    }
}
