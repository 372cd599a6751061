import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// What a plan says is what the upsert then does.
@Suite struct LibraryPlanTests {
    private static func batch(_ generator: inout SplitMix64) -> [Guideline] {
        (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
            let id = Int.random(in: 0..<14, using: &generator)
            return Guideline(
                id: id == 13 ? "" : "g\(id)", text: "text \(Int.random(in: 0..<5, using: &generator))",
                status: Guideline.Status.allCases.randomElement(using: &generator) ?? .active,
                tags: Bool.random(using: &generator) ? ["a"] : [], version: Int.random(in: 1...3, using: &generator))
        }
    }

    @Test(arguments: 1...12)
    func plansAgreeWithUpserts(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let folder = try TemporaryFolder()
        let url = folder.file("library")
        let library = try LibraryDatabase.create(at: url)
        for round in 0..<60 {
            let batch = Self.batch(&generator)
            var planned: UpsertOutcome?
            let before = try library.statistics()
            let planError = storeError { planned = try library.plan(upserting: batch) }
            #expect(try library.statistics() == before, "seed \(seed) round \(round): planning changed something")
            if round == 0 {
                let fresh = storeError {
                    let outcome = try UpsertOutcome.planned(forNewLibrary: batch)
                    #expect(outcome == planned)
                }
                #expect(fresh == planError)
            }
            var done: UpsertOutcome?
            let error = storeError { done = try library.upsert(batch) }
            #expect(planned == done && planError == error, "seed \(seed) round \(round)")
        }
        try library.close()
        let reader = try LibraryDatabase.open(at: url, mode: .readOnly)
        let batch = [Guideline(id: "new", text: "never seen before")]
        #expect(try reader.plan(upserting: batch).added == ["new"])
    }
}
