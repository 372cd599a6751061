import Foundation
import GuidelineStore
import Platform
import Testing
@testable import Fingerpost

/// A candidate takes the place of a library, and goes again.
@Suite struct PromotionTests {
    private let folder: TemporaryFolder
    private let encoder = WordEncoder()
    private let library: GuidelineLibrary
    private let candidate: GuidelineLibrary

    init() throws {
        folder = try TemporaryFolder()
        library = try GuidelineLibrary.create(at: folder.library, options: options(encoder))
        try library.add([locks, doses])
        let other = folder.url.appendingPathComponent("candidate")
        try library.copy(to: other)
        candidate = try GuidelineLibrary.open(at: other, options: options(encoder))
    }

    private func labels(_ id: String) -> [LabelledInput] {
        let texts = (0..<60).map { "pick a lock number\($0) at the door" }
        return texts.map { LabelledInput(text: $0, label: .guidelines([id])) }
            + (0..<200).map { LabelledInput(text: "everyday question\($0) about gardens", label: .benign) }
    }

    @Test func theLibraryBecomesTheCandidateAndGoesBack() throws {
        var changed = locks
        changed.examples = ["where can I buy a crowbar"]
        try candidate.add([changed, recipes])
        try candidate.remove(ids: ["doses"])
        try candidate.setCalibration(try candidate.calibrate(labels("locks")).calibration)
        let expected = try candidate.promotionOutcome(of: candidate)
        #expect(expected.unchangedCount == 2 && expected.added.isEmpty)

        let encoded = encoder.encodedCount.load(ordering: .relaxed)
        let preview = try library.promotionOutcome(of: candidate)
        let outcome = try library.promote(
            candidate, name: "spring", note: "crowbars", figures: .object(["a": .integer(1)]))
        #expect(outcome.previousVersion == 1 && outcome.libraryVersion == 2)
        #expect(outcome.added == ["recipes"] && outcome.updated == ["locks"] && outcome.removed == ["doses"])
        #expect((preview.added, preview.updated, preview.removed) == (outcome.added, outcome.updated, outcome.removed))
        #expect(encoder.encodedCount.load(ordering: .relaxed) == encoded, "vectors come over with their texts")
        #expect(try library.verify().isEmpty)
        #expect(
            try library.search("where is a crowbar").matches.first?.id
                == candidate.search("where is a crowbar").matches.first?.id)
        #expect(try library.calibration?.threshold == candidate.calibration?.threshold)
        #expect(try library.calibration?.libraryVersion == 2)
        let release = try #require(try library.releases.last)
        #expect(release.libraryVersion == 2 && release.name == "spring" && release.note == "crowbars")
        #expect(release.figures == .object(["a": .integer(1)]))

        let back = try library.rollback(to: outcome.previousVersion)
        #expect(back.restoresThresholds)
        #expect(try library.calibration == nil)
        #expect(Set(back.restored) == ["locks", "doses"] && back.removed == ["recipes"])
        #expect(try library.search("how can I pick a lock").matches.first?.via.text == locks.examples[0])
        #expect(try library.verify().isEmpty)

