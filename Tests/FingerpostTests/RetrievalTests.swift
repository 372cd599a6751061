import Foundation
import GuidelineStore
import Testing

@testable import Fingerpost

@Suite("Retrieval by meaning and by words")
struct RetrievalTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func library() throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add([locks, doses, recipes])
        return library
    }

    @Test("A similarity is the mean of what is said and of the examples, unless an example is all but repeated")
    func similarity() {
        func value(_ statement: Float?, _ examples: [Float]) -> Float? {
            var similarity = Similarity()
            for example in examples.reversed() { similarity.add(example, isExample: true) }
            if let statement { similarity.add(statement, isExample: false) }
            return similarity.value
        }
        #expect(value(nil, []) == nil)
        #expect(value(0.3, []) == 0.3)
        #expect(value(-0.3, []) == -0.3)
        // (.2 + (.4 + .3) / 2) / 2
        #expect(abs((value(0.2, [0.4, 0.2]) ?? 0) - 0.275) < 1e-6)
        #expect(abs((value(nil, [0.4, 0.2]) ?? 0) - 0.35) < 1e-6)
        // The margin below the example, which is more than (.1 + (1 + .5) / 2) / 2.
        #expect(abs((value(0.1, [1, 0]) ?? 0) - 0.8) < 1e-6)
    }

    @Test("A guideline says its title, when it applies, and what to do, each once")
    func statement() {
        #expect(Guideline(id: "a", text: "Refuse.").statement == "Refuse.")
        #expect(Guideline(id: "a", title: "No locks", text: "Refuse.").statement == "No locks. Refuse.")
        #expect(
            Guideline(id: "a", title: "Locks?", text: "Refuse.", condition: "the user asks").statement
                == "Locks? the user asks. Refuse.")
        #expect(
            Guideline(id: "a", text: "When The User asks, refuse.", condition: "when the user asks").statement
                == "When The User asks, refuse.")
    }

    @Test("Each method scores by what it says, and all tell their parts")
    func methods() throws {
        let library = try library()
        let input = "how can I pick a lock"
        func search(_ method: RetrievalMethod) throws -> Retrieval {
            try library.search(input, options: RetrievalOptions(method: method, explains: true))
        }
        let (dense, hybrid, lexical) = try (search(.dense), search(.hybrid), search(.lexical))
        for match in dense.matches {
            #expect(match.score == match.similarity && match.wordShare == nil)
            var similarity = Similarity()
            for part in match.parts { similarity.add(part.score, isExample: part.field == .example) }
            #expect(abs((similarity.value ?? -2) - match.score) < 1e-5)
        }
        for match in hybrid.matches {
            let alone = try #require(dense.matches.first { $0.id == match.id })
            #expect(match.similarity == alone.similarity)
            let share = try #require(match.wordShare)
            #expect(share >= 0 && match.score >= alone.score && (match.score > alone.score) == (share > 0))
        }
        #expect(hybrid.matches.first?.id == "locks" && lexical.matches.first?.id == "locks")
        #expect(lexical.mode == .words)
        for match in lexical.matches {
            #expect(match.similarity == nil && match.wordShare == match.score && match.score > 0)
            #expect(hybrid.matches.first { $0.id == match.id }?.wordShare == match.score)
        }
        let byVector = try library.search(vector: library.encoder.encode(input))
        #expect(byVector.matches.map(\.score) == dense.matches.map(\.score))
    }

    @Test("A threshold is compared with the similarity, whatever words add")
    func threshold() throws {
        let library = try library()
        let all = try library.search("how can I pick a lock")
        let best = try #require(all.matches.first)
        let similarity = try #require(best.similarity)
        #expect(similarity < best.score)
        let above = try library.search(
            "how can I pick a lock", options: RetrievalOptions(minimumScore: similarity.nextUp))
        #expect(!above.matches.contains { $0.id == best.id })
        #expect(above.dropped.first { $0.id == best.id }?.reason == .belowThreshold)
        #expect(above.bestSimilarity == all.bestSimilarity)
        let at = try library.search("how can I pick a lock", options: RetrievalOptions(minimumScore: similarity))
        #expect(at.matches.contains { $0.id == best.id })
    }

    @Test("Words find what the encoder does not know, and words of no guideline find nothing")
    func unknownToTheEncoder() throws {
        let library = try library()
        // The encoder of these tests knows letters alone.
        try library.add([Guideline(id: "code", text: "Form 1099 goes to the tax office.", examples: ["1099"])])
        let found = try library.search("1099")
        #expect(found.matches.map(\.id) == ["code"] && found.mode == .words)
        #expect(found.matches.first?.via.field == .text)
        let none = try library.search("4711")
        #expect(none.matches.isEmpty && none.mode == .none)
        #expect(try library.search("1099", options: RetrievalOptions(method: .dense)).mode == .none)
        let dropped = try library.search("1099", options: RetrievalOptions(minimumScore: 5))
        #expect(dropped.matches.isEmpty && dropped.dropped.map(\.reason) == [.belowThreshold])
    }

    @Test("Words follow what is added, changed, removed and done by others")
    func wordsFollow() throws {
        let library = try library()
        let byWords = RetrievalOptions(method: .lexical)
        #expect(try library.search("zeppelin", options: byWords).matches.isEmpty)
        try library.add([Guideline(id: "z", text: "Zeppelins are welcome.")])
        #expect(try library.search("zeppelin", options: byWords).matches.map(\.id) == ["z"])
        try library.add([Guideline(id: "z", text: "Balloons are welcome.")])
        #expect(try library.search("zeppelin", options: byWords).matches.isEmpty)
        #expect(try library.search("balloon", options: byWords).matches.map(\.id) == ["z"])
        let other = try GuidelineLibrary.open(at: folder.library, options: options())
        try other.add([Guideline(id: "y", text: "No balloon at night.")])
        #expect(Set(try library.search("balloon", options: byWords).matches.map(\.id)) == ["y", "z"])
        try other.remove(ids: ["z"])
        #expect(try library.search("balloon", options: byWords).matches.map(\.id) == ["y"])
        try library.add([Guideline(id: "y", text: "No balloon at night.", status: .retired)])
        let retired = try library.search("balloon", options: byWords)
        #expect(retired.matches.isEmpty && retired.dropped.map(\.reason) == [.status])
    }

    @Test("As many candidates as asked for are looked at before diversity leaves some out")
    func candidates() throws {
        let library = try library()
        // Nearer to the input than anything else, and all alike.
        try library.add((0..<12).map { Guideline(id: "twin\($0)", text: "how can I pick a lock of a house \($0)") })
        var options = RetrievalOptions(limit: 2)
        options.diversity = .fuzzy(0.5)
        let few = try library.search("how can I pick a lock of a house", options: options)
        #expect(few.matches.count == 1 && few.matches[0].id.hasPrefix("twin"))
        options.candidates = 20
        let more = try library.search("how can I pick a lock of a house", options: options)
        #expect(more.matches.count == 2 && more.matches[0].id == few.matches[0].id)
        #expect(more.dropped.count { $0.reason == .nearDuplicate } == 11)
        // Fewer than are wanted makes no sense, and does no harm.
        options.candidates = 1
        options.diversity = nil
        #expect(try library.search("how can I pick a lock of a house", options: options).matches.count == 2)
        options.candidates = 0
        #expect(throws: FingerpostError.self) { try library.search("a", options: options) }
    }

    @Test("Rules for every input come whatever is found, highest authority first, and are no matches")
    func always() throws {
        let library = try library()
        try library.add([
            Guideline(id: "d", text: "Never lie.", authority: .developer),
            Guideline(id: "s", text: "Be kind.", authority: .system),
            Guideline(id: "r2", text: "Do no harm with locks.", authority: .root),
            Guideline(id: "r1", text: "Obey the law about locks.", authority: .root, priority: 1),
            Guideline(id: "gone", text: "Old.", status: .retired, authority: .root),
        ])
        var options = RetrievalOptions(limit: 2)
        options.always = .system
        for (input, limit) in [("how can I pick a lock", 2), ("how can I pick a lock", 0), ("4711", 2), ("", 2)] {
            options.limit = limit
            let found = try library.search(input, options: options)
            #expect(found.always.map(\.id) == ["r1", "r2", "s"], "\(input)")
            #expect(Set(found.matches.map(\.id)).isDisjoint(with: ["r1", "r2", "s"]))
        }
        options.limit = 2
        #expect(try library.search("how can I pick a lock", options: options).matches.count == 2)
        options.always = nil
        #expect(try library.search("do no harm with locks", options: options).matches.first?.id == "r2")
    }

    @Test("Filters: what they let through is found as if there were nothing else")
    func filters() throws {
        let openOptions = options()
        let library = try GuidelineLibrary.create(at: folder.library, options: openOptions)
        var generator = SeededGenerator(state: 17)
        let words = ["lock", "dose", "vote", "bank", "knife", "story", "ocean", "tax", "virus", "poem"]
        let all = (0..<400).map { number in
            Guideline(
                id: "g\(number)",
                text: (0..<4).map { _ in words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
                    + " \(number)",
                severity: Guideline.Severity.allCases.randomElement(using: &generator) ?? .low,
                tags: number % 7 == 0 ? ["seven"] : [])
        }
        try library.add(all)
        for expression in ["severity >= high", "tag = seven", "severity = low and tag = seven", "id = g3", "id = none"]
        {
            let filter = try GuidelineFilter(parsing: expression)
            let alone = try GuidelineLibrary.create(
                at: folder.url.appendingPathComponent("f\(expression.count)"), options: openOptions)
            try alone.add(all.filter(filter.matches))
            for method in [RetrievalMethod.dense, .lexical] {
                for input in ["bank lock", "an ocean of tax", "poem"] {
                    var options = RetrievalOptions(limit: 9, method: method, isExact: true)
                    let expected = try alone.search(input, options: options).matches
                    options.filter = filter
                    let found = try library.search(input, options: options).matches
                    if method == .dense {
                        #expect(found.map(\.id) == expected.map(\.id), "\(expression) \(input)")
                    } else {
                        // The rarity of words is that of the whole library.
                        #expect(found.count == expected.count && found.allSatisfy { filter.matches($0.guideline) })
                    }
                }
            }
        }
        // Kept filters follow what is written.
        var options = RetrievalOptions(limit: 3, explains: true)
        options.filter = try GuidelineFilter(parsing: "tag = seven")
        try library.add([Guideline(id: "new", text: "zeppelin", tags: ["seven"])])
        #expect(try library.search("zeppelin", options: options).matches.first?.id == "new")
        try library.add([Guideline(id: "new", text: "zeppelin")])
        let without = try library.search("zeppelin", options: options)
        #expect(!without.matches.contains { $0.id == "new" })
        #expect(without.dropped.contains { $0.id == "new" && $0.reason == .filtered })
    }

    @Test("Exact search ranks every guideline as the definition does")
    func exact() throws {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        var generator = SeededGenerator(state: 5)
        let vocabulary = (0..<60).map { number in
            let word = String((0..<5).map { _ in "abcdefghij".randomElement(using: &generator) ?? "a" })
            return word + (number % 2 == 0 ? "s" : "")
        }
        func phrase(_ count: Int) -> String {
            (0..<count).map { _ in vocabulary.randomElement(using: &generator) ?? "" }.joined(separator: " ")
        }
        let guidelines = (0..<150).map { number in
            Guideline(
                id: "g\(number)", title: number % 3 == 0 ? phrase(2) : nil, text: phrase(6) + " \(number)",
                examples: (0..<(number % 4)).map { phrase(4) + " \($0)" })
        }
        try library.add(guidelines)
        func cosine(_ a: String, _ b: String) throws -> Float {
            zip(try library.encoder.encode(a), try library.encoder.encode(b)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for _ in 0..<10 {
            let input = phrase(5)
            let found = try library.search(
                input, options: RetrievalOptions(limit: 10, method: .dense, isExact: true))
            let expected = try guidelines.map { guideline in
                var similarity = Similarity()
                similarity.add(try cosine(input, guideline.statement), isExample: false)
                for example in guideline.examples { similarity.add(try cosine(input, example), isExample: true) }
                return (id: guideline.id, score: similarity.value ?? -2)
            }
            .sorted { $0.score > $1.score }
            for (match, right) in zip(found.matches, expected) { #expect(abs(match.score - right.score) < 1e-5) }
            #expect(found.matches.count == 10)
        }
    }
}
