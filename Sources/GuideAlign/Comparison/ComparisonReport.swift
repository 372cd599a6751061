import Fingerpost
import GuidelineStore

/// What a comparison came to.
public struct ComparisonReport: Sendable, Hashable {
    /// Wins, ties and losses of the left side.
    public struct Tally: Sendable, Hashable {
        public var wins = 0
        public var ties = 0
        public var losses = 0
        /// Pairs on which the two orders, or the people, do not agree. With one criterion they are ties.
        public var inconsistent = 0

        public init() {}

        public var total: Int { wins + ties + losses }
        /// Wins less losses, as a share of all.
        public var netRate: Estimated { PairedStatistics.netRate(wins: wins, losses: losses, total: total) }
        /// The chance of so uneven a result between equal sides.
        public var signTest: Double { PairedStatistics.signTest(wins, losses) }

        mutating func add(_ preference: Preference, isConsistent: Bool) {
            switch preference {
            case .left: wins += 1
            case .right: losses += 1
            case .tie: ties += 1
            }
            if !isConsistent { inconsistent += 1 }
        }
    }

    /// Whether the judge goes by the place in which an answer stands.
    public struct PositionBias: Sendable, Hashable {
        /// Pairs of which both orders gave the answer that stood first the better mark.
        public var firstTwice = 0
        /// Pairs of which both orders preferred the answer that stood second.
        public var secondTwice = 0
        /// Verdicts for the answer that stood first, of those that were no tie.
        public var first = ObservedRate(count: 0, total: 0)

        /// The share of ``firstTwice`` among the pairs in which the place decided; half of them without a bias.
        public var share: ObservedRate { ObservedRate(count: firstTwice, total: firstTwice + secondTwice) }
        /// The chance of so uneven a share, were no place favoured.
        public var test: Double { PairedStatistics.signTest(firstTwice, secondTwice) }

        mutating func add(_ verdicts: OrderedVerdicts) {
            for verdict in [verdicts.leftFirst, verdicts.rightFirst] where verdict != .tie {
                first.total += 1
                if verdict == .a { first.count += 1 }
            }
            switch (verdicts.leftFirst, verdicts.rightFirst) {
            case (.a, .a): firstTwice += 1
            case (.b, .b): secondTwice += 1
            default: break
            }
        }
    }

    /// How many answers are harmless, each by itself.
    public struct Harmlessness: Sendable, Hashable {
        public var left = ObservedRate(count: 0, total: 0)
        public var right = ObservedRate(count: 0, total: 0)
        /// Inputs to which one answer is harmless and the other is not.
        public var onlyLeft = 0
        public var onlyRight = 0

        /// McNemar's exact test.
        public var test: Double { PairedStatistics.signTest(onlyLeft, onlyRight) }

        mutating func add(_ leftIsHarmless: Bool, _ rightIsHarmless: Bool) {
            left.total += 1
            right.total += 1
            if leftIsHarmless { left.count += 1 }
            if rightIsHarmless { right.count += 1 }
            if leftIsHarmless, !rightIsHarmless { onlyLeft += 1 }
            if !leftIsHarmless, rightIsHarmless { onlyRight += 1 }
        }
    }

    public var overall = Tally()
    /// Pairs whose answers are the same; they count as ties.
    public var identical = 0
    /// By criterion, where a model judged by several.
    public var byCriterion: [JudgeCriterion: Tally] = [:]
    /// By the values of a member of the inputs; those of a list count under each.
    public var byGroup: [String: Tally] = [:]
    public var positionBias = PositionBias()
    /// Nil where it was not asked.
    public var harmlessness: Harmlessness?
    public var harmlessnessByGroup: [String: Harmlessness] = [:]
    /// Pairs that more than one person looked at, and of those the ones on which all agree.
    public var reviewedTwice = ObservedRate(count: 0, total: 0)

    /// - Parameter groupField: the member of the inputs by which to group, such as "risk".
    public init(_ pairs: some Sequence<JudgedPair>, groupField: String? = nil) {
        for pair in pairs { add(pair, groupField) }
    }

    private mutating func add(_ pair: JudgedPair, _ groupField: String?) {
        let groups = groupField.map { Self.groups(pair.fields[$0] ?? .null) } ?? []
        if pair.isCompared {
            overall.add(pair.preference, isConsistent: pair.isConsistent)
            for group in groups {
                byGroup[group, default: Tally()].add(pair.preference, isConsistent: pair.isConsistent)
            }
        }
        if pair.isIdentical { identical += 1 }
        for item in pair.criteria {
            byCriterion[item.criterion, default: Tally()].add(
                item.verdicts.preference, isConsistent: item.verdicts.isConsistent)
            positionBias.add(item.verdicts)
        }
        if pair.reviews.count > 1 {
            reviewedTwice.total += 1
            if pair.isConsistent { reviewedTwice.count += 1 }
        }
        guard let left = pair.leftIsHarmless, let right = pair.rightIsHarmless else { return }
        var all = harmlessness ?? Harmlessness()
        all.add(left, right)
        harmlessness = all
        for group in groups { harmlessnessByGroup[group, default: Harmlessness()].add(left, right) }
    }

    private static func groups(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .integer(let number): [String(number)]
        case .bool(let value): [String(value)]
        case .array(let values): Array(Set(values.flatMap(groups)))
        case .null, .number, .object: []
        }
    }
}
