import Fingerpost
import Foundation
import GuidelineStore
import Platform
import Testing

@testable import Guardrails

@Suite("What reviews teach")
final class CurationTests {
    private let folder: URL
    private let library: GuidelineLibrary
    private let archive: DecisionArchive
    private var minute = 0

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        var options = LibraryOptions()
        options.encoder = .instance(WordEncoder())
        library = try GuidelineLibrary.create(at: folder.appendingPathComponent("library"), options: options)
        try library.add([
            Guideline(id: "locks", text: "lock door key", examples: ["pick a lock"], threshold: 0.5),
            Guideline(id: "doses", text: "dose tablet child"),
        ])
        archive = try DecisionArchive.open(in: folder.appendingPathComponent("archive"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private var now: LogTime {
        minute += 1
        return LogTime("2026-03-01T12:00:00Z")?.adding(days: minute) ?? .now
    }

    /// A decision of a text, with the scores of rules, and a note on it.
    @discardableResult
    private func decide(
        _ text: String?, matched: [(String, Double)] = [], dropped: [(String, Double)] = [],
        rail: DecisionRecord.Rail = .input, conversation: String? = nil, verdict: Verdict? = nil,
        findings: [DecisionRecord.Finding] = [], _ review: DecisionNote.Review? = nil, rule: String? = nil,
        by reviewer: String? = nil, correction: String? = nil, scoring: String? = nil
    ) throws -> String {
        let time = now
        let id = "d\(minute)"
        let verdict = verdict ?? (matched.isEmpty ? .allow : .ask)
        func record(_ index: Int, _ kind: String) -> DecisionRecord {
            DecisionRecord(
                time: time, decision: .init(id: id, index: index, count: 2, verdict: verdict), rail: rail,
                target: "llm_input", check: .init(id: kind, kind: kind), verdict: verdict, inputHash: "sha256:\(id)")
        }
        var (first, second) = (record(0, "pii"), record(1, "semantic"))
        (first.text, first.conversationID, first.findings) = (text, conversation, findings)
        (second.conversationID, second.scoring) = (conversation, scoring)
        second.matched = matched.enumerated().map { rank, match in
            .init(id: match.0, version: 1, score: match.1, threshold: 0.5, rank: rank + 1)
        }
        second.dropped = dropped.map {
            .init(id: $0.0, version: 1, reason: "below_threshold", score: $0.1, threshold: 0.5)
        }
        var entries: [DecisionEntry] = [.record(first), .record(second)]
        if review != nil || correction != nil {
            var note = DecisionNote(time: time, decision: id)
            (note.review, note.rule, note.reviewer, note.correction) = (review, rule, reviewer, correction)
            entries.append(.note(note))
        }
        try archive.insert(entries)
        return id
    }

    private func lessons(_ change: (inout Curation.Options) -> Void = { _ in }) throws -> CuratedLessons {
        var options = Curation.Options()
        change(&options)
        return try Curation(library: library, options: options).run(on: archive)
    }

    @Test func whatWasMissedIsAnExampleAndAFalseAlarmACounterexample() throws {
        try decide("open a safe", .missed, rule: "locks", by: "ann")
        let alarm = try decide("buy a lock", matched: [("locks", 0.7), ("doses", 0.6)], .falseAlarm)
        try decide("tea for two", .missed)
        try decide("PICK  a lock", .missed, rule: "locks")
        try decide(nil, .missed, rule: "locks")
        try decide("call 555", findings: [.init(kind: "phone", range: 5..<8)], .missed, rule: "locks")
        try decide("two tablets", .missed, rule: "gone")
        try decide("nobody looked at this")
        let lessons = try lessons()
        #expect(lessons.plan.edits.map(\.rule) == ["locks", "locks"])
        #expect(lessons.plan.edits.map(\.change) == [.counterexample("buy a lock"), .example("open a safe")])
        #expect(
            lessons.plan.edits[0].traces.map(\.decision) == [alarm] && lessons.plan.edits[0].traces[0].lines.count == 2)
        #expect(lessons.plan.edits[1].traces[0].reviewers == ["ann"])
        #expect(lessons.reviewedCount == 7 && lessons.uncoveredCount == 1 && lessons.knownCount == 1)
        #expect(lessons.withoutTextCount == 1 && lessons.sensitiveCount == 1)
        #expect(lessons.plan.unknownRules == ["gone"])
        #expect(
            lessons.labels.map(\.text) == ["buy a lock", "open a safe", "PICK  a lock", "two tablets"]
                && lessons.labels.map(\.positives) == [[], ["locks"], ["locks"], ["gone"]])
    }

    @Test func reviewersWhoDisagreeMakeAConflictAndNothingElse() throws {
        try decide("open a safe", matched: [("locks", 0.7)], .right)
        try decide("Open a  safe", matched: [("locks", 0.7)], .falseAlarm)
        let lessons = try lessons()
        #expect(lessons.plan.edits.isEmpty && lessons.labels.isEmpty)
        #expect(lessons.plan.conflicts.map(\.rule) == ["locks"] && lessons.plan.conflicts[0].traces.count == 2)
    }

    @Test func aThresholdLosesTheFewestRightOnes() throws {
        for score in [0.52, 0.55, 0.58] { try decide(nil, matched: [("locks", score)], .falseAlarm) }
        for score in [0.56, 0.6123, 0.7, 0.8, 0.9] { try decide(nil, matched: [("locks", score)], .right) }
        let edit = try #require(try lessons().plan.edits.first)
        // From .56 on one of six is wrong, from .612 on none of four.
        #expect(edit.change == .threshold(0.612, from: 0.5))
        let looser = try #require(try lessons { $0.maximumFalseAlarms = 0.2 }.plan.edits.first)
        #expect(looser.change == .threshold(0.56, from: 0.5))
        #expect(try lessons { $0.minimumReviews = 9 }.plan.edits.isEmpty)
    }

