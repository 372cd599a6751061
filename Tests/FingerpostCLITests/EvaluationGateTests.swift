import Foundation
import Testing

@testable import Fingerpost

@Suite("Bounds of an evaluation")
struct EvaluationGateTests {
    @Test("Gates are read as they are written")
    func parsing() throws {
        let gates = try EvaluationGate.gates(
            parsing:
                "recall@6=.9, ndcg@10 = 0.5,mrr@10=1,abstention=0,false-alarms=2e-2,false-abstention=.1,auroc=.8,recall@33=0"
        )
        #expect(
            gates.map(\.metric) == [
                .recall(at: 6), .normalizedDiscountedCumulativeGain, .meanReciprocalRank, .abstention, .falseAlarms,
                .falseAbstention, .separation, .recall(at: 33),
            ])
        #expect(gates.map(\.bound) == [0.9, 0.5, 1, 0, 0.02, 0.1, 0.8, 0])
        #expect(gates.compactMap(\.metric.recallCutoff) == [6, 33])
        #expect(gates.filter(\.metric.isLowerBetter).map(\.metric.name) == ["false-alarms", "false-abstention"])
        for gate in gates { #expect(EvaluationGate.Metric(name: gate.metric.name) == gate.metric) }
    }

    @Test(
        "What cannot be read is an error",
        arguments: [
            "", "recall@6", "recall@6=", "recall@6=x", "recall@6=nan", "recall@6=inf", "recall@6=0x1p-1",
            "recall@6=1.1",
            "recall@6=-.1", "recall@0=.5", "recall@-1=.5", "recall@=.5", "recall@x=.5", "recall=.5", "RECALL@6=.5",
            "ndcg@5=.5", "p99=10", "recall@6=.9,", "recall@6=.9,recall@6=.8", "=.5", "recall@99999999999999999999=.5",
        ])
    func faults(text: String) throws {
        let error = try #require(throws: FingerpostError.self) { try EvaluationGate.gates(parsing: text) }
        #expect(error.code == "invalid_gate" && error.isInputError)
    }

    private func report(_ lists: [(ranked: [String], relevant: Set<String>)], negatives: Int, abstained: Int)
        -> EvaluationReport
    {
        var metrics = RetrievalMetrics()
        for list in lists { metrics.record(ranked: list.ranked, relevant: list.relevant) }
        var abstention = EvaluationReport.Abstention()
        abstention.positiveCount = lists.count
        abstention.abstainedPositiveCount = lists.count { $0.ranked.isEmpty }
        abstention.negativeCount = negatives
        abstention.abstainedNegativeCount = abstained
        return EvaluationReport(
            queryCount: lists.count + negatives, metrics: metrics, abstention: abstention, latency: StageLatencies(),
            missingPositives: [], skippedQueryCount: 0)
    }

    @Test("Floors and ceilings, both ends included")
    func outcomes() throws {
        let lists: [(ranked: [String], relevant: Set<String>)] = [
            (["a"], ["a"]), (["b"], ["b"]), (["c"], ["x"]), ([], ["y"]),
        ]
        let report = report(lists, negatives: 50, abstained: 49)
        for (text, isPassed) in [
            ("recall@1=.5", true), ("recall@1=.51", false), ("mrr@10=.5", true), ("ndcg@10=.6", false),
            ("false-alarms=.02", true), ("false-alarms=.019", false), ("abstention=.98", true),
            ("abstention=.99", false),
            ("false-abstention=.25", true), ("false-abstention=.2", false),
        ] {
            let outcome = try EvaluationGate(parsing: text).outcome(in: report)
            #expect(outcome.isPassed == isPassed && outcome.value != nil, "\(text): \(outcome)")
        }
    }

    @Test("Nothing measured is no pass")
    func nothingMeasured() throws {
        let empty = report([], negatives: 0, abstained: 0)
        for text in [
            "recall@6=0", "mrr@10=0", "ndcg@10=0", "abstention=0", "false-alarms=1", "false-abstention=1", "auroc=0",
        ] {
            let outcome = try EvaluationGate(parsing: text).outcome(in: empty)
            #expect(!outcome.isPassed && outcome.value == nil, "\(text)")
        }
        // A rank at which recall was not taken.
        let other = report([(["a"], ["a"])], negatives: 0, abstained: 0)
        #expect(try !EvaluationGate(parsing: "recall@7=0").outcome(in: other).isPassed)
    }

    @Test("The command exits with 1 where a bound is not kept, 2 where it cannot be read")
    func command() throws {
        let place = try Workspace()
        try place.build(20)
        let queries = try place.write(
            #"{"query":"lock","positives":["g1"]}"# + "\n" + #"{"query":"zzz unknown","positives":[]}"# + "\n",
            to: "queries.jsonl")
        func run(_ gates: String...) throws -> RunResult {
            try Program.run(
                ["evaluate", "-l", place.library, "--queries", queries] + gates.flatMap { ["--fail-under", $0] })
        }
        let kept = try run("recall@6=0,ndcg@10=0", "recall@9=0")
        #expect(kept.status == 0 && kept.log.isEmpty, "\(kept)")
        #expect(kept.lines.suffix(3).allSatisfy { $0.hasSuffix("pass") && $0.contains("at least") }, "\(kept)")
        #expect(kept.output.contains("recall@9"))
        let failed = try run("recall@20=0,false-alarms=0", "recall@1=1")
        #expect(failed.status == 1 && failed.log.contains("not kept"), "\(failed)")

        let json = try Program.run([
            "evaluate", "-l", place.library, "--queries", queries, "--json", "--fail-under",
            "recall@1=1,false-abstention=1",
        ])
        #expect(try json.status == 1 && json.error().code == "gate_failed", "\(json)")
        let gates = try #require(try json.json()["gates"] as? [[String: Any]])
        #expect(gates.map { $0["metric"] as? String } == ["recall@1", "false-abstention"])
        #expect(gates.map { $0["passed"] as? Bool } == [false, true])
        #expect(gates[0]["atLeast"] as? Double == 1 && gates[1]["atMost"] as? Double == 1)
        #expect(gates[0]["value"] is Double)

        let unknown = try run("recal@6=.9")
        #expect(unknown.status == 2 && unknown.output.isEmpty && unknown.log.contains("false-alarms"), "\(unknown)")
        #expect(try run("recall@6=nine").status == 2)
        let negatives = try place.write(#"{"query":"lock","positives":[]}"#, to: "negatives.jsonl")
        let nothing = try Program.run([
            "evaluate", "-l", place.library, "--queries", negatives, "--fail-under", "recall@6=0",
        ])
        #expect(nothing.status == 1 && nothing.output.contains("no query to measure it on"), "\(nothing)")
    }
}
