import Platform

@testable import GuidelineStore

extension DecisionRecord {
    /// Any record, with texts that are hard to write and hard to keep.
    static func random(_ random: inout SplitMix64, decision id: String, index: Int = 0, count: Int = 1)
        -> DecisionRecord
    {
        let texts = [
            "", "plain", "\"quoted\\\"", "line\nbreak\u{0}nul\u{1}", "🙂 ümläut \u{2028}", "\u{FEFF}mark", "{\"a\":1}",
        ]
        func text(_ random: inout SplitMix64) -> String { texts.randomElement(using: &random) ?? "" }
        func maybe<Value>(_ random: inout SplitMix64, _ value: Value) -> Value? {
            Bool.random(using: &random) ? value : nil
        }
        let verdict = Verdict.allCases.randomElement(using: &random) ?? .allow
        var record = DecisionRecord(
            time: LogTime(microseconds: Int64.random(in: 0...2_000_000_000_000_000, using: &random)),
            decision: .init(id: id, index: index, count: count, verdict: verdict),
            rail: Rail.allCases.randomElement(using: &random) ?? .input, target: text(&random),
            check: .init(id: text(&random), kind: text(&random), version: text(&random)),
            verdict: Verdict.allCases.randomElement(using: &random) ?? .allow,
            inputHash: ForgettingSubject.hash(of: text(&random)))
        record.traceID = maybe(&random, text(&random))
        record.spanID = maybe(&random, text(&random))
        record.conversationID = maybe(&random, text(&random))
        record.libraryVersion = maybe(&random, Int.random(in: -1...10_000_000, using: &random))
        record.encoder = maybe(&random, text(&random))
        record.scoring = maybe(&random, text(&random))
        record.action = maybe(&random, text(&random))
        record.isShadow = Bool.random(using: &random)
        record.score = maybe(&random, Double.random(in: -1...1, using: &random))
        record.threshold = maybe(&random, 1e-7)
        for rank in 0..<Int.random(in: 0..<3, using: &random) {
            let (id, via) = (text(&random), maybe(&random, "example:2"))
            record.matched.append(
                Match(
                    id: id, version: rank, score: maybe(&random, 0.1 + 0.2), threshold: maybe(&random, 1), rank: rank,
                    via: via))
            record.dropped.append(
                Drop(
                    id: id, version: maybe(&random, rank), reason: "below_threshold", score: maybe(&random, -0.5),
                    threshold: maybe(&random, 0)))
            record.findings.append(Finding(kind: "email", range: rank..<(rank + 5)))
        }
        record.risk = (0..<Int.random(in: 0..<3, using: &random)).map { _ in text(&random) }
        record.severity = maybe(&random, .high)
        record.text = maybe(&random, text(&random))
        record.latency = Latency(encode: 1, search: 999_999, check: 1_000_000, total: -3)
        record.status = Status.allCases.randomElement(using: &random) ?? .ok
        record.problem = maybe(&random, text(&random))
        record.failurePolicy = maybe(&random, .closed)
        record.model = maybe(&random, text(&random))
        return record
    }

    /// A record of a text at a time.
    static func of(
        _ text: String, id: String, _ verdict: Verdict = .allow, at time: String = "2026-03-01T12:00:00Z",
        conversation: String? = nil
    ) -> DecisionRecord {
        var record = DecisionRecord(
            time: LogTime(time) ?? .now, decision: .init(id: id, verdict: verdict), rail: .input, target: "llm_input",
            check: .init(id: "semantic", kind: "semantic"), verdict: verdict,
            inputHash: ForgettingSubject.hash(of: text))
        record.text = text
        record.conversationID = conversation
        return record
    }
}