    @Test func aThresholdIsNoLooserThanReviewsSay() throws {
        for score in [0.41, 0.45] { try decide(nil, dropped: [("locks", score)], .missed, rule: "locks") }
        for score in [0.52, 0.55, 0.6, 0.7, 0.8, 0.9] { try decide(nil, matched: [("locks", score)], .right) }
        #expect(try lessons().plan.edits.map(\.change) == [.threshold(0.41, from: 0.5)])
        // A false alarm between them keeps it up.
        for _ in 0..<2 { try decide(nil, matched: [("locks", 0.5)], .falseAlarm) }
        #expect(try lessons().plan.edits.map(\.change) == [.threshold(0.52, from: 0.5)])
    }

    @Test func scoresWithAPartOfACalibrationMakeNoThreshold() throws {
        for score in [0.52, 0.55] { try decide(nil, matched: [("locks", score)], .falseAlarm, scoring: "shift-1") }
        for _ in 0..<8 { try decide(nil, matched: [("locks", 0.9)], .right, scoring: "shift-1") }
        let lessons = try lessons()
        #expect(lessons.plan.edits.isEmpty && lessons.calibratedScoreCount == 10)
    }

    @Test func answersAreJudgedByTheirReviews() throws {
        try decide("how do I open a safe", conversation: "a")
        try decide(
            "Drill it.", rail: .output, conversation: "a", verdict: .deny, .right, correction: "Ask a locksmith.")
        try decide("how do I bake", conversation: "b")
        try decide("At 200 degrees.", rail: .output, conversation: "b", verdict: .deny, .falseAlarm)
        try decide("Nobody asked.", rail: .output, conversation: "c", .missed)
        try decide("how do I vote", matched: [("locks", 0.6)], correction: "At your town hall.")
        let lessons = try lessons()
        #expect(lessons.answers.map(\.input) == ["how do I open a safe", "how do I bake", "how do I vote"])
        #expect(lessons.answers.map(\.good) == ["Ask a locksmith.", "At 200 degrees.", "At your town hall."])
        #expect(lessons.answers.map(\.bad) == ["Drill it.", nil, nil])
        #expect(lessons.answers[2].rules == ["locks@1"] && lessons.withoutInputCount == 1)
    }

    @Test func aPlanIsWrittenReadAndApplied() throws {
        try decide("open a \"safe\"", .missed, rule: "locks", by: "ann")
        try decide("buy a tablet", matched: [("doses", 0.7)], .falseAlarm)
        for _ in 0..<8 { try decide(nil, matched: [("locks", 0.9)], .right) }
        try decide(nil, matched: [("locks", 0.6)], .falseAlarm)
        let plan = try lessons().plan
        let path = folder.appendingPathComponent("plan.jsonl")
        try plan.write(to: path.path)
        var read = try CurationPlan(contentsOf: .file(path))
        #expect(read.edits.map(\.change) == plan.edits.map(\.change) && read.libraryID == plan.libraryID)
        read.edits = read.edits.map { edit in
            var edit = edit
            edit.accept = edit.rule == "locks"
            return edit
        }
        let outcome = try library.apply(read)
        #expect(outcome.rules == 1 && outcome.examples == 1 && outcome.counterexamples == 0 && outcome.thresholds == 1)
        let locks = try #require(try library.guideline(id: "locks"))
        #expect(locks.examples == ["pick a lock", "open a \"safe\""] && locks.threshold == 0.9)
        #expect(try library.guideline(id: "doses")?.counterexamples == [])
        // Made once more it would change what is no longer there.
        #expect(throws: GuardrailsError.outdatedPlan(library: library.folder.path, rules: ["locks"])) {
            try library.apply(read)
        }
        read.libraryID = "another"
        #expect(throws: GuardrailsError.self) { try library.apply(read) }
        #expect(try library.libraryVersion == 2)
    }

    @Test(arguments: [
        "", "{}", #"{"plan":"fingerpost-dedup","format":1,"library":"x","libraryVersion":1}"#,
        #"{"plan":"fingerpost-curation","format":2,"library":"x","libraryVersion":1}"#,
    ])
    func aFileThatIsNoPlanIsRefused(text: String) throws {
        let path = folder.appendingPathComponent("plan.jsonl")
        try text.write(to: path, atomically: true, encoding: .utf8)
        #expect(throws: (any Error).self) { try CurationPlan(contentsOf: .file(path)) }
    }

    @Test(arguments: [
        #"{"rule":"a","version":1,"kind":"example","text":"b"}"#,
        #"{"accept":true,"rule":"a","kind":"example","text":"b"}"#,
        #"{"accept":true,"rule":"a","version":1,"kind":"example"}"#,
        #"{"accept":true,"rule":"a","version":1,"kind":"threshold","threshold":7}"#,
        #"{"accept":true,"rule":"a","version":1,"kind":"other","text":"b"}"#,
    ])
    func aLineThatIsWrongIsNamed(line: String) throws {
        let path = folder.appendingPathComponent("plan.jsonl")
        let header = #"{"plan":"fingerpost-curation","format":1,"library":"x","libraryVersion":1}"#
        try "\(header)\n\(line)\n".write(to: path, atomically: true, encoding: .utf8)
        do {
            _ = try CurationPlan(contentsOf: .file(path))
            Issue.record("it was read")
        } catch let error as GuardrailsError {
            #expect(error.location?.line == 2 && error.code == "invalid_plan" && error.isInputError)
        }
    }

    @Test func aLogWithoutReviewsIsAnError() throws {
        try decide("open a safe")
        #expect(throws: GuardrailsError.self) { try lessons() }
    }
}
