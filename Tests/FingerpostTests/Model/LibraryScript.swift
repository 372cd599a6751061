import Fingerpost
@testable import FingerpostCrashHelper

/// Makes up what is done to a library.
struct LibraryScript<Generator: RandomNumberGenerator> {
    var generator: Generator
    /// The filters that were made, by their texts.
    private(set) var filters: [String: RandomFilter] = [:]

    init(_ generator: Generator) { self.generator = generator }

    /// Some that the encoder of the tests knows, some that it knows in parts, some that it does not know at all.
    private static var words: [String] {
        [
            "keep", "know", "short", "not", "the", "to", "of", "if", "door", "locks", "dose", "answers", "word",
            "private",
            "knee", "share", "tell", "park", "guard", "queue", "note", "gift", "oil", "paper", "salt", "turn", "under",
            "visit", "water", "voice", "zebra", "zip", "8", "19",
        ]
    }

    /// One operation that suits what is in the library.
    mutating func operation(for model: LibraryModel) -> LibraryOperation {
        if model.records.count > 34 || model.passageCount > 100 { return .remove(someIDs(of: model, 3...8)) }
        switch number(0..<100) {
        case 0..<16: return .add([guideline()])
        case 16..<26: return .add((0..<number(2..<6)).map { _ in guideline() })
        case 26..<44: return .add([edited(anyGuideline(of: model))])
        case 44..<52: return .add([restated(anyGuideline(of: model))])
        case 52..<54:
            var copy = anyGuideline(of: model)
            copy.id = "g\(number(0..<60))"
            return .add([copy])
        case 54..<57: return .add([guideline(), Guideline(id: "bad", text: "")])
        case 57..<65: return .remove(someIDs(of: model, 1...3))
        case 65..<69:
            let oldest = number(0..<4) == 0 ? 0 : max(0, model.libraryVersion - 12)
            return .rollback(number(oldest..<model.libraryVersion + 2))
        case 69..<74:
            guard let id = model.history.keys.sorted().randomElement(using: &generator) else { return .save }
            let last = model.history[id]?.last?.version ?? 1
            return .restore(id: id, version: number(max(1, last - 5)..<last + 2))
        case 74..<96: return .search(question())
        case 96..<98: return .save
        default: return .reopen(closes: number(0..<2) == 0)
        }
    }

    mutating func question() -> LibraryQuestion {
        var filter: RandomFilter?
        if number(0..<2) == 0 {
            let made = RandomFilter(using: &generator)
            filters[made.text] = made
            filter = made
        }
        let method = RetrievalMethod.allCases[number(0..<RetrievalMethod.allCases.count)]
        return LibraryQuestion(
            text: text(1...5), limit: number(0..<4) == 0 ? 50 : number(1..<8), method: method, filter: filter?.text,
            minimumScore: number(0..<4) == 0 ? Float(number(0..<8)) / 10 : nil, isExact: number(0..<3) == 0)
    }

    // MARK: Guidelines

    private mutating func guideline() -> Guideline {
        var guideline = Guideline(id: "g\(number(0..<60))", text: text(2...6))
        if number(0..<2) == 0 { guideline.title = "Rule \(text(1...2))" }
        if number(0..<3) == 0 { guideline.condition = "when \(text(1...2))" }
        guideline.examples = examples()
        guideline = restated(guideline)
        guideline.status = number(0..<5) == 0 ? .retired : .active
        return guideline
    }

    /// What it says is another.
    private mutating func edited(_ guideline: Guideline) -> Guideline {
        var guideline = guideline
        switch number(0..<4) {
        case 0: guideline.text = text(2...6)
        case 1: guideline.examples = examples()
        case 2: guideline.examples = guideline.examples.shuffled(using: &generator)
        default: guideline.title = guideline.title == nil ? "Rule \(text(1...2))" : nil
        }
        if number(0..<6) == 0 { guideline.version += number(0..<3) }
        return guideline
    }

    /// What it says is the same, what is known of it another.
    private mutating func restated(_ guideline: Guideline) -> Guideline {
        var guideline = guideline
        guideline.status = Guideline.Status.allCases[number(0..<Guideline.Status.allCases.count)]
        guideline.kind = Guideline.Kind.allCases[number(0..<3)]
        guideline.severity = Guideline.Severity.allCases[number(0..<4)]
        guideline.priority = number(-1..<6)
        guideline.tags = (0..<5).filter { _ in number(0..<3) == 0 }.map { "t\($0)" }
        guideline.risk = number(0..<2) == 0 ? ["mlc:vcr"] : ["x:style"]
        guideline.language = ["en", "en-GB", "de"][number(0..<3)]
        guideline.source = number(0..<2) == 0 ? ["page": .integer(number(0..<6))] : [:]
        return guideline
    }

    private mutating func anyGuideline(of model: LibraryModel) -> Guideline {
        model.guidelines.randomElement(using: &generator) ?? guideline()
    }

    private mutating func examples() -> [String] {
        var seen: Set<String> = []
        return (0..<number(0..<4)).map { _ in text(1...4) }.filter { seen.insert($0).inserted }
    }

    private mutating func someIDs(of model: LibraryModel, _ count: ClosedRange<Int>) -> [String] {
        let ids = model.guidelines.map(\.id).shuffled(using: &generator)
        return ids.prefix(Int.random(in: count, using: &generator)) + ["none"]
    }

    private mutating func text(_ count: ClosedRange<Int>) -> String {
        (0..<Int.random(in: count, using: &generator))
            .map { _ in Self.words[number(0..<Self.words.count)] }.joined(separator: " ")
    }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
}
