import GuidelineStore
import Platform
import Testing
@testable import Fingerpost

/// Guidelines with many near-copies: texts of a few words, edited at random.
func nearDuplicates(_ count: Int, distinct: Int, seed: UInt64) -> [Guideline] {
    var generator = SplitMix64(seed: seed)
    let words = """
        avoid share answer private medical legal money child user system password question never do not always explain \
        politely quickly safe unsafe advice about with the a of careful größe 安全 report honest story code image name
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    func pick<C: RandomAccessCollection>(_ items: C) -> C.Element {
        items[items.index(items.startIndex, offsetBy: Int.random(in: 0..<items.count, using: &generator))]
    }
    let origins = (0..<distinct).map { _ in
        (0..<Int.random(in: 3...22, using: &generator)).map { _ in pick(words) }
    }
    return (0..<count).map { number in
        var text = pick(origins)
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let place = Int.random(in: 0..<text.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: text[place] = pick(words)
            case 1: text.insert(pick(words), at: place)
            case 2 where text.count > 2: text.remove(at: place)
            case 3: text[place] = text[place].uppercased() + ","
            default: text.swapAt(place, text.count - 1)
            }
        }
        return Guideline(
            id: "g\(number)", text: text.joined(separator: " "),
            condition: number % 17 == 0 ? pick(words) : nil, kind: number % 23 == 0 ? .style : .safety,
            status: number % 5 == 0 ? .draft : .active, authority: number % 29 == 0 ? .system : .guideline,
            language: number % 31 == 0 ? "de" : "en", examples: number % 7 == 0 ? ["example \(number)"] : [],
            relations: number % 37 == 0 ? [.init(type: .excludes, target: "g\(number / 2)")] : [],
            additionalFields: number % 3 == 0 ? ["support": .integer(number % 11)] : [:])
    }
}

func corpus(of guidelines: [Guideline]) -> DuplicateCorpus {
    var corpus = DuplicateCorpus()
    for guideline in guidelines { corpus.append(guideline) }
    return corpus
}

@Suite struct DuplicateSearchTests {
    private func find(
        _ corpus: DuplicateCorpus, _ change: (inout DeduplicationOptions) -> Void = { _ in }
    ) throws -> DuplicateGroups {
        var options = DeduplicationOptions()
        options.tiers = [.exact, .fuzzy]
        change(&options)
        return try DuplicateSearch(corpus: corpus, options: options).run(vectors: nil) { _, _ in }
    }

    /// Whether two may be merged, by the plain definition.
    private func mayMerge(_ corpus: DuplicateCorpus, _ a: Int, _ b: Int) -> Bool {
        corpus.barrier(a, b, options: DeduplicationOptions()) == nil && !corpus.isOpposite(a, b)
    }

    private func similarity(_ corpus: DuplicateCorpus, _ a: Int, _ b: Int) -> Double {
        let first = Array(corpus.text[corpus.range(of: a)])
        let second = Array(corpus.text[corpus.range(of: b)])
        return Double(2 * plainCommonSubsequence(first, second)) / Double(first.count + second.count)
    }

    /// The guidelines that are kept if everything is compared with everything.
    private func keptByDefinition(_ corpus: DuplicateCorpus, threshold: Double) -> Set<Int> {
        var kept: [Int] = []
        for item in corpus.ranked().map(Int.init) {
            if !kept.contains(where: {
                similarity(corpus, item, $0) >= threshold && mayMerge(corpus, item, $0)
            }) {
                kept.append(item)
            }
        }
        return Set(kept)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func keepsWhatTheDefinitionKeeps(seed: UInt64) throws {
        let corpus = corpus(of: nearDuplicates(200, distinct: 24, seed: seed))
        for threshold in [0.75, 0.9] {
            let found = try find(corpus) { $0.fuzzyThreshold = threshold }
            let dropped = found.groups.flatMap { $0.members.map(\.index) }
            #expect(Set(dropped).count == dropped.count, "seed \(seed): dropped twice")
            let kept = Set(0..<corpus.count).subtracting(dropped)
            #expect(kept == keptByDefinition(corpus, threshold: threshold), "seed \(seed), threshold \(threshold)")
            #expect(found.duplicateCount > 40)
            #expect(found.remaining == kept.count)
            for group in found.groups {
                #expect(kept.contains(group.kept), "seed \(seed): a chain")
                for member in group.members {
                    #expect(member.similarity == similarity(corpus, group.kept, member.index), "seed \(seed)")
                    #expect(member.similarity >= threshold)
                    #expect((member.tier == .exact) == (member.similarity == 1))
                    #expect(mayMerge(corpus, group.kept, member.index))
                }
            }
            for conflict in found.conflicts {
                #expect(kept.contains(conflict.first) && kept.contains(conflict.second))
                #expect(corpus.isOpposite(conflict.first, conflict.second))
                #expect(conflict.similarity >= threshold)
            }
        }
    }

    @Test(arguments: [4] as [UInt64])
    func theIndexAloneFindsNearlyAll(seed: UInt64) throws {
        // More than one block, so that the index is asked.
        let corpus = corpus(of: nearDuplicates(2_500, distinct: 120, seed: seed))
        let all = try find(corpus)
        let indexed = try find(corpus) { $0.exhaustiveLimit = 0 }
        #expect(all.duplicateCount > 1_000)
        #expect(Double(indexed.duplicateCount) >= 0.97 * Double(all.duplicateCount), "seed \(seed)")
    }

    @Test func theResultDoesNotDependOnThreads() throws {
        let corpus = corpus(of: nearDuplicates(1_500, distinct: 100, seed: 9))
        let one = try find(corpus) { $0.threads = 1 }
        for threads in [2] {
            #expect(try find(corpus) { $0.threads = threads } == one)
        }
    }

    @Test func whoIsKept() throws {
        func kept(_ a: Guideline, _ b: Guideline) throws -> Int? {
            try find(corpus(of: [a, b])).groups.first?.kept
        }
        let plain = Guideline(id: "a", text: "Do not share the password of a user.")
        var other = Guideline(id: "b", text: "do not share the password of a user")
        #expect(try kept(plain, other) == 0)
        other.additionalFields["support"] = .integer(2)
        #expect(try kept(plain, other) == 1)
        var exampled = plain
        exampled.examples = ["what is the password"]
        #expect(try kept(exampled, other) == 0)
        exampled.status = .shadow
        #expect(try kept(exampled, other) == 1)
        other.status = .draft
        #expect(try kept(exampled, other) == 0)
        other.status = .retired
        #expect(try find(corpus(of: [exampled, other])).groups.isEmpty)
    }

    @Test func whatBarsAMerge() throws {
        let base = Guideline(id: "a", text: "Tell the user about the risks of the medicine.")
        func merges(_ change: (inout Guideline) -> Void, across: Bool = false) throws -> Bool {
            var other = base
            other.id = "b"
            other.text += " Now."
            change(&other)
            let found = try find(corpus(of: [base, other])) { $0.acrossAuthority = across }
            return found.duplicateCount == 1
        }
        #expect(try merges { _ in })
        #expect(try !merges { $0.language = "fr" })
        #expect(try !merges { $0.kind = .quality })
        #expect(try !merges { $0.relations = [.init(type: .excludes, target: "a")] })
        #expect(try merges { $0.relations = [.init(type: .entails, target: "a")] })
        #expect(try !merges { $0.authority = .root })
        #expect(try merges({ $0.authority = .root }, across: true))
        #expect(try merges { $0.authority = .developer })
        #expect(try merges { $0.condition = "the user is ill" })
        #expect(try !merges { $0.text = "Do not tell the user about the risks of the medicine." })
        var conditional = base
        conditional.condition = "the user is a child"
        var other = conditional
        other.id = "b"
        other.condition = "The user is a child!"
        #expect(try find(corpus(of: [conditional, other])).duplicateCount == 1)
        other.condition = "somebody asks on behalf of a patient"
        #expect(try find(corpus(of: [conditional, other])).duplicateCount == 0)
    }

    @Test func tiersAlone() throws {
        let guidelines = [
            Guideline(id: "a", text: "Be polite."), Guideline(id: "b", text: "be  POLITE"),
            Guideline(id: "c", text: "Be politer."),
        ]
        #expect(try find(corpus(of: guidelines)) { $0.tiers = [.exact] }.countsByTier == [.exact: 1])
        #expect(try find(corpus(of: guidelines)) { $0.tiers = [.fuzzy] }.countsByTier == [.fuzzy: 2])
        #expect(try find(corpus(of: guidelines)).countsByTier == [.exact: 1, .fuzzy: 1])
    }

    @Test func progressMayEndIt() throws {
        struct Enough: Error {}
        let corpus = corpus(of: nearDuplicates(1_500, distinct: 80, seed: 3))
        var options = DeduplicationOptions()
        options.tiers = [.exact, .fuzzy]
        #expect(throws: Enough.self) {
            try DuplicateSearch(corpus: corpus, options: options).run(vectors: nil) { completed, _ in
                if completed > 1_000 { throw Enough() }
            }
        }
    }
}
