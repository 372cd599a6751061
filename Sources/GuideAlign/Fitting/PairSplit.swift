import Fingerpost
import Platform

/// Inputs with the guidelines that apply to them, parted into those that are learned from, those that choose, and those that
/// check.
struct PairSplit: Sendable {
    /// An input and the places of its guidelines, ascending.
    struct Item: Sendable, Hashable {
        var text: String
        var positives: [Int]
    }

    /// Inputs that are not learned from, by their places among ``items``.
    struct Part: Sendable, Hashable {
        /// None of their guidelines is learned from either.
        var newGuidelines: [Int] = []
        /// Other inputs of their guidelines are learned from.
        var knownGuidelines: [Int] = []

        var all: [Int] { newGuidelines + knownGuidelines }
    }

    private(set) var items: [Item] = []
    private(set) var training: [Int] = []
    private(set) var validation = Part()
    private(set) var test = Part()
    /// Inputs that were there before under the same text.
    private(set) var duplicateCount = 0
    /// Inputs none of whose guidelines is known, and the ids that are not known.
    private(set) var leftOutCount = 0
    private(set) var unknown: Set<String> = []

    static let fewestInputs = 50
    private static let fewestTests = 20
    private static let fewestValidations = 10
    /// With fewer guidelines, a few of them say nothing about all others.
    private static let fewestGuidelines = 40

    /// - Parameters:
    ///   - places: of the guidelines, by their ids.
    ///   - holdout: the share that checks, and again that chooses.
    init(
        _ pairs: [EvaluationQuery], places: [String: Int], holdout: Double, seed: UInt64, allowsMissing: Bool
    ) throws(GuideAlignError) {
        var byText: [String: Int] = [:]
        var total = 0
        for pair in pairs where !pair.positives.isEmpty {
            total += 1
            var known: Set<Int> = []
            for id in pair.positives {
                if let place = places[id] { known.insert(place) } else { unknown.insert(id) }
            }
            guard !known.isEmpty else {
                leftOutCount += 1
                continue
            }
            // The same words are the same input, whatever stands between them: they must not be on both sides.
            let key = pair.text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if let place = byText[key] {
                duplicateCount += 1
                items[place].positives = known.union(items[place].positives).sorted()
            } else {
                byText[key] = items.count
                items.append(Item(text: pair.text, positives: known.sorted()))
            }
        }
        guard allowsMissing || leftOutCount * 2 <= total || total == 0 else {
            throw .unknownGuidelines(pairs: leftOutCount, of: total, ids: unknown.sorted())
        }
        guard items.count >= Self.fewestInputs else {
            throw .tooFewPairs(found: items.count, needed: Self.fewestInputs)
        }
        part(holdout: holdout, seed: seed)
    }

    private mutating func part(holdout: Double, seed: UInt64) {
        let guidelines = Set(items.flatMap(\.positives))
        let byGuideline = guidelines.count >= Self.fewestGuidelines
        let share = byGuideline ? holdout / 2 : holdout
        var held: [Int: Bool] = [:]
        if byGuideline {
            let order = Self.shuffled(guidelines.sorted(), seed: seed)
            let count = max(1, Int((share * Double(order.count)).rounded()))
            for guideline in order[..<count] { held[guideline] = true }
            for guideline in order[count..<min(order.count, 2 * count)] { held[guideline] = false }
        }
        var rest: [Int] = []
        for (place, item) in items.enumerated() {
            let sides = item.positives.map { held[$0] }
            if sides.contains(true) {
                if sides.allSatisfy({ $0 == true }) {
                    test.newGuidelines.append(place)
                } else {
                    test.knownGuidelines.append(place)
                }
            } else if sides.contains(false) {
                if sides.allSatisfy({ $0 == false }) {
                    validation.newGuidelines.append(place)
                } else {
                    validation.knownGuidelines.append(place)
                }
            } else {
                rest.append(place)
            }
        }
        // Whatever the share, enough to tell a gain from chance, and some to learn from.
        let order = Self.shuffled(rest, seed: seed &+ 1)
        let wanted = Int((share * Double(items.count)).rounded())
        let tests = min(order.count, max(wanted, Self.fewestTests - test.all.count))
        let validations = min(order.count - tests, max(wanted, Self.fewestValidations - validation.all.count))
        test.knownGuidelines = (test.knownGuidelines + order[..<tests]).sorted()
        validation.knownGuidelines = (validation.knownGuidelines + order[tests..<(tests + validations)]).sorted()
        training = order[(tests + validations)...].sorted()
    }

    /// In an order that the seed alone decides.
    static func shuffled(_ values: [Int], seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: SplitMix64.mix(seed))
        return values.shuffled(using: &random)
    }
}
