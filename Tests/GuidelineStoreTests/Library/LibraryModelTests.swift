import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// The library against a dictionary, over random histories.
@Suite struct LibraryModelTests {
    /// What the library is expected to hold.
    private struct Model {
        var guidelines: [String: Guideline] = [:]
        /// Texts that have a vector, by guideline and field.
        var encoded: [String: Set<String>] = [:]
        var generation = 0
        /// The last versions of what was removed.
        var removed: [String: Int] = [:]

        mutating func upsert(_ given: Guideline) -> UpsertResult {
            var guideline = given
            guard let stored = guidelines[guideline.id] else {
                let twins = guidelines.values.filter {
                    $0.contentHash == guideline.contentHash && ($0.status != .retired || guideline.status == .retired)
                }
                // The oldest is named; which that is the model does not know.
                if let twin = twins.first { return .duplicate(of: twin.id) }
                guideline.version = max(guideline.version, (removed[guideline.id] ?? 0) + 1)
                guidelines[guideline.id] = guideline
                return .added
            }
            if guideline.version <= stored.version {
                guideline.version = stored.version
                if guideline == stored { return .unchanged }
                guideline.version += 1
            }
            guidelines[guideline.id] = guideline
            let kept = Set(Self.keys(guideline))
            encoded[guideline.id]?.formIntersection(kept)
            return .updated
        }

        static func keys(_ guideline: Guideline) -> [String] {
            guideline.passages.map { "\($0.field)\t\($0.text)" }
        }
    }

    private static let words = ["never", "write", "malware", "be", "kind", "doctor", "refer", "privacy", "café"]

    private static func guideline(_ generator: inout SplitMix64) -> Guideline {
        func text(_ count: Int) -> String {
            (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
        }
        let guideline = Guideline(
            id: "g\(Int.random(in: 0..<30, using: &generator))",
            title: Bool.random(using: &generator) ? "Title " + text(1) : nil, text: text(2),
            status: Guideline.Status.allCases.randomElement(using: &generator) ?? .active,
            severity: Guideline.Severity.allCases.randomElement(using: &generator) ?? .low,
            tags: Bool.random(using: &generator) ? [text(1)] : [],
            examples: Array(Set((0..<Int.random(in: 0..<4, using: &generator)).map { _ in text(1) })).sorted(),
            version: Int.random(in: 1...3, using: &generator))
        return guideline
    }

    @Test(arguments: 1...6)
    func randomHistoriesAgreeWithADictionary(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let folder = try TemporaryFolder()
        var library = try LibraryDatabase.create(at: folder.file("library"))
        try library.setEncoder(testEncoder)
        var model = Model()
        for _ in 0..<120 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5: try upsert(library, &model, &generator)
            case 5, 6:
                let ids = Set((0..<3).map { _ in "g\(Int.random(in: 0..<30, using: &generator))" })
                let removed = try library.remove(ids: ids.sorted())
                #expect(removed == ids.sorted().filter { model.guidelines[$0] != nil })
                for id in removed { model.removed[id] = model.guidelines[id]?.version }
                for id in removed { (model.guidelines[id], model.encoded[id]) = (nil, nil) }
                if !removed.isEmpty { model.generation += 1 }
            case 7: try encode(library, &model)
            case 8:
                try library.close()
                library = try LibraryDatabase.open(at: folder.file("library"))
            default: try check(library, model)
            }
        }
        try check(library, model)
    }

    private func upsert(_ library: LibraryDatabase, _ model: inout Model, _ generator: inout SplitMix64) throws {
        var batch: [String: Guideline] = [:]
        for _ in 0..<5 {
            let guideline = Self.guideline(&generator)
            batch[guideline.id] = guideline
        }
        let guidelines = batch.values.sorted { $0.id < $1.id }
        var expected = UpsertOutcome()
        for guideline in guidelines { expected.record(model.upsert(guideline), id: guideline.id) }
        let outcome = try library.upsert(guidelines)
        #expect(outcome.added == expected.added && outcome.updated == expected.updated)
        #expect(outcome.unchanged == expected.unchanged)
        #expect(outcome.skippedDuplicates.map(\.id) == expected.skippedDuplicates.map(\.id))
        for duplicate in outcome.skippedDuplicates {
            let given = try #require(batch[duplicate.id])
            #expect(model.guidelines[duplicate.duplicateOf]?.contentHash == given.contentHash)
        }
        if !outcome.added.isEmpty || !outcome.updated.isEmpty { model.generation += 1 }
    }

    private func encode(_ library: LibraryDatabase, _ model: inout Model) throws {
        let pending = try library.pendingPassages(limit: 20)
        let stored = try library.storeVectors(
            passageIDs: pending.map(\.id), values: pending.flatMap { Self.vector($0.text) }, encodedBy: testEncoder)
        #expect(stored == pending.count)
        for match in try library.matches(passageIDs: pending.map(\.id)) {
            let match = try #require(match)
            model.encoded[match.guideline.id, default: []].insert("\(match.field)\t\(match.text)")
        }
        if stored > 0 { model.generation += 1 }
    }

    private static func vector(_ text: String) -> [Float] {
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return [Float(hash % 1000), Float(text.utf8.count), 0, 1]
    }

    private func check(_ library: LibraryDatabase, _ model: Model) throws {
        #expect(try library.generation == model.generation)
        var stored: [String: Guideline] = [:]
        try library.forEachGuideline { _, guideline in stored[guideline.id] = guideline }
        #expect(stored == model.guidelines)
        #expect(try library.count == model.guidelines.count)

        // Every passage is there once, and those that were encoded have the vector of their text.
        let map = try library.passageMap()
        var passages: [String: [String]] = [:]
        for match in try library.matches(passageIDs: map.passageIDs) {
            let match = try #require(match)
            passages[match.guideline.id, default: []].append("\(match.field)\t\(match.text)")
        }
        #expect(passages.mapValues { $0.sorted() } == model.guidelines.mapValues { Model.keys($0).sorted() })
        var encoded: [String: Set<String>] = [:]
        var vectors: [(Int64, [Float])] = []
        try library.forEachVector { vectors.append(($0.passageID, Array($0.values))) }
        for (match, (_, vector)) in zip(try library.matches(passageIDs: vectors.map(\.0)), vectors) {
            let match = try #require(match)
            #expect(vector == Self.vector(match.text))
            encoded[match.guideline.id, default: []].insert("\(match.field)\t\(match.text)")
        }
        #expect(encoded == model.encoded.filter { !$0.value.isEmpty })
        #expect(try library.pendingPassageCount == map.passageIDs.count - vectors.count)

        // Full text finds what holds the word, and nothing else.
        let found = Set(try library.searchText("malware", limit: 1000).map(\.guidelineID))
        let expected = model.guidelines.values.filter { guideline in
            guideline.passages.contains { $0.text.contains("malware") }
        }
        #expect(found == Set(expected.map(\.id)))
        #expect(try library.verify().isEmpty)
    }
}
