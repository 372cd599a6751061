import Foundation
import GuidelineStore
import Platform
import Testing

@testable import Fingerpost

@Suite("Looking through a library")
struct LintLibraryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func library(_ guidelines: [Guideline]) throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        try library.add(guidelines)
        return library
    }

    private func lint(
        _ guidelines: [Guideline], only rules: Set<LintRule>, _ change: (inout LintOptions) -> Void = { _ in }
    ) throws -> [LintFinding] {
        var options = LintOptions()
        options.rules = rules
        change(&options)
        return try library(guidelines).lint(options).findings
    }

    @Test("An example left out of the library ranks its guideline as a library without that example does")
    func leavingOut() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        let words = ["river", "stone", "cloud", "ember", "quartz", "meadow", "harbor", "lantern", "copper", "willow"]
        func phrase(_ count: Int) -> String {
            (0..<count).map { _ in words.randomElement(using: &generator) ?? "stone" }.joined(separator: " ")
        }
        let guidelines = (0..<14).map { number in
            Guideline(
                id: "g\(number)", text: phrase(4) + " rule\(number)",
                examples: (0..<3).map { _ in phrase(3) + " \(phrase(1))s" })
        }
        let library = try library(guidelines)
        var options = LintOptions()
        options.rules = [.neverRetrieved, .missedExample]
        options.limit = 3
        let findings = try library.lint(options).findings
        var missed: [String: Int] = [:]
        for finding in findings {
            let count =
                finding.rule == .neverRetrieved
                ? 3 : Int(finding.message.split(separator: " ").first ?? "") ?? 0
            missed[finding.ids[0]] = count
        }
        for guideline in guidelines {
            let stored = try #require(try library.guideline(id: guideline.id))
            var expected = 0
            for example in stored.examples {
                let other = try TemporaryFolder()
                let without = try GuidelineLibrary.create(at: other.library, options: wordOptions())
                try without.add(
                    guidelines.map { one in
                        var one = one
                        if one.id == guideline.id { one.examples = stored.examples.filter { $0 != example } }
                        return one
                    })
                let ids = try without.search(example, options: RetrievalOptions(limit: 3, isExact: true)).matches.map(
                    \.id)
                if !ids.contains(guideline.id) { expected += 1 }
            }
            let all = expected == stored.examples.count ? 3 : expected
            #expect(missed[guideline.id, default: 0] == all, "seed \(seed), \(guideline.id)")
        }
    }

    private func wordOptions() -> LibraryOptions { options() }

    @Test("Rules without examples, counterexamples, queries")
    func retrieval() throws {
        var guarded = locks
        guarded.counterexamples = ["how can I pick my own lock"]
        guarded.threshold = 0.1
        let rules = [guarded, doses, recipes]
        let library = try library(rules)
        var options = LintOptions()
        options.rules = [.noExamples, .counterexampleRetrieved, .missedByQueries]
        options.limit = 1
        options.queries = [
            EvaluationQuery(text: "pick my neighbour's lock", positives: ["locks", "doses"]),
            EvaluationQuery(text: "open the door of a house", positives: []),
        ]
        let report = try library.lint(options)
        let lines = report.findings.map {
            "\($0.rule.rawValue) \($0.severity.rawValue) \($0.ids.joined(separator: " "))"
        }
        #expect(
            lines == [
                "missed-by-queries warning doses", "counterexample-retrieved warning locks", "no-examples note recipes",
                "missed-by-queries note recipes",
            ])
        options.queries = [EvaluationQuery(text: "x", positives: ["nobody"])]
        #expect(throws: FingerpostError.self) { try library.lint(options) }
        options.queries = []
        options.limit = 0
        #expect(throws: FingerpostError.self) { try library.lint(options) }
    }

    @Test("Texts, risks, thresholds and fields")
    func fields() throws {
        let day = Date(timeIntervalSince1970: 1_767_225_600)  // 2026-01-01
        let findings = try lint(
            [
                Guideline(
                    id: "a", title: "Be kind", text: "be kind!", language: "english",
                    threshold: 1.5, additionalFields: ["exmaples": .array([]), "expires": .string("2025-06-30")]),
                Guideline(id: "b", text: "Hm", risk: ["mlc:vcx", "mlc:vcr", "x:mine", "acme:1", "violence"]),
                Guideline(id: "c", text: "Take care (of all.", risk: ["lg3:S14"], threshold: 0.4),
                Guideline(id: "d", text: String(repeating: "word after word ", count: 60), kind: .style),
                Guideline(id: "e", text: "Fly under\u{202E} cover of night", status: .retired),
            ],
            only: Set(LintRule.allCases).subtracting([.nearDuplicate, .contradiction])
        ) {
            $0.date = day
            $0.ownRisks = ["acme:"]
        }
        let lines = findings.map {
            "\($0.rule.rawValue) \($0.severity.rawValue) \($0.ids.joined(separator: " ")) \($0.field ?? "")"
        }
        #expect(
            lines == [
                "threshold-range error a threshold",
                "unknown-risk warning b risk[0]", "unknown-risk warning b risk[4]",
                "long-text warning d text", "short-text warning b text",
                "odd-field warning a lang", "odd-field warning a expires", "odd-field warning a exmaples",
                "no-examples note a b c d examples", "missing-risk note a risk", "title-is-text note a title",
                "unbalanced-text note c text",
            ], "\(lines)")
    }

    @Test("Contradictions and duplicates in a library; relations settle a contradiction")
    func pairs() throws {
        let rules = [
            Guideline(id: "a", text: "Share the address of the customer with the courier."),
            Guideline(id: "b", text: "Do not share the address of the customer with the courier."),
            Guideline(id: "c", text: "Share the address of the customer with the couriers."),
            Guideline(id: "d", text: "Water the plants of the garden each morning."),
        ]
        let findings = try lint(rules, only: [.contradiction, .nearDuplicate])
        #expect(findings.contains { $0.rule == .nearDuplicate && $0.ids == ["a", "c"] })
        #expect(findings.filter { $0.rule == .contradiction }.map(\.ids) == [["a", "b"], ["b", "c"]])
        let first = try #require(findings.first { $0.rule == .contradiction })
        #expect(
            first.severity == .warning && first.evidence.first == "Share the address of the customer with the courier")

        let other = try TemporaryFolder()
        let settled = try GuidelineLibrary.create(at: other.library, options: options())
        var b = rules[1]
        b.relations = [.init(type: .priority, target: "a")]
        try settled.add([rules[0], b])
        var options = LintOptions()
        options.rules = [.contradiction]
        #expect(try settled.lint(options).findings.isEmpty)
    }

    @Test("The same on any number of threads, and from files as from a library")
    func threads() throws {
        let rules = manyGuidelines(300) + [locks, doses, recipes]
        var one = LintOptions()
        one.threads = 1
        var many = one
        many.threads = 4
        let library = try library(rules)
        let report = try library.lint(one)
        #expect(try library.lint(many) == report)
        #expect(report.guidelineCount == 303)
        let corpus = try GuidelineLibrary.lint(
            rules, encoder: .instance(WordEncoder()), options: one,
            scratch: folder.url.appendingPathComponent("scratch"))
        #expect(corpus == report)
        #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("scratch").path))
    }
}
