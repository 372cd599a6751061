import Foundation
import GuidelineStore
import Testing
import VectorIndex
@testable import Fingerpost

/// The index is derived from the database, whatever became of it.
@Suite struct LibraryOpeningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func build(_ count: Int = 120) throws {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add(manyGuidelines(count))
        try library.close()
    }

    private func origin(of library: GuidelineLibrary) throws -> IndexOrigin { try library.information().indexOrigin }

    private func answers(_ library: GuidelineLibrary) throws -> [[String]] {
        try ["river stone", "copper willow xq", "lantern"].map { try library.search($0).matches.map(\.id) }
    }

    @Test func theArchiveIsUsedAsItIs() throws {
        try build()
        let encoder = WordEncoder()
        let library = try GuidelineLibrary.open(at: folder.library, options: options(encoder))
        #expect(try origin(of: library) == .opened)
        #expect(encoder.encodedCount.load(ordering: .relaxed) == 0)
        let reader = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        #expect(try origin(of: reader) == .opened)
        #expect(try answers(reader) == answers(library))
        #expect(throws: GuidelineStoreError.self) { try reader.add([locks]) }
        #expect(try library.information().indexedVectors == 120)
    }

    @Test func aMissingDamagedOrForeignArchiveIsBuiltAgain() throws {
        try build()
        let sound = try Data(contentsOf: URL(fileURLWithPath: folder.archive))
        let expected = try answers(GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options()))
        let other = try TemporaryFolder()
        let foreign = try GuidelineLibrary.create(at: other.library, options: options())
        try foreign.add(manyGuidelines(80))
        try foreign.close()
        var flipped = sound
        flipped[flipped.count - 9] ^= 4
        var old = sound
        old[8] = 0
        for (name, content) in [
            ("missing", nil), ("empty", Data()), ("cut", sound.prefix(5_000)), ("flipped", flipped), ("old", old),
            ("text", Data("hello".utf8)), ("foreign", try Data(contentsOf: URL(fileURLWithPath: other.archive))),
        ] {
            if let content {
                try content.write(to: URL(fileURLWithPath: folder.archive))
            } else {
                try FileManager.default.removeItem(atPath: folder.archive)
            }
            let encoder = WordEncoder()
            let library = try GuidelineLibrary.open(at: folder.library, options: options(encoder))
            let origin = try origin(of: library)
            switch (name, origin) {
            case ("missing", .rebuilt(.missing)): #expect("\(origin)" == "built because it was missing")
            case ("foreign", .rebuilt(.foreign)): #expect("\(origin)".hasPrefix("built because it belonged to another"))
            case ("missing", _), ("foreign", _): Issue.record("\(name): \(origin)")
            case (_, .rebuilt(.unreadable)): #expect("\(origin)".contains(folder.archive))
            default: Issue.record("\(name): \(origin)")
            }
            #expect(encoder.encodedCount.load(ordering: .relaxed) == 0, "vectors come from the database")
            #expect(try answers(library) == expected)
            #expect(try library.verify().isEmpty, "\(name)")
            try library.close()
        }
    }

    @Test func anArchiveThatIsBehindCatchesUp() throws {
        try build()
        let database = try LibraryDatabase.open(at: folder.library)
        try database.upsert(manyGuidelines(15, from: 500))
        try database.remove(ids: ["g3", "g4"])
        try database.close()
        let encoder = WordEncoder()
        let library = try GuidelineLibrary.open(at: folder.library, options: options(encoder))
        #expect(encoder.encodedCount.load(ordering: .relaxed) == 15)
        #expect(try origin(of: library) == .updated(passages: 17))
        #expect(try library.search(manyGuidelines(1, from: 510)[0].text).matches.first?.id == "g510")
        #expect(try library.verify().isEmpty)
    }

    @Test func searchesSeeWhatAnotherHasWritten() throws {
        try build()
        let reader = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        let writer = try GuidelineLibrary.open(at: folder.library, options: options())
        let input = "how can I pick my neighbour's lock"
        #expect(try reader.search(input).matches.first?.id != "locks")
        try writer.add([locks])
        #expect(try reader.search(input).matches.first?.id == "locks")
        try writer.remove(ids: ["locks"])
        #expect(try reader.search(input).matches.first?.id != "locks")
    }

    @Test func workThatWasInterruptedIsFinished() throws {
        let library = try GuidelineLibrary.create(at: folder.library, options: options(WordEncoder(failingAfter: 0)))
        var committed = 0
        #expect(throws: WordEncoder.Failure.self) {
            try library.add(manyGuidelines(30), committed: { committed = $0.added.count })
        }
        #expect(committed == 30)
        #expect(throws: FingerpostError.incomplete(library: folder.library.path, pending: 30)) {
            try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        }
        let finished = try GuidelineLibrary.open(at: folder.library, options: options())
        #expect(try finished.search("river stone").matches.count == 6)
        #expect(try finished.information().indexedVectors == 30)
        #expect(try finished.verify().isEmpty)
    }

    @Test func anotherEncoderIsRefusedUntilAskedFor() throws {
        try build()
        let other = WordEncoder(name: "other")
        #expect {
            try GuidelineLibrary.open(at: folder.library, options: options(other))
        } throws: { error in
            guard case FingerpostError.encoderMismatch = error else { return false }
            return "\(error)".contains("--replace-encoder")
        }
        #expect {
            try GuidelineLibrary.open(at: folder.library)
        } throws: { error in
            if case FingerpostError.encoderNotFound = error { true } else { false }
        }
        let library = try GuidelineLibrary.reencode(at: folder.library, options: options(other))
        #expect(other.encodedCount.load(ordering: .relaxed) == 120)
        #expect(try library.verify().isEmpty)
        try library.close()
        #expect(throws: Never.self) { try GuidelineLibrary.open(at: folder.library, options: options(other)) }
    }

    @Test func whereThereIsNoneOrOneAlready() throws {
        #expect(throws: GuidelineStoreError.self) { try GuidelineLibrary.open(at: folder.library, options: options()) }
        #expect(!GuidelineLibrary.exists(at: folder.library))
        try build(3)
        #expect(throws: GuidelineStoreError.libraryExists(path: folder.library.path)) {
            try GuidelineLibrary.create(at: folder.library, options: options())
        }
        #expect(try GuidelineLibrary.openOrCreate(at: folder.library, options: options()).count == 3)
    }

    @Test func aPassageWithoutKnownWordsIsKeptButNotIndexed() throws {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add([Guideline(id: "emoji", text: "Be kind", examples: ["🙂🙂", "12"])])
        #expect(try library.information().unindexedPassages == 2)
        #expect(try library.search("kind").matches.first?.id == "emoji")
        #expect(try library.verify().isEmpty)
    }

    @Test func damageIsReported() throws {
        try build()
        let library = try GuidelineLibrary.open(at: folder.library, options: options())
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.archive))
        bytes[bytes.count - 40] ^= 1
        try bytes.write(to: URL(fileURLWithPath: folder.archive))
        #expect(try library.verify().contains { $0.contains("vectors") })
    }

    @Test func manyThreadsReadWhileOneWrites() async throws {
        try build(200)
        let library = try GuidelineLibrary.open(at: folder.library, options: options())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for round in 0..<60 {
                        let found = try? library.search(manyGuidelines(1, from: round)[0].text).matches
                        #expect(found?.first?.id == "g\(round)")
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                for round in 0..<10 {
                    #expect(throws: Never.self) { try library.add(manyGuidelines(5, from: 1_000 + 5 * round)) }
                    #expect(throws: Never.self) { try library.remove(ids: ["g\(150 + round)"]) }
                }
            }
        }
        #expect(try library.count == 240)
        #expect(try library.verify().isEmpty)
    }
}
