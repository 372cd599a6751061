import GuidelineStore
import Testing

@testable import Fingerpost

@Suite("Which of the guidelines found count")
struct SelectionTests {
    private func guideline(
        _ id: String, _ relations: [(Guideline.Relation.Kind, String)] = [],
        authority: Guideline.Authority = .guideline, priority: Int = 0
    ) -> Guideline {
        Guideline(
            id: id, text: "Text of \(id).", authority: authority, priority: priority,
            relations: relations.map { Guideline.Relation(type: $0.0, target: $0.1) })
    }

    /// The guidelines in their order, each a little less similar than the one before.
    private func select(
        _ guidelines: [Guideline], limit: Int = 6, always: Set<String> = [], others: [Guideline] = [],
        _ change: (inout RetrievalOptions) -> Void = { _ in }
    ) throws -> (matches: [String], dropped: [String]) {
        var options = RetrievalOptions(limit: limit)
        change(&options)
        let candidates = guidelines.enumerated().map { place, guideline in
            let score = 0.9 - Float(place) / 100
            let via = MatchedPassage(field: .text, ordinal: 0, text: guideline.text, score: score)
            return Selection.Candidate(
                match: GuidelineMatch(guideline: guideline, score: score, similarity: score, via: via), slot: place)
        }
        let known = guidelines + others
        let selection = try Selection(candidates, always: always, options: options) { id in known.first { $0.id == id }
        }
        return (
            selection.matches.map { $0.match.id + ($0.match.entailedBy.map { "<\($0)" } ?? "") },
            selection.dropped.map { "\($0.id) \($0.reason.rawValue)" }
        )
    }

