import GuidelineStore
import Platform
import Testing
@testable import Fingerpost

@Suite struct MergeTests {
    private let kept = Guideline(
        id: "kept", text: "Do not share passwords.", severity: .low, risk: ["x:a"], tags: ["t"], examples: ["one"],
        counterexamples: ["near"], relations: [.init(type: .entails, target: "other")],
        additionalFields: ["support": .integer(5)])
    private let duplicate = Guideline(
        id: "gone", text: "Don't share passwords.", severity: .critical, risk: ["x:b", "x:a"], tags: ["u"],
        examples: ["one", "two", "near", "three"], counterexamples: ["one", "far"],
        relations: [.init(type: .priority, target: "kept"), .init(type: .entails, target: "other")],
        source: ["ref": .string("file.md")], version: 4)

    @Test func whatIsTakenOver() {
        var merged = kept
        merged.merge([MergedDuplicate(guideline: duplicate, tier: .fuzzy, similarity: 0.91)], maximumExamples: 64)
        merged.retargetRelations(["gone": "kept"])
        #expect(merged.text == kept.text && merged.id == "kept")
        #expect(merged.examples == ["one", "two", "three"])
        #expect(merged.counterexamples == ["near", "far"])
        #expect(merged.severity == .critical)
        #expect(merged.risk == ["x:a", "x:b"] && merged.tags == ["t", "u"])
        #expect(merged.relations == kept.relations)
        #expect(merged.support == 6)
        guard case .array(let entries)? = merged.additionalFields["merged"] else {
            Issue.record("nothing is said of what was merged")
            return
        }
        #expect(
            entries == [
                .object([
                    "id": .string("gone"), "version": .integer(4), "support": .integer(1), "tier": .string("fuzzy"),
                    "similarity": .number(0.91), "source": .object(["ref": .string("file.md")]),
                ])
            ])
    }

    @Test func examplesAreBounded() {
        var merged = kept
        merged.merge([MergedDuplicate(guideline: duplicate, tier: .fuzzy, similarity: 1)], maximumExamples: 2)
        #expect(merged.examples == ["one", "two"])
        merged = kept
        merged.examples = ["p", "q", "r"]
        merged.merge([MergedDuplicate(guideline: duplicate, tier: .fuzzy, similarity: 1)], maximumExamples: 0)
        #expect(merged.examples == ["p", "q", "r"])
    }

    @Test func whatWasMergedBeforeComesAlong() {
        var first = duplicate
        first.merge([MergedDuplicate(guideline: kept, tier: .exact, similarity: 1)], maximumExamples: 1)
        var last = Guideline(id: "last", text: "Do not share a password.")
        last.merge([MergedDuplicate(guideline: first, tier: .fuzzy, similarity: 0.8)], maximumExamples: 1)
        #expect(last.support == 7)
        let ids = last.mergedEntries.compactMap { entry -> String? in
            guard case .object(let members) = entry, case .string(let id)? = members["id"] else { return nil }
            return id
        }
        #expect(ids == ["gone", "kept"])
    }

    @Test func supportThatIsTooLargeStays() {
        var large = kept
        large.additionalFields["support"] = .integer(.max)
        large.merge([MergedDuplicate(guideline: duplicate, tier: .exact, similarity: 1)], maximumExamples: 1)
        #expect(large.support == .max)
        large.additionalFields["support"] = .string("many")
        #expect(large.support == 1)
    }

    @Test func relationsFollow() {
        var guideline = kept
        guideline.relations = [
            .init(type: .priority, target: "gone"), .init(type: .priority, target: "new"),
            .init(type: .excludes, target: "mine"),
        ]
        let isFirstChanged = guideline.retargetRelations(["gone": "new", "mine": "kept"])
        #expect(isFirstChanged)
        #expect(guideline.relations == [.init(type: .priority, target: "new")])
        let isSecondChanged = guideline.retargetRelations(["gone": "new"])
        #expect(!isSecondChanged)
    }

    /// Records in, records out: nothing of support and sources is lost.
    @Test(arguments: [1, 2] as [UInt64])
    func aCorpusConservesSupportAndSources(seed: UInt64) throws {
        var options = DeduplicationOptions()
        options.tiers = [.exact, .fuzzy]
        var given = nearDuplicates(400, distinct: 30, seed: seed)
        for index in given.indices { given[index].source = ["ref": .string("line \(index)")] }
        given[3].status = .retired
        var corpus = try CorpusDeduplication(options: options)
        for guideline in given { corpus.append(guideline) }
        let groups = try corpus.search()
        var left: [Guideline] = []
        try corpus.forEachLine(groups) { line in
            left.append(try Guideline(json: JSONValue(parsing: String(decoding: line, as: UTF8.self))))
        }
        #expect(left.count == given.count - groups.duplicateCount && left.count < 300)
        #expect(left.reduce(0) { $0 + $1.support } == given.reduce(0) { $0 + $1.support })
        let merged = left.flatMap(\.mergedEntries).compactMap { entry -> String? in
            guard case .object(let members) = entry, case .object(let source)? = members["source"],
                case .string(let ref)? = source["ref"]
            else { return nil }
            return ref
        }
        let own = left.compactMap { guideline -> String? in
            guard case .string(let ref)? = guideline.source["ref"] else { return nil }
            return ref
        }
        #expect(Set(merged + own) == Set(given.indices.map { "line \($0)" }) && merged.count + own.count == given.count)
        let ids = Set(left.map(\.id))
        let given0 = Set(given.map(\.id))
        for guideline in left {
            #expect(guideline.relations.allSatisfy { ids.contains($0.target) || !given0.contains($0.target) })
        }

        // What is left has no duplicates.
        var again = try CorpusDeduplication(options: options)
        for guideline in left { again.append(guideline) }
        let second = try again.search()
        #expect(second.duplicateCount == 0, "seed \(seed)")
    }
}
