import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// The two ways to ask the same: of the database, and of a guideline in memory.
@Suite struct FilterAgreementTests {
    @Test(arguments: 1...4)
    func databaseAndMemoryAgree(seed: UInt64) throws {
        var random = FilterGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert((0..<800).map { try random.guideline($0) })
        var guidelines: [(row: Int64, guideline: Guideline)] = []
        try library.forEachGuideline { guidelines.append(($0, $1)) }
        #expect(guidelines.count > 700)
        var telling = 0
        for index in 0..<400 {
            let filter = random.filter()
            let expected = guidelines.filter { filter.matches($0.guideline) }.map(\.row)
            let found = try library.rows(matching: filter)
            #expect(found == expected, "seed \(seed), filter \(index): \(filter)")
            #expect(try library.count(matching: filter) == expected.count)
            if !expected.isEmpty, expected.count < guidelines.count { telling += 1 }
        }
        // A filter that means all or nothing says little.
        #expect(telling > 130)
    }

    @Test(arguments: 1...4)
    func whatIsPrintedIsReadAsTheSame(seed: UInt64) throws {
        var random = FilterGenerator(seed: seed &+ 100)
        for index in 0..<1_500 {
            let filter = random.filter()
            let text = filter.description
            let read = try GuidelineFilter(parsing: text)
            #expect(read == filter, "seed \(seed), filter \(index): \(text)")
            #expect(read.description == text)
            if index.isMultiple(of: 50) {
                let coded = try JSONDecoder().decode([GuidelineFilter].self, from: JSONEncoder().encode([filter]))
                #expect(coded == [filter])
            }
        }
    }

    @Test func filtersOfAnySizeReachTheDatabase() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert((0..<50).map { Guideline(id: "g\($0)", text: "Text \($0)", priority: $0) })
        let many = GuidelineFilter.any((0..<5_000).map { .id("g\($0 * 2)") })
        #expect(try library.count(matching: many) == 25)
        let list = GuidelineFilter.text(.id, .isIn((0..<50_000).map { "g\($0 * 2)" }))
        #expect(try library.count(matching: list) == 25)
        var deep = GuidelineFilter.priority(.atLeast(40))
        for _ in 0..<301 { deep = .not(.all([deep, .kind(.safety)])) }
        #expect(try library.count(matching: deep) == 40)
    }

    @Test func aDamagedRecordIsAnErrorNotAMiss() throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert([Guideline(id: "a", text: "Text")])
        try library.write { try $0.database.execute(sql: "UPDATE guideline SET record = '{\"id\":'") }
        let error = storeError { _ = try library.rows(matching: .metadata("support", .exists)) }
        #expect(error?.code == "corrupt")
        #expect(try library.rows(matching: .id("a")) == [1])
    }

    @Test func concurrentFiltersDoNotDisturbEachOther() async throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert(
            (0..<200).map { Guideline(id: "g\($0)", text: "T\($0)", additionalFields: ["n": .integer($0 % 10)]) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for digit in 0..<10 {
                group.addTask {
                    for _ in 0..<20 {
                        let count = try library.count(matching: .metadata("n", .equals(.integer(digit))))
                        #expect(count == 20)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
