import Foundation
import GuidelineStore
import Testing
@testable import Fingerpost

@Suite struct DeduplicationPlanTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var file: URL { folder.url.appendingPathComponent("plan.jsonl") }

    private func library() throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add([
            Guideline(id: "a", text: "Do not share the password of a user.", examples: ["what is her password"]),
            Guideline(id: "b", text: "do not share the password of a user!", severity: .high),
            Guideline(id: "c", text: "Do not share the passwords of any user.", source: ["ref": .string("c.md")]),
            Guideline(id: "d", text: "Do share the password of a user."),
            Guideline(
                id: "e", text: "of a user the password do not share", relations: [.init(type: .entails, target: "b")]),
            Guideline(id: "f", text: "Name the dose."),
        ])
        return library
    }

    /// The words are the same; in one of them some stand in the title.
    @Test func filesAreComparedByWhatALibraryEncodes() throws {
        let guidelines = [
            Guideline(id: "a", title: "Open doors", text: "locks keys hinges"),
            Guideline(id: "b", text: "Hinges keys doors locks open"),
        ]
        var tiers = DeduplicationOptions()
        tiers.tiers = [.semantic]
        tiers.semanticThreshold = 0.99
        let folder = try TemporaryFolder()
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add(guidelines)
        #expect(try library.deduplicationPlan(options: tiers).duplicateCount == 1)
        var corpus = try CorpusDeduplication(options: tiers)
        for guideline in guidelines { corpus.append(guideline) }
        #expect(try corpus.search(encoder: WordEncoder()).duplicateCount == 1)
    }

    @Test func tiersOfALibrary() throws {
        let plan = try library().deduplicationPlan()
        #expect(plan.guidelineCount == 6)
        let group = try #require(plan.groups.first)
        #expect(plan.groups.count == 1 && group.kept.id == "a")
        #expect(group.members.map(\.entry.id) == ["b", "c", "e"])
        #expect(group.members.map(\.tier) == [.exact, .fuzzy, .semantic])
        #expect(plan.conflicts.map(\.second.id) == ["d"])
        #expect(plan.conflicts.map(\.first.id) == ["a"])
    }

    @Test func aPlanIsWrittenAndRead() throws {
        let plan = try library().deduplicationPlan()
        try plan.write(to: file)
        let read = try DeduplicationPlan(contentsOf: .file(file))
        #expect(read.groups.map(\.kept) == plan.groups.map(\.kept))
        #expect(read.groups.map { $0.members.map(\.entry) } == plan.groups.map { $0.members.map(\.entry) })
        #expect(read.conflicts.map(\.first) == plan.conflicts.map(\.first))
        #expect(read.libraryID == plan.libraryID && read.tiers == plan.tiers)
        let before = try Data(contentsOf: file)
        try read.write(to: file)
        #expect(try Data(contentsOf: file) == before)
    }

    @Test(arguments: [false, true])
    func applying(removing: Bool) throws {
        let library = try library()
        let before = try support(library)
        let outcome = try library.apply(try library.deduplicationPlan(), removing: removing)
        #expect(outcome == DeduplicationOutcome(groups: 1, merged: 3, skipped: [], retargeted: 0))
        let kept = try #require(try library.guideline(id: "a"))
        #expect(kept.support == 4 && kept.severity == .high && kept.version == 2)
        #expect(kept.mergedEntries.count == 3)
        #expect(kept.relations.isEmpty)
        #expect(try support(library) == before)
        for id in ["b", "c", "e"] {
            #expect(try library.guideline(id: id)?.status == (removing ? nil : .retired))
        }
        // Nothing is left to do.
        let second = try library.deduplicationPlan()
        #expect(second.groups.isEmpty && second.conflicts.count == 1)
        #expect(try library.verify().isEmpty)
        #expect(try library.search("share the password").matches.map(\.id).contains("c") == false)
    }

    private func support(_ library: GuidelineLibrary) throws -> Int {
        var total = 0
        try library.forEachGuideline { if $0.status != .retired { total += $0.support } }
        return total
    }

    @Test func relationsOfOthersFollow() throws {
        let library = try library()
        try library.add([Guideline(id: "g", text: "Ask before.", relations: [.init(type: .priority, target: "c")])])
        #expect(try library.apply(try library.deduplicationPlan()).retargeted == 1)
        #expect(try library.guideline(id: "g")?.relations == [.init(type: .priority, target: "a")])
    }

    @Test func groupsThatAreNotAcceptedStay() throws {
        let library = try library()
        var plan = try library.deduplicationPlan()
        plan.groups[0].accept = false
        let generation = try library.information().statistics.generation
        #expect(try library.apply(plan) == DeduplicationOutcome())
        #expect(try library.information().statistics.generation == generation)
    }

    @Test func aChangedLibrary() throws {
        let library = try library()
        let plan = try library.deduplicationPlan()
        var changed = try #require(try library.guideline(id: "c"))
        changed.text = "Name no prices."
        try library.add([changed])
        try library.remove(ids: ["b"])
        #expect(throws: FingerpostError.outdatedPlan(library: library.folder.path, ids: ["b", "c"])) {
            try library.apply(plan)
        }
        #expect(try library.guideline(id: "a")?.support == 1)
        #expect(try library.guideline(id: "e")?.status == .active)
        let outcome = try library.apply(plan, skippingChanged: true)
        #expect(outcome.groups == 0 && outcome.skipped == ["b", "c"])
        let other = try GuidelineLibrary.create(at: folder.url.appendingPathComponent("other"), options: options())
        #expect(throws: FingerpostError.self) { try other.apply(plan) }
    }

    @Test func badPlans() throws {
        try library().deduplicationPlan().write(to: file)
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        func refused(_ lines: [String]) -> InputLocation? {
            let source = InputSource.bytes(Array(lines.joined(separator: "\n").utf8), name: "plan")
            do {
                _ = try DeduplicationPlan(contentsOf: source)
                Issue.record("read: \(lines)")
            } catch let error as FingerpostError {
                #expect(error.code == "invalid_plan" && error.isInputError)
                return error.location
            } catch {
                Issue.record("\(error)")
            }
            return nil
        }
        #expect(refused([])?.file == "plan")
        #expect(refused([#"{"id":"a","text":"b"}"#])?.line == 1)
        #expect(refused([lines[1]])?.line == 1)
        #expect(refused([lines[0], lines[1], lines[1]])?.line == 3)
        #expect(refused([lines[0], lines[1].replacing("\"accept\":true", with: "\"accept\":1")])?.line == 2)
        #expect(refused([lines[0], lines[1].replacing("semantic", with: "psychic")])?.line == 2)
        #expect(refused([lines[0], #"{"accept":true,"kept":{"id":"a"},"members":[]}"#])?.line == 2)
        let shorter = try DeduplicationPlan(
            contentsOf: .bytes(Array(lines[0].utf8), name: "plan"))
        #expect(shorter.groups.isEmpty)
    }

    @Test func optionsThatMakeNoSense() throws {
        let library = try library()
        for change: (inout DeduplicationOptions) -> Void in [
            { $0.fuzzyThreshold = 0 }, { $0.semanticThreshold = .nan }, { $0.tiers = [] }, { $0.maximumExamples = -1 },
        ] {
            var options = DeduplicationOptions()
            change(&options)
            #expect(throws: FingerpostError.self) { try library.deduplicationPlan(options: options) }
            #expect(throws: FingerpostError.self) { try CorpusDeduplication(options: options) }
        }
    }
}
