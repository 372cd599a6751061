import Foundation
import Testing

@testable import Fingerpost
@testable import FingerpostCLI

/// The forms of a scorecard, by their bytes. Where a change is meant, run these tests once with
/// FINGERPOST_RECORD_GOLDEN=1 in the environment, and read what changed.
@Suite("Scorecard reports")
struct ScorecardReportTests {
    /// Names that mean something to Markdown, XML and terminals among them.
    private static let answer: ScorecardAnswer = {
        func estimate(_ value: Double, _ width: Double) -> Estimate {
            Estimate(value: value, low: value - width, high: value + width)
        }
        func contrast(_ difference: Double, _ width: Double, ratio: Double?) -> Contrast {
            Contrast(difference: estimate(difference, width), ratio: ratio.map { estimate($0, width) })
        }
        var work = RankingWork()
        (work.textCount, work.queryCount) = (12_345, 2_018)
        (work.reading, work.ranking) = (.milliseconds(500), .milliseconds(1_250))
        var words = RankingWork()
        (words.textCount, words.queryCount, words.reading, words.ranking) = (1, 1, .seconds(1), .microseconds(85))
        let systems: [ScorecardReport.System] = [
            .init(
                name: "tiny_static*",
                encoder: .init(name: "tiny", sha256: String(repeating: "ab", count: 32), dimension: 384),
                work: work),
            .init(name: "BM25", encoder: nil, work: words),
            .init(name: "a <b> & \u{1B}[31mc", encoder: nil, work: RankingWork()),
        ]
        let sets: [ScorecardReport.SetResult] = [
            .init(
                name: "or_sharc | test", path: "sets/or_sharc/test.jsonl", kind: .retrieval, documentCount: 651,
                itemCount: 2_018, negativeCount: 12,
                figures: .init(
                    scores: [
                        [.ndcg10: estimate(0.674, 0.019), .recall3: estimate(0.7, 0.02), .auroc: estimate(0.75, 0.05)],
                        [.ndcg10: estimate(0.7161, 0.018), .auroc: estimate(0.25, 0.05)],
                        [.ndcg10: estimate(0.71649, 0.018)],
                    ],
                    contrasts: [
                        [:],
                        [
                            .ndcg10: contrast(-0.042, 0.013, ratio: 0.941), .auroc: contrast(0.5, 0.1, ratio: nil),
                        ],
                        [.ndcg10: contrast(-0.0001, 0.00004, ratio: 0.9)],
                    ])),
            .init(
                name: "a set whose name is longer than there is room for in a picture", path: "long.jsonl",
                kind: .retrieval, documentCount: 2, itemCount: 1, negativeCount: 0,
                figures: .init(
                    scores: [[.ndcg10: estimate(0.99, 0)], [.ndcg10: estimate(0, 0)], [.ndcg10: estimate(0.5, 0.5)]],
                    contrasts: [[:], [.ndcg10: contrast(0.99, 0, ratio: nil)], [:]])),
            .init(
                name: "sts dev", path: "sts/dev.jsonl", kind: .similarity, documentCount: 0, itemCount: 1_500,
                negativeCount: 0,
                figures: .init(
                    scores: [[.spearman: estimate(0.83, 0.01)], [:], [.spearman: estimate(-0.1, 0.2)]],
                    contrasts: [[:], [:], [.spearman: contrast(0.93, 0.1, ratio: nil)]])),
        ]
        let mean = ScorecardReport.Figures(
            scores: [
                [.ndcg10: estimate(0.832, 0.01)], [.ndcg10: estimate(0.358, 0.01)], [.ndcg10: estimate(0.608, 0.3)],
            ],
            contrasts: [[:], [.ndcg10: contrast(0.474, 0.01, ratio: 2.324)], [:]])
        return ScorecardAnswer(
            report: ScorecardReport(systems: systems, sets: sets, mean: mean, bootstrap: Bootstrap()), metric: .ndcg10,
            notes: ["sets/x: no set: it has neither a corpus nor pairs"])
    }()

    private func check(_ text: String, _ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["FINGERPOST_RECORD_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
        }
        let resource = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let golden = try String(contentsOf: resource.appendingPathComponent(name), encoding: .utf8)
        #expect(text == golden)
    }

    private let plain = Terminal(isInteractive: false, hasColors: false, width: 80, isUnicode: true)

    @Test("Text") func text() throws { try check(Self.answer.text(plain) + "\n", "scorecard.txt") }
    @Test("Markdown") func markdown() throws { try check(Self.answer.markdown, "scorecard.md") }
    @Test("JSON") func json() throws { try check(Self.answer.json.text + "\n", "scorecard.json") }
    @Test("A picture") func picture() throws { try check(ScorecardChart(Self.answer).svg, "scorecard.svg") }

    @Test("The picture is XML, and the document JSON, whatever the names")
    func wellFormed() throws {
        let svg = ScorecardChart(Self.answer).svg
        #expect(svg.contains("prefers-color-scheme: dark") && !svg.contains("\u{1B}"))
        #expect(svg.components(separatedBy: "<g>").count == svg.components(separatedBy: "</g>").count)
        #expect(svg.contains("a &lt;b&gt; &amp; "))
        let document = try JSONValueReader.object(Self.answer.json.text)
        #expect(Set(document.keys) == ["systems", "sets", "mean", "bootstrap", "notes"])
    }

    @Test("Other figures in the first table; one system has no best")
    func otherFigures() {
        var answer = Self.answer
        answer.metric = .recall3
        #expect(answer.sections.map(\.metric) == [.recall3, .auroc, .spearman])
        #expect(answer.sections[0].rows.map(\.name) == ["or_sharc | test"])
        #expect(!answer.sections[0].rows[0].isBest(0))
        answer.metric = .map10
        #expect(answer.sections.map(\.metric) == [.auroc, .spearman])
        let row = Self.answer.sections[0].rows[0]
        #expect((0..<3).map(row.isBest) == [false, true, true], "What is written the same is as good.")
        #expect(Format.score(-0.0001, signed: true) == "0.000" && Format.score(0.0001, signed: true) == "0.000")
        #expect(Format.score(0.5, signed: true) == "+0.500" && Format.score(-0.5, signed: true) == "-0.500")
    }
}
