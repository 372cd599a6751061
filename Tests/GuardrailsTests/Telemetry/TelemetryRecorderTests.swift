#if Telemetry
import Guardrails
import InMemoryTracing
import MetricsTestKit
import Testing

@Suite struct TelemetryRecorderTests {
    private func record(_ check: String, index: Int, _ verdict: Verdict) -> DecisionRecord {
        var record = DecisionRecord(
            time: LogTime(microseconds: 1_000), decision: .init(id: "d1", index: index, count: 2, verdict: .deny),
            rail: .input, target: "llm_input", check: .init(id: check, kind: "semantic"), verdict: verdict,
            inputHash: "sha256:00")
        record.latency = .init(check: 40, total: 90)
        return record
    }

    @Test func decisionsAreCountedAndTraced() throws {
        let (metrics, tracer) = (TestMetrics(), InMemoryTracer())
        let recorder = TelemetryRecorder(style: .microsoft, factory: metrics, tracer: tracer)
        var failed = record("judge", index: 1, .deny)
        (failed.status, failed.problem) = (.timeout, "no answer")
        recorder.record([record("crimes", index: 0, .deny), failed])
        recorder.record([])
        let rail = [("rail", "input")]
        for name in ["requests", "requests.errors", "requests.blocked"] {
            #expect(try metrics.expectCounter("guardrails.\(name)", rail).totalValue == 1, "\(name)")
        }
        #expect(try metrics.expectTimer("guardrails.request.duration", rail).values == [90_000])

        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["crimes", "judge", "input"].map { "apply_guardrail \($0)" })
        let whole = try #require(spans.last)
        #expect(spans.dropLast().allSatisfy { $0.parentSpanID == whole.spanID && $0.traceID == whole.traceID })
        #expect(whole.startInstant.nanosecondsSinceEpoch == 1_000_000)
        #expect(whole.endInstant.nanosecondsSinceEpoch == 1_090_000)
        #expect(whole.attributes["microsoft.security.decision.type"]?.toSpanAttribute() == .string("deny"))
        #expect(spans[1].status?.code == .error)
    }
}
#endif
