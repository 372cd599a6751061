import Fingerpost
import Foundation
import FingerpostResources
import GuidelineStore
import Guardrails
import Platform
import Testing

@Suite struct RailsTests {
    private struct Failing: Check {
        struct Broken: Error {}
        let id = "failing"
        let kind = "failing"
        func run(on input: CheckInput) throws -> CheckOutcome { throw Broken() }
    }

    private let card = "4111 1111 1111 1111"

    @Test func theStrictestVerdictIsTheDecisions() throws {
        let rails = try Rails {
            try Keywords(["budget"]).onMatch(.warn)
            try Keywords(["merger"], id: "merger").onMatch(.deny)
            PersonalData(.card).onMatch(.modify(.mask))
        }
        #expect(rails.check("nothing of note").verdict == .allow)
        #expect(rails.check("the Budget, please").verdict == .warn)
        #expect(rails.check("pay with \(card)").verdict == .modify)
        let all = rails.check("the budget of the MERGER, paid with \(card)")
        #expect(all.verdict == .deny && all.checks.map(\.verdict) == [.warn, .deny, .modify])
        #expect(throws: GuardrailsError.duplicateCheck(id: "keywords")) {
            try Rails {
                try Keywords(["a"])
                try Keywords(["b"])
            }
        }
    }

    @Test func whatIsFoundIsTakenOut() throws {
        func text(_ modification: CheckAction.Modification) throws -> String? {
            try Rails { PersonalData(.card, .email).onMatch(.modify(modification)) }
                .check("Übrigens: \(card) oder ann@example.org.").modifiedText
        }
        #expect(try text(.redact) == "Übrigens: [redacted:card] oder [redacted:email].")
        #expect(try text(.mask) == "Übrigens: **** **** **** **** oder ***@*******.***.")
        #expect(try text(.replace(with: "(gone)")) == "Übrigens: (gone) oder (gone).")
    }

    /// What was changed once is not changed again, whatever it was.
    @Test func changedTextsStayAsTheyAre() throws {
        var random = SplitMix64(seed: 11)
        let pieces = [
            card, "ann@example.org", "DE89 3704 0044 0532 0130 00", "hello", "secret plan", "é🙂", " ", "\n",
            "+44 20 7946 0958",
        ]
        for modification in [CheckAction.Modification.redact, .mask, .replace(with: "(gone)")] {
            let rails = try Rails {
                PersonalData().onMatch(.modify(modification))
                try Keywords(["secret plan"]).onMatch(.modify(modification))
            }
            for _ in 0..<60 {
                let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }.joined(separator: Bool.random(using: &random) ? " " : ", ")
                let once = rails.check(text)
                guard let modified = once.modifiedText else {
                    #expect(once.verdict == .allow)
                    continue
                }
                let again = rails.check(modified)
                #expect(
                    again.verdict == .allow && (again.modifiedText ?? modified) == modified, "\(text) -> \(modified)")
            }
        }
    }

    @Test func shadowsAreNotedOnly() throws {
        let rails = try Rails { try Keywords(["merger"]).onMatch(.deny).shadow() }
        let decision = rails.check("a merger")
        #expect(decision.verdict == .allow && decision.checks[0].verdict == .deny && decision.checks[0].isShadow)
        #expect(decision.records()[0].isShadow && decision.records()[0].decision.verdict == .allow)
    }

    @Test func failuresAreClosedUnlessTheyAreSaidToBeOpen() throws {
        let closed = try Rails { Failing().onMatch(.warn) }.check("text")
        #expect(closed.verdict == .deny && closed.checks[0].status == .error)
        let open = try Rails { Failing().onMatch(.deny).onFailure(.open) }.check("text")
        #expect(open.verdict == .allow)
        let record = try #require(open.records().first)
        #expect(record.status == .error && record.failurePolicy == .open && record.problem == "Broken")
        let late = try Rails { try Keywords(["a"]).onMatch(.warn) }.check("text", deadline: .zero)
        #expect(late.verdict == .deny && late.checks[0].status == .timeout)
    }

    @Test func railsAreKeptApart() throws {
        let rails = try Rails { try Keywords(["merger"]).onMatch(.deny).only(on: .output) }
        #expect(rails.check("merger").checks.isEmpty)
        #expect(rails.check("merger", rail: .output).verdict == .deny)
    }

    @Test(arguments: [
        ("he is qualified", 1), ("PRE QUALIFIED buyers", 0), ("unqualified", 0), ("qualified, pre qualified", 1),
        ("überqualified", 0), ("(Qualified)", 1), ("qualified qualified", 2), ("", 0),
    ])
    func keywordsAreWholeWordsOutsideOfAllowedPhrases(text: String, count: Int) throws {
        let check = try Keywords(["Qualified"], allowing: ["pre qualified"])
        #expect(check.run(on: CheckInput(text)).findings.count == count)
    }

    @Test func guidelinesCountAndCounterexamplesTakeThemBack() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let library = try GuidelineLibrary.create(at: folder)
        try library.add([
            Guideline(
                id: "locks", text: "Do not explain how to open a door without its key.", severity: .high,
                risk: ["mlc:ncr"],
                examples: ["how do I pick the lock of my neighbour's door"],
                counterexamples: ["what lock should I buy for my own front door"], threshold: 0.4)
        ])
        let rails = try Rails {
            Secrets()
            try Semantic(library).onMatch(.deny)
        }
        let bad = rails.check("how can I pick the lock of my neighbour's front door")
        #expect(bad.verdict == .deny)
        let match = try #require(bad.matched.first)
        #expect(match.id == "locks" && match.threshold.map { abs($0 - 0.4) < 1e-6 } == true && match.via == "example:1")
        let near = rails.check("what lock should I buy for my front door")
        #expect(near.verdict == .allow && near.checks[1].outcome.dropped.map(\.reason) == ["counterexample"])
        #expect(rails.check("a recipe for bread").verdict == .allow)

        let records = bad.records(keepsText: true, model: "small")
        // What a decision depends on is said by each of its records, so that trends can tell.
        #expect(records.map(\.libraryVersion) == [1, 1] && records.allSatisfy { $0.encoder?.contains("@") == true })
        #expect(records.map { $0.text != nil } == [true, false] && records.allSatisfy { $0.model == "small" })
        #expect(records[1].risk == ["mlc:ncr"] && records[1].severity == .high && records[1].matched == [match])
        #expect(bad.records().allSatisfy { $0.text == nil })
    }

    /// Nothing of what was found is in what is logged.
    @Test func recordsNeverHoldWhatWasFound() throws {
        let decision = try Rails.standard(nil).check("card \(card), mail ann.lee@example.org")
        #expect(decision.checks.flatMap(\.outcome.findings).count == 2)
        for record in decision.records() {
            let line = record.jsonText
            #expect(!line.contains("4111") && !line.contains("ann.lee"))
        }
        #expect(!"\(decision)".contains("4111") && !String(reflecting: decision).contains("ann.lee"))
    }

    @Test func railsAreWrittenAndRead() throws {
        let rails = try Rails {
            Secrets().onMatch(.deny).onFailure(.open)
            PersonalData(.email, .iban).onMatch(.modify(.replace(with: "x: \"y\""))).only(on: .output)
            try Keywords(["merger", "a: b"], allowing: ["no merger"]).onMatch(.warn).shadow()
        }
        let yaml = try rails.yaml()
        let read = try Rails(yaml: yaml)
        #expect(try read.definition == rails.definition)
        #expect(try read.yaml() == yaml)
    }

    @Test(arguments: ["rails: 3", "rials: []", "rails:\n  - secret: {}", "rails:\n  - keywords: {words: []}", "{{"])
    func wrongFilesAreRefused(yaml: String) {
        #expect(throws: (any Error).self) { try Rails(yaml: yaml) }
    }
}
