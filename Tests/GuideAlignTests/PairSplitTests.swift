import Fingerpost
import Platform
import Testing

@testable import GuideAlign

@Suite("Parting pairs")
struct PairSplitTests {
    private func split(
        _ pairs: [EvaluationQuery], rules: Int, holdout: Double = 0.1, seed: UInt64 = 1, allowsMissing: Bool = false
    ) throws -> PairSplit {
        try PairSplit(
            pairs, places: Dictionary(uniqueKeysWithValues: (0..<rules).map { ("g\($0)", $0) }), holdout: holdout,
            seed: seed, allowsMissing: allowsMissing)
    }

    /// Pairs of some rules each, some inputs twice in other spelling.
    private func randomPairs(_ count: Int, rules: Int, seed: UInt64) -> [EvaluationQuery] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { number in
            let positives = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                "g\(Int.random(in: 0..<rules, using: &generator))"
            }
            let text = "input \(Int.random(in: 0..<(count * 3 / 4), using: &generator))"
            return EvaluationQuery(
                text: number.isMultiple(of: 3) ? text.uppercased() + " " : text, positives: Set(positives))
        }
    }

    @Test("Every input is in one part, and nothing that is held out is learned from")
    func parts() throws {
        for seed in 0..<20 as Range<UInt64> {
            let rules = seed.isMultiple(of: 2) ? 300 : 20
            let split = try split(randomPairs(900, rules: rules, seed: seed), rules: rules, seed: seed)
            let all = split.training + split.validation.all + split.test.all
            #expect(all.sorted() == Array(split.items.indices), "seed \(seed)")
            let texts = split.items.map { $0.text.lowercased().split(separator: " ").joined(separator: " ") }
            #expect(Set(texts).count == texts.count && split.duplicateCount == 900 - texts.count, "seed \(seed)")
            let learned = Set(split.training.flatMap { split.items[$0].positives })
            for place in split.test.newGuidelines + split.validation.newGuidelines {
                #expect(learned.isDisjoint(with: split.items[place].positives), "seed \(seed)")
            }
            // What chooses has not seen what checks.
            let choosing = Set(split.validation.all.flatMap { split.items[$0].positives })
            for place in split.test.newGuidelines {
                #expect(choosing.isDisjoint(with: split.items[place].positives), "seed \(seed)")
            }
            #expect(split.test.all.count >= 20 && split.validation.all.count >= 10)
            #expect(split.training.count > split.items.count / 2, "seed \(seed)")
            #expect(split.test.newGuidelines.isEmpty == (rules == 20), "seed \(seed)")
        }
    }

    @Test("The seed alone decides")
    func seeds() throws {
        let pairs = randomPairs(500, rules: 100, seed: 3)
        let one = try split(pairs, rules: 100, seed: 5)
        let same = try split(pairs, rules: 100, seed: 5)
        let other = try split(pairs, rules: 100, seed: 6)
        #expect(one.training == same.training && one.test == same.test && one.validation == same.validation)
        #expect(one.test != other.test)
    }

    @Test("Guidelines of an input that is there twice are put together")
    func duplicates() throws {
        var pairs = (0..<60).map { EvaluationQuery(text: "input \($0)", positives: ["g\($0)"]) }
        pairs.append(EvaluationQuery(text: " Input  7", positives: ["g9"]))
        let split = try split(pairs, rules: 60)
        #expect(split.items.count == 60 && split.duplicateCount == 1)
        #expect(split.items.first { $0.text == "input 7" }?.positives == [7, 9])
    }

    @Test("What is unknown is counted and named, and too much of it is an error")
    func unknown() throws {
        var pairs = (0..<80).map { EvaluationQuery(text: "input \($0)", positives: ["g\($0)"]) }
        pairs.append(EvaluationQuery(text: "half", positives: ["g3", "gone"]))
        pairs.append(EvaluationQuery(text: "nothing", positives: []))
        let some = try split(pairs, rules: 70)
        #expect(some.items.count == 71 && some.leftOutCount == 10)
        #expect(some.unknown == Set((70..<80).map { "g\($0)" } + ["gone"]))
        #expect(
            throws: GuideAlignError.unknownGuidelines(
                pairs: 60, of: 81,
                ids: some.unknown.union(
                    (20..<70).map { "g\($0)" }
                ).sorted())
        ) { try split(pairs, rules: 20) }
        #expect(throws: GuideAlignError.tooFewPairs(found: 21, needed: 50)) {
            try split(pairs, rules: 20, allowsMissing: true)
        }
        #expect(throws: GuideAlignError.tooFewPairs(found: 0, needed: 50)) { try split([], rules: 20) }
    }
}
