import Fingerpost
import Foundation
import GuidelineStore
import Platform
import Testing

@testable import Guardrails

@Suite("Past decisions, made again by a candidate")
struct ReplayTests {
    private static let words = [
        "lock", "door", "key", "poison", "tea", "dose", "child", "tablet", "vote", "law", "court", "tax", "virus",
        "code",
    ]

    private let folder: URL
    private let options: LibraryOptions

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var options = LibraryOptions()
        options.encoder = .instance(WordEncoder())
        self.options = options
    }

    private func remove() { try? FileManager.default.removeItem(at: folder) }

    private func text(_ random: inout SplitMix64, _ count: Int) -> String {
        (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    private func makeLibrary(_ random: inout SplitMix64, count: Int = 24) throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.appendingPathComponent("library"), options: options)
        try library.add(
            (0..<count).map { number in
                Guideline(
                    id: "g\(number)", text: text(&random, 3), severity: Bool.random(using: &random) ? .high : .low,
                    risk: ["x:\(number % 3)"], examples: Bool.random(using: &random) ? [text(&random, 2)] : [],
                    counterexamples: number % 5 == 0 ? [text(&random, 3)] : [],
                    threshold: Bool.random(using: &random) ? Double.random(in: 0.3...0.9, using: &random) : nil)
            })
        return library
    }

    private func copy(_ library: GuidelineLibrary, _ change: (GuidelineLibrary) throws -> Void) throws
        -> GuidelineLibrary
    {
        let place = folder.appendingPathComponent("candidate")
        try library.copy(to: place)
        let candidate = try GuidelineLibrary.open(at: place, mode: .readWrite, options: options)
        try change(candidate)
        return candidate
    }

    private func rails(_ library: GuidelineLibrary) throws -> Rails {
        try Rails {
            Secrets()
            try Semantic(library).onMatch(.ask).onSeverity([.high: .deny])
        }
    }

    /// Decisions of random texts, some of them twice, as files of a log.
    private func decide(
        _ library: GuidelineLibrary, _ random: inout SplitMix64, count: Int = 200
    ) throws -> [(text: String, records: [DecisionRecord])] {
        let rails = try rails(library)
        var texts: [String] = []
        for place in 0..<count {
            texts.append(place % 4 == 3 ? texts[place / 2] : text(&random, Int.random(in: 1...4, using: &random)))
        }
        return texts.map { text in
            let made: Decision = rails.check(text)
            return (text, made.records(keepsText: true))
        }
    }

    private func write(_ entries: [DecisionEntry], _ name: String) throws -> InputSource {
        let path = folder.appendingPathComponent(name).path
        try (entries.map(\.jsonText).joined(separator: "\n") + "\n").write(
            toFile: path, atomically: true, encoding: .utf8)
        return .file(URL(fileURLWithPath: path))
    }

    private func withoutTexts(_ records: [DecisionRecord]) -> [DecisionEntry] {
        records.map { record in
            var record = record
            record.text = nil
            return .record(record)
        }
    }

    /// Changes that leave what rules say as it is.
    private func changeThresholds(_ candidate: GuidelineLibrary, _ random: inout SplitMix64) throws {
        for number in 0..<24 where Bool.random(using: &random) {
            guard var rule = try candidate.guideline(id: "g\(number)") else { continue }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: rule.threshold = nil
            case 1: rule.status = .retired
            case 2: rule.severity = .critical
            default: rule.threshold = Double.random(in: 0.3...0.9, using: &random)
            }
            try candidate.add([rule])
        }
    }

    @Test("Where recorded scores tell anything, they tell what the texts tell", arguments: 1...6)
    func recordedScoresTellWhatTextsTell(seed: Int) throws {
        defer { remove() }
        var random = SplitMix64(seed: UInt64(seed))
        let library = try makeLibrary(&random)
        let decisions = try decide(library, &random)
        let candidate = try copy(library) { try changeThresholds($0, &random) }
        let redecider = try Redecider(candidate: candidate, rails: rails(candidate), recorder: library)
        var told = 0
        var flips = 0
        for (text, records) in decisions {
            let byText = try redecider.redecide(records)
            #expect(byText.basis == .text && byText.obstacle == nil)
            let byEvidence = try redecider.evidence.redecide(records)
            guard byEvidence.obstacle == nil else { continue }
            told += 1
            // A rule that is looser now may have been too far off to be among those that were noted.
            let noted = Set(records.flatMap { $0.matched.map(\.id) + $0.dropped.map(\.id) })
            let found = byText.checks.flatMap(\.matched).map(\.id).filter(noted.contains)
            #expect(Set(found).isSubset(of: byEvidence.checks.flatMap(\.matched).map(\.id)), "\(text)")
            if Set(byText.checks.flatMap(\.matched).map(\.id)).isSubset(of: noted) {
                #expect(byText.verdict == byEvidence.verdict, "\(text)")
            }
            if byText.verdict != records[0].decision.verdict { flips += 1 }
        }
        #expect(told == decisions.count && flips > 0, "\(told) \(flips)")
    }

    @Test func theAnswerIsTheSameForAllThreadsAndForFilesAndArchives() throws {
        defer { remove() }
        var random = SplitMix64(seed: 9)
        let library = try makeLibrary(&random)
        let decisions = try decide(library, &random)
        let candidate = try copy(library) { try changeThresholds($0, &random) }
        var entries = decisions.enumerated().flatMap { place, decision in
            place % 2 == 0 ? decision.records.map(DecisionEntry.record) : withoutTexts(decision.records)
        }
        var note = DecisionNote(time: .now, decision: decisions[0].records[0].decision.id)
        note.review = .right
        entries.append(.note(note))
        let file = try write(entries, "log.jsonl")
        let archive = try DecisionArchive.open(in: folder.appendingPathComponent("archive"))
        try archive.insert(entries)

        func run(_ threads: Int, _ body: (Replay, (Flip) -> Void) throws -> ReplayReport) throws -> (String, [Flip]) {
            var options = Replay.Options()
            (options.threads, options.exampleCount) = (threads, 4)
            let replay = Replay(
                candidate: candidate, rails: try rails(candidate), recordedBy: library, options: options)
            var flips: [Flip] = []
            let report = try body(replay) { flips.append($0) }
            #expect(flips.count == report.count(.stopped) + report.count(.passed) + report.count(.other))
            #expect(report.decisionCount == 200 && report.byTextCount == 100 && report.byEvidenceCount == 100)
            return ("\(report.rules) \(report.checks) \(report.risks) \(report.examples[.stopped] ?? [])", flips)
        }
        let one = try run(1) { replay, take in try replay.run(onFiles: [file], flips: take) }
        let four = try run(4) { replay, take in try replay.run(onFiles: [file], flips: take) }
        let archived = try run(2) { replay, take in try replay.run(on: archive, flips: take) }
        #expect(one == four && one == archived && one.1.count > 5)
    }

    @Test func whatReviewersSaidTellsRegressionsFromRepairs() throws {
        defer { remove() }
        let library = try GuidelineLibrary.create(at: folder.appendingPathComponent("library"), options: options)
        try library.add([
            Guideline(id: "a", text: "lock door key", threshold: 0.5),
            Guideline(id: "b", text: "vote law", threshold: 0.5),
            Guideline(id: "c", text: "poison tea", threshold: 0.9999),
        ])
        let rails = try Rails { try Semantic(library) }
        var entries: [DecisionEntry] = []
        for (text, review) in [
            ("lock door key", DecisionNote.Review.right), ("vote law", .falseAlarm), ("poison tea dose", .missed),
            ("virus", .right),
        ] {
            let made: Decision = rails.check(text)
            entries += withoutTexts(made.records())
            var note = DecisionNote(time: .now, decision: made.id)
            note.review = review
            entries.append(.note(note))
        }
        let candidate = try copy(library) { candidate in
            for (id, threshold) in [("a", 0.9999999), ("b", 0.9999999), ("c", 0.3)] {
                var rule = try #require(try candidate.guideline(id: id))
                // The whole text has the similarity 1, so only a rule that is gone passes it.
                if threshold > 0.5 { rule.status = .retired }
                rule.threshold = threshold
                try candidate.add([rule])
            }
        }
        var flips: [Flip] = []
        let report = try Replay(candidate: candidate, rails: Rails { try Semantic(candidate) }, recordedBy: library)
            .run(onFiles: [try write(entries, "log.jsonl")], flips: { flips.append($0) })
        #expect(flips.map(\.judgement) == [.regression, .repair, .repair])
        #expect(flips.map(\.direction) == [.passed, .passed, .stopped])
        #expect(report.regressionCount == 1 && report.repairCount == 2 && report.reviewedCount == 4)
        #expect(report.rules.map(\.id) == ["a", "b", "c"] && report.rules.map(\.stopped) == [0, 0, 1])
        #expect(report.interventionsBefore.count == 2 && report.interventionsAfter.count == 1)
        let gained = try #require(flips.last?.rules.first)
        #expect(gained.isGained && gained.oldThreshold == 0.9999 && gained.newThreshold == 0.3)
    }

    @Test func whatCannotBeToldIsCounted() throws {
        defer { remove() }
        var random = SplitMix64(seed: 3)
        let library = try makeLibrary(&random)
        let decision = try #require(
            try decide(library, &random).first { $0.records[1].matched.count > 0 && $0.records[1].dropped.count > 0 })
        let rule = try #require(decision.records[1].matched.first?.id)

        func obstacle(
            _ change: (inout DecisionRecord) -> Void, of candidate: GuidelineLibrary, _ rails: Rails? = nil
        ) throws -> ReplayReport.Obstacle? {
            var records = decision.records
            for place in records.indices {
                records[place].text = nil
                change(&records[place])
            }
            return try Redecider(candidate: candidate, rails: rails ?? self.rails(candidate), recorder: library)
                .redecide(records).obstacle
        }
        #expect(try obstacle({ _ in }, of: library) == nil)
        #expect(try obstacle({ $0.encoder = "other@0" }, of: library) == .encoder)
        #expect(try obstacle({ $0.scoring = "shift-00000000" }, of: library) == .scoring)
        #expect(try obstacle({ $0.check.version = "other" }, of: library) == .check)
        #expect(try obstacle({ $0.status = .timeout }, of: library) == .failure)
        #expect(
            try obstacle(
                { record in for place in record.dropped.indices { record.dropped[place].version = nil } }, of: library)
                == .rule)
        let candidate = try copy(library) { candidate in
            var changed = try #require(try candidate.guideline(id: rule))
            changed.text += " tax"
            try candidate.add([changed])
        }
        #expect(try obstacle({ _ in }, of: candidate) == .rule)
        // Where another check stops the text in any case, nothing of it matters.
        let strict = try Rails {
            Secrets().onMatch(.deny)
            try Semantic(candidate).onMatch(.ask).onSeverity([.high: .deny])
        }
        #expect(
            try obstacle({ if $0.check.id == "secrets" { $0.verdict = .modify } }, of: candidate, strict) == nil)
        let report = try Replay(candidate: candidate, rails: try rails(candidate), recordedBy: library)
            .run(onFiles: [try write(withoutTexts(decision.records), "log.jsonl")])
        #expect(report.untold == [.rule: 1] && report.toldCount == 0 && report.unseenRuleCount == 1)
    }

    @Test func checksThatAreNotRunAgainStand() throws {
        defer { remove() }
        var random = SplitMix64(seed: 4)
        let library = try makeLibrary(&random)
        let both = try Rails {
            try Keywords(["tea"], id: "drinks").onMatch(.deny)
            try Semantic(library)
        }
        let made: Decision = both.check("tea")
        let file = try write(made.records(keepsText: true).map(DecisionEntry.record), "log.jsonl")
        let report = try Replay(candidate: library, rails: Rails { try Semantic(library) }).run(onFiles: [file])
        #expect(report.keptChecks == ["drinks": 1] && report.verdicts == [.deny: [.deny: 1]])
    }

    @Test func aLogWithoutDecisionsIsAnError() throws {
        defer { remove() }
        var random = SplitMix64(seed: 5)
        let library = try makeLibrary(&random, count: 1)
        let replay = Replay(candidate: library, rails: try rails(library))
        let file = try write([.note(DecisionNote(time: .now, decision: "x"))], "log.jsonl")
        #expect(throws: GuardrailsError.self) { try replay.run(onFiles: [file]) }
    }
}