        // A rollback can be rolled back, with what was learned.
        #expect(try library.rollback(to: 2).restoresThresholds)
        #expect(try library.calibration?.threshold == candidate.calibration?.threshold)
        #expect(try library.guideline(id: "recipes") != nil)
        try library.close()
        let reopened = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        #expect(try reopened.verify().isEmpty && reopened.releases.map(\.libraryVersion) == [2])
    }

    @Test func theFittedRetrieverGoesAlong() throws {
        try candidate.add(manyGuidelines(200))
        try candidate.remove(ids: ["locks"])
        try candidate.add([locks])
        let adapter = try WordAdapter.make(encoder)
        try candidate.setAdapter(adapter)
        try candidate.setCalibration(try candidate.calibrate(labels("locks")).calibration)
        try library.promote(candidate)
        #expect(try library.adapter == candidate.adapter)
        #expect(try !library.isCalibrationStale)
        for input in ["pick a lock", "river stone lantern", "how many tablets"] {
            var options = RetrievalOptions(limit: 20, isExact: true)
            options.usesCalibration = false
            let (own, others) = (
                try library.search(input, options: options), try candidate.search(input, options: options)
            )
            // Ids of passages differ, and with them how ties are broken.
            #expect(own.isFitted && Set(own.matches.map(\.id)) == Set(others.matches.map(\.id)))
            for match in own.matches {
                let other = try #require(others.matches.first { $0.id == match.id })
                #expect(match.similarity == other.similarity && match.score == other.score)
            }
        }
        try library.rollback(to: 1)
        #expect(try library.adapter == nil && library.calibration == nil)
        try library.rollback(to: 2)
        #expect(try library.adapter == candidate.adapter && !library.isCalibrationStale)
        #expect(try library.search("pick a lock").isFitted)
    }

    @Test func whatCannotBePromotedChangesNothing() throws {
        #expect(throws: FingerpostError.samePlace(library: folder.library.path)) { try library.promote(library) }
        let foreign = try GuidelineLibrary.create(
            at: folder.url.appendingPathComponent("foreign"), options: options(WordEncoder(name: "others")))
        try foreign.add([recipes])
        #expect(throws: FingerpostError.self) { try library.promote(foreign) }
        #expect(throws: GuidelineStoreError.libraryExists(path: folder.library.path)) {
            try candidate.copy(to: folder.library)
        }
        let reader = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options(encoder))
        #expect(throws: GuidelineStoreError.readOnly(path: folder.library.path)) { try reader.promote(candidate) }
        #expect(try library.libraryVersion == 1 && library.releases.isEmpty)
    }

    /// An empty candidate is a candidate; and what is the same is a release all the same.
    @Test func nothingAndTheSameAreReleases() throws {
        #expect(try library.promote(candidate, name: "same").libraryVersion == 1)
        #expect(try library.releases.map(\.name) == ["same"])
        try candidate.remove(ids: ["locks", "doses"])
        #expect(try library.promote(candidate).removed == ["locks", "doses"])
        #expect(try library.count == 0 && library.search("lock").matches.isEmpty)
        try library.rollback(to: 1)
        #expect(try library.count == 2 && library.verify().isEmpty)
    }

    /// Calibrations of another encoder must not come back.
    @Test func anotherEncoderForgetsWhatWasLearned() throws {
        try library.setCalibration(try library.calibrate(labels("locks")).calibration)
        try library.promote(candidate)
        try library.close()
        let other = try GuidelineLibrary.reencode(at: folder.library, options: options(WordEncoder(name: "others")))
        try other.add([recipes])
        try other.rollback(to: 1)
        #expect(try other.calibration == nil)
        #expect(try other.releases.map(\.libraryVersion) == [1])
    }

    /// A reader that looks again and again sees one library or the other.
    @Test func searchesSeeAllOrNothing() async throws {
        var changed = locks
        changed.text = "Ask who lives there."
        try candidate.add([changed, recipes])
        try candidate.remove(ids: ["doses"])
        let reader = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options(encoder))
        let isDone = Locked(false)
        async let seen: Set<Set<String>> = {
            var seen: Set<Set<String>> = []
            while !isDone.withLock({ $0 }) {
                let matches = try reader.search("lock tablets cooking door", options: RetrievalOptions(limit: 9))
                    .matches
                seen.insert(Set(matches.map { $0.id + "\($0.guideline.version)" }))
            }
            return seen
        }()
        for _ in 0..<5 {
            try library.promote(candidate)
            try library.rollback(to: 1)
        }
        isDone.withLock { $0 = true }
        for state in try await seen {
            let ids = Set(state.map { $0.filter(\.isLetter) })
            #expect(ids == ["locks", "doses"] || ids == ["locks", "recipes"], "\(state)")
        }
    }
}