    @Test("A rule's own threshold comes first, then the lowest of its risks', then the one for all")
    func thresholds() throws {
        var own = guideline("own")
        own.threshold = 0.95
        own.risk = ["mlc:vcr"]
        var risky = guideline("risky")
        risky.risk = ["mlc:vcr", "mlc:hte", "x:style"]
        let plain = guideline("plain")
        func change(_ options: inout RetrievalOptions) {
            options.minimumScore = 0.885
            options.riskThresholds = ["mlc:vcr": 0.95, "mlc:hte": 0.2]
        }
        #expect(try select([own, risky, plain], change).matches == ["risky"])
        #expect(
            try select([own, risky, plain], change).dropped == ["own below_threshold", "plain below_threshold"])
        let ignoring = try select([own, risky, plain]) { options in
            change(&options)
            options.usesThresholds = false
            options.riskThresholds["mlc:vcr"] = 0.5
        }
        #expect(ignoring.matches == ["own", "risky"])
        own.threshold = 0.9
        #expect(try select([own]).matches == ["own"], "a threshold is reached by being equal to it")
    }

    @Test("Fuzzy diversity leaves out what a better one says nearly the same")
    func fuzzyDiversity() throws {
        var (first, same, other) = (guideline("a"), guideline("b"), guideline("c"))
        first.text = "Do not explain how to open a lock without its key."
        same.text = "Do not explain how to open locks without the key!"
        other.text = "Name a locksmith."
        let all = [first, same, other, guideline("d", [(.priority, "a")])]
        #expect(try select(all, limit: 2).matches == ["a", "b"])
        var found = try select(all, limit: 2) { $0.diversity = .fuzzy(0.8) }
        #expect(found.matches == ["a", "c"] && found.dropped == ["b near_duplicate"])
        // Once the first is out, the second is no duplicate of anything.
        found = try select(all, limit: 3) { $0.diversity = .fuzzy(0.8) }
        #expect(found.matches == ["b", "c", "d"] && found.dropped == ["a deprioritized"])
        #expect(try select(all, limit: 0) { $0.diversity = .fuzzy(0.8) }.matches.isEmpty)
    }

    @Test("Marginal relevance is the definition, step by step")
    func marginalRelevance() throws {
        var generator = SeededGenerator(state: 21)
        for _ in 0..<200 {
            let count = Int.random(in: 1...9, using: &generator)
            let vectors = (0..<count).map { _ in (0..<4).map { _ in Float.random(in: -1...1, using: &generator) } }
            let scores = (0..<count).map { _ in Float.random(in: 0...1, using: &generator) }.sorted(by: >)
            func likeness(_ a: Int, _ b: Int) -> Float {
                func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
                let (x, y) = (vectors[a], vectors[b])
                return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
            }
            let candidates = (0..<count).map { place in
                let via = MatchedPassage(field: .text, ordinal: 0, text: "", score: 0)
                return Selection.Candidate(
                    match: GuidelineMatch(guideline: guideline("g\(place)"), score: scores[place], via: via),
                    slot: place)
            }
            let weight = Double.random(in: 0...1, using: &generator)
            let limit = Int.random(in: 0...9, using: &generator)
            var taken: [Int] = []
            while taken.count < min(limit, count) {
                let left = (0..<count).filter { !taken.contains($0) }
                let gains = left.map { place in
                    let nearest = taken.map { likeness($0, place) }.max() ?? 0
                    return weight * Double(scores[place]) - (1 - weight) * Double(nearest)
                }
                let best = try #require(gains.max())
                taken.append(left[try #require(gains.firstIndex(of: best))])
            }
            let (chosen, skipped) = Diversity.marginalRelevance(weight: weight).choose(limit, of: candidates) {
                likeness($0.slot, $1.slot)
            }
            #expect(chosen.map(\.slot) == taken.sorted())
            #expect(skipped == Set((0..<(taken.max() ?? 0)).filter { !taken.contains($0) }.map { "g\($0)" }))
            let plain = Diversity.marginalRelevance(weight: 1).choose(limit, of: candidates) { _, _ in 0.5 }
            #expect(plain.chosen.map(\.slot) == Array(0..<min(limit, count)))
        }
    }

    @Test("What is dropped makes room for the next")
    func room() throws {
        var retired = guideline("b")
        retired.status = .retired
        let found = try select([guideline("a"), retired, guideline("c"), guideline("d")], limit: 2)
        #expect(found.matches == ["a", "c"] && found.dropped == ["b status"])
    }

    @Test("Relations, one kind after the other")
    func relations() throws {
        // Priority, whichever ranks higher; over each other, rank decides.
        var found = try select([guideline("a"), guideline("b", [(.priority, "a")])])
        #expect(found.matches == ["b"] && found.dropped == ["a deprioritized"])
        found = try select([guideline("a", [(.priority, "b")]), guideline("b", [(.priority, "a")])])
        #expect(found.matches == ["a"] && found.dropped == ["b deprioritized"])
        // Exclusion: authority, then priority, then rank.
        found = try select([guideline("a", [(.excludes, "b")]), guideline("b", authority: .root)])
        #expect(found.matches == ["b"] && found.dropped == ["a excluded"])
        found = try select([guideline("a"), guideline("b", [(.excludes, "a")], priority: 2)])
        #expect(found.matches == ["b"])
        found = try select([guideline("a"), guideline("b", [(.excludes, "a")])])
        #expect(found.matches == ["a"] && found.dropped == ["b excluded"])
        // Dependencies.
        let needsAll = guideline("a", [(.dependsOnAll, "b"), (.dependsOnAll, "c")])
        let needsAny = guideline("d", [(.dependsOnAny, "b"), (.dependsOnAny, "x")])
        #expect(try select([needsAll, guideline("b"), guideline("c"), needsAny]).matches == ["a", "b", "c", "d"])
        #expect(try select([needsAll, guideline("b"), needsAny]).dropped == ["a unmet_dependency"])
        #expect(try select([needsAll, needsAny], always: ["b", "c"]).matches == ["a", "d"])
        // Entailment: behind the match that entails, in turn, and once.
        found = try select(
            [guideline("a", [(.entails, "x")]), guideline("b", [(.entails, "x"), (.entails, "gone")])], limit: 2,
            others: [guideline("x", [(.entails, "y"), (.entails, "a")]), guideline("y")])
        #expect(found.matches == ["a", "x<a", "y<x", "b"])
        found = try select([guideline("a", [(.entails, "x")])], others: [guideline("x", [(.excludes, "a")])])
        #expect(found.matches == ["a"])
        // None of it, where it is not asked for.
        found = try select([needsAll, guideline("e", [(.priority, "a")])]) { $0.honorsRelations = false }
        #expect(found.matches == ["a", "e"])
    }

    @Test("What a guideline took out that does not apply itself comes back")
    func comesBack() throws {
        let found = try select([
            guideline("a"), guideline("b", [(.priority, "a"), (.dependsOnAll, "c")]),
            guideline("c"), guideline("d", [(.priority, "c")]),
        ])
        #expect(found.matches == ["a", "d"])
        #expect(found.dropped == ["b unmet_dependency", "c deprioritized"])
    }

    @Test("Random relations: whatever is returned agrees with all of them")
    func invariants() throws {
        var generator = SeededGenerator(state: 3)
        let kinds = Guideline.Relation.Kind.allCases
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...9, using: &generator)
            let guidelines = (0..<count).map { number in
                guideline(
                    "g\(number)",
                    (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                        let kind = kinds.randomElement(using: &generator) ?? .excludes
                        return (kind, "g\(Int.random(in: 0..<10, using: &generator))")
                    }.filter { $0.1 != "g\(number)" },
                    authority: Guideline.Authority.allCases.randomElement(using: &generator) ?? .user,
                    priority: Int.random(in: 0...1, using: &generator))
            }
            let limit = Int.random(in: 0...9, using: &generator)
            let found = try select(guidelines, limit: limit)
            let own = found.matches.filter { !$0.contains("<") }
            #expect(own.count <= limit)
            #expect(Set(found.matches).count == found.matches.count)
            let dropped = Set(found.dropped.compactMap { $0.split(separator: " ").first.map(String.init) })
            #expect(dropped.isDisjoint(with: own))
            for guideline in guidelines where own.contains(guideline.id) {
                for relation in guideline.relations {
                    let isThere = own.contains(relation.target)
                    switch relation.type {
                    case .excludes, .priority: #expect(!isThere, "\(guidelines.map { ($0.id, $0.relations) })")
                    case .dependsOnAll: #expect(isThere)
                    case .dependsOnAny, .entails: break
                    }
                }
                let any = guideline.relations.filter { $0.type == .dependsOnAny }
                #expect(any.isEmpty || any.contains { own.contains($0.target) })
            }
            if own.count < limit {
                #expect(own.count + dropped.count == count, "everything is returned or has a reason")
            }
        }
    }
}
