import Foundation
import GuidelineStore
import TextEncoder
import Testing
@testable import Fingerpost

@Suite struct GuidelineLibraryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func smallLibrary() throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add([locks, doses, recipes])
        return library
    }

    @Test func findsAGuidelineByItsTextItsTitleAndItsExamples() throws {
        let library = try smallLibrary()
        for (query, id, label) in [
            ("open a door without its key", "locks", "text"), ("decline burglary", "locks", "text"),
            ("how can I pick a lock", "locks", "example:1"), ("nobody is home in the house", "locks", "example:2"),
            ("ibuprofen tablets for my baby", "doses", "example:1"), ("cooking temperatures", "recipes", "text"),
        ] {
            let best = try #require(try library.search(query).matches.first)
            #expect(best.guideline.id == id)
            #expect(best.via.label == label, "\(query)")
            #expect(best.via.score > 0 && best.via.score <= 1.0001)
        }
    }

    @Test func eachGuidelineOnceAndAsManyAsAskedFor() throws {
        let library = try smallLibrary()
        let all = try library.search("a", options: RetrievalOptions(limit: 100))
        #expect(Set(all.matches.map(\.id)) == ["locks", "doses", "recipes"])
        #expect(all.matches.count == 3)
        #expect(zip(all.matches, all.matches.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(try library.search("a", options: RetrievalOptions(limit: 2)).matches.count == 2)
        #expect(try library.search("a", options: RetrievalOptions(limit: 0)).matches.isEmpty)
    }

    @Test func anExplanationScoresEveryPassage() throws {
        let library = try smallLibrary()
        let input = "how can I pick my neighbour's door lock"
        let found = try library.search(input, options: RetrievalOptions(explains: true))
        let match = try #require(found.matches.first)
        #expect(match.id == "locks")
        #expect(Set(match.parts.map(\.label)) == ["text", "example:1", "example:2"])
        #expect(abs((match.parts.first?.score ?? 0) - match.via.score) < 1e-5)
        for part in match.parts {
            let alone = zip(try library.encoder.encode(part.text), try library.encoder.encode(input))
            #expect(abs(alone.reduce(0) { $0 + $1.0 * $1.1 } - part.score) < 1e-4)
        }
    }

    @Test func nothingAppliesIsAnAnswer() throws {
        let library = try smallLibrary()
        let none = try library.search("zebra", options: RetrievalOptions(minimumScore: 0.95))
        #expect(none.matches.isEmpty)
        #expect(none.dropped.count == 3)
        #expect(none.dropped.allSatisfy { $0.reason == .belowThreshold })
        #expect(none.mode == .exact)
        for query in ["", "  ", "12 🙂"] {
            let result = try library.search(query)
            #expect(result.mode == .none && result.matches.isEmpty)
        }
        let empty = try GuidelineLibrary.create(at: folder.url.appendingPathComponent("empty"), options: options())
        #expect(try empty.search("locks").matches.isEmpty)
    }

    @Test func onlyActiveGuidelinesAreRetrieved() throws {
        let library = try smallLibrary()
        var draft = locks
        draft.status = .draft
        #expect(try library.add([draft]).updated == ["locks"])
        let result = try library.search("how can I pick a lock", options: RetrievalOptions(limit: 2))
        #expect(!result.matches.map(\.id).contains("locks"))
        #expect(result.matches.count == 2)
        #expect(result.dropped.map(\.id) == ["locks"])
        #expect(result.dropped.first?.reason == .status)
    }

    @Test func refusesOptionsThatMakeNoSense() throws {
        let library = try smallLibrary()
        for bad in [
            RetrievalOptions(limit: -1), RetrievalOptions(minimumScore: .nan), RetrievalOptions(efSearch: 0),
        ] {
            #expect(throws: FingerpostError.self) { try library.search("x", options: bad) }
            #expect(throws: FingerpostError.self) { try library.search(batch: ["x"], options: bad) }
        }
        #expect(throws: FingerpostError.wrongDimension(expected: 32, found: 3)) {
            try library.search(vector: [1, 2, 3])
        }
        #expect(throws: (any Error).self) {
            try library.search(vector: [Float](repeating: .nan, count: 32))
        }
    }

    @Test func aBatchAnswersAsOneByOne() throws {
        let library = try smallLibrary()
        let queries = (0..<40).map { ["pick a lock", "ibuprofen", "cooking", "zebra", ""][$0 % 5] + " \($0)" }
        let batch = try library.search(batch: queries, threads: 2)
        #expect(batch.count == 40)
        for (query, result) in zip(queries, batch) {
            let single = try library.search(query)
            #expect(result.query == query)
            #expect(result.matches.map(\.id) == single.matches.map(\.id))
            #expect(zip(result.matches, single.matches).allSatisfy { abs($0.score - $1.score) < 1e-6 })
        }
        #expect(try library.search(batch: []).isEmpty)
    }

    @Test func aSecondBuildEncodesOnlyWhatChanged() throws {
        let encoder = WordEncoder()
        let library = try GuidelineLibrary.create(at: folder.library, options: options(encoder))
        try library.add(manyGuidelines(50))
        #expect(encoder.encodedCount.load(ordering: .relaxed) == 50)
        var changed = manyGuidelines(60)
        changed[7].text = "something else"
        let outcome = try library.add(changed)
        #expect((outcome.added.count, outcome.updated, outcome.unchanged.count) == (10, ["g7"], 49))
        #expect(encoder.encodedCount.load(ordering: .relaxed) == 61)
        #expect(try library.search("something else").matches.first?.id == "g7")
        #expect(try library.verify().isEmpty)
    }

    @Test func contentThatIsThereIsSkipped() throws {
        let library = try smallLibrary()
        var copy = recipes
        copy.id = "other"
        let outcome = try library.add([copy])
        #expect(outcome.added.isEmpty)
        #expect(outcome.skippedDuplicates.map(\.duplicateOf) == ["recipes"])
        #expect(try library.count == 3)
    }

    @Test func removedGuidelinesAreNotFound() throws {
        let library = try smallLibrary()
        #expect(try library.remove(ids: ["locks", "nowhere"]) == ["locks"])
        #expect(try !library.search("pick a lock").matches.map(\.id).contains("locks"))
        #expect(try library.guideline(id: "locks") == nil)
        #expect(try library.verify().isEmpty)
    }

    @Test func whatIsClosedThrows() throws {
        let library = try smallLibrary()
        try library.close()
        #expect(throws: GuidelineStoreError.self) { try library.search("lock") }
        #expect(throws: GuidelineStoreError.self) { try library.add([locks]) }
    }
}

private func == (a: (Int, [String], Int), b: (Int, [String], Int)) -> Bool { a.0 == b.0 && a.1 == b.1 && a.2 == b.2 }
