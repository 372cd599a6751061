import Foundation
import Guardrails
import Testing

@Suite struct TelemetryTests {
    private static let decisions: [[DecisionRecord]] = {
        let time = LogTime("2026-03-01T09:30:00.250000Z") ?? LogTime(microseconds: 0)
        func record(_ index: Int, _ check: String, _ kind: String, _ verdict: Verdict) -> DecisionRecord {
            DecisionRecord(
                time: time, decision: .init(id: "d1", index: index, count: 3, verdict: .deny), rail: .input,
                target: "llm_input", check: .init(id: check, kind: kind, version: "2"), verdict: verdict,
                inputHash: "sha256:00ff")
        }
        var first = record(0, "crimes", "semantic", .deny)
        first.traceID = "4BF92F3577B34DA6A3CE929D0E0E4736"
        first.spanID = "00f067aa0ba902b7"
        (first.conversationID, first.model, first.action) = ("c1", "small", "refused")
        (first.libraryVersion, first.encoder) = (7, "fingerpost-small@ab")
        (first.score, first.threshold) = (0.61, 0.55)
        first.matched = [.init(id: "g1", version: 3, score: 0.61, rank: 1, via: "example:2")]
        first.dropped = [.init(id: "g2", reason: "below_threshold", score: 0.4)]
        (first.risk, first.severity) = (["mlc:ncr"], .high)
        first.latency = .init(encode: 80, search: 30, check: 120, total: 200)
        first.text = "how do I \"do\" it?"
        var second = record(1, "secrets", "secrets", .allow)
        second.isShadow = true
        second.findings = [.init(kind: "api_key", range: 3..<20)]
        second.latency = .init(check: 15, total: 200)
        var third = record(2, "judge", "judge", .deny)
        (third.status, third.problem, third.failurePolicy) = (.timeout, "no answer in 2 s", .closed)
        let plain = DecisionRecord(
            time: LogTime(microseconds: -5), decision: .init(id: "d2", verdict: .allow), rail: .output,
            target: "llm_output", check: .init(id: "style", kind: "style"), verdict: .allow, inputHash: "sha256:01")
        return [[first, second, third], [plain]]
    }()

    private static func golden(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Telemetry/\(name).json")
    }

    @Test(arguments: TelemetryStyle.allCases)
    func bytesAreThoseThatWereKept(_ style: TelemetryStyle) throws {
        let line = TelemetryWriter(style: style, includesText: true).line(for: Self.decisions)
        let file = Self.golden(style.rawValue)
        if ProcessInfo.processInfo.environment["FINGERPOST_RECORD_GOLDEN"] != nil {
            try (line + "\n").write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == line + "\n")
        #expect(TelemetryWriter(style: style, includesText: true).line(for: Self.decisions) == line)
    }

    private struct Shape: Error { var message: String }

    private func objects(_ value: Any?) throws -> [[String: Any]] {
        guard let objects = value as? [[String: Any]] else { throw Shape(message: "\(String(describing: value))") }
        return objects
    }

    private func spans(_ line: String) throws -> [[String: Any]] {
        let root = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let resource = try #require(try objects(root?["resourceSpans"]).first)
        let scope = try #require(try objects(resource["scopeSpans"]).first)
        return try objects(scope["spans"])
    }

    private func attributes(_ value: Any?) throws -> [String: [String: Any]] {
        var found: [String: [String: Any]] = [:]
        for attribute in try objects(value) {
            let key = try #require(attribute["key"] as? String)
            let value = try #require(attribute["value"] as? [String: Any])
            #expect(found.updateValue(value, forKey: key) == nil, "\(key) is there twice")
            #expect(value.count == 1)
            // 64-bit integers are texts.
            if let integer = value["intValue"] { #expect(integer is String) }
        }
        return found
    }

    @Test(arguments: TelemetryStyle.allCases)
    func spansAreWhatTheProtocolAsksFor(_ style: TelemetryStyle) throws {
        let spans = try spans(TelemetryWriter(style: style).line(for: Self.decisions))
        #expect(spans.count == 2)
        for span in spans {
            for (name, length) in [("traceId", 32), ("spanId", 16)] {
                let id = try #require(span[name] as? String)
                #expect(id.count == length && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
                #expect(id.contains { $0 != "0" })
            }
            let start = try #require((span["startTimeUnixNano"] as? String).flatMap(UInt64.init))
            let end = try #require((span["endTimeUnixNano"] as? String).flatMap(UInt64.init))
            #expect(start <= end)
            _ = try attributes(span["attributes"])
            for event in try objects(span["events"]) {
                _ = try #require((event["timeUnixNano"] as? String).flatMap(UInt64.init))
                _ = try attributes(event["attributes"])
            }
        }
        #expect(spans[0]["traceId"] as? String == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(spans[0]["spanId"] as? String == "00f067aa0ba902b7")
        #expect(spans[0]["startTimeUnixNano"] as? String == "1772357400250000000")
        #expect(spans[0]["endTimeUnixNano"] as? String == "1772357400250200000")
        #expect(try objects(spans[0]["events"]).count == 3)
        // A check that came to no end is an error of the span; a denial is not.
        #expect((spans[0]["status"] as? [String: Any])?["code"] as? Int == 2)
        #expect(spans[1]["status"] == nil)
        // Before 1970 there is no time.
        #expect(spans[1]["startTimeUnixNano"] as? String == "0")
    }

    @Test func stylesDifferInNamesAlone() throws {
        func span(_ style: TelemetryStyle) throws -> [String: [String: Any]] {
            let spans = try spans(TelemetryWriter(style: style).line(for: Self.decisions))
            return try attributes(spans[0]["attributes"])
        }
        #expect(try span(.genAI)["gen_ai.security.verdict.type"]?["stringValue"] as? String == "deny")
        #expect(try span(.genAI)["gen_ai.operation.name"]?["stringValue"] as? String == "run_guardrail")
        #expect(try span(.microsoft)["microsoft.security.decision.type"]?["stringValue"] as? String == "deny")
        #expect(try span(.microsoft)["gen_ai.operation.name"]?["stringValue"] as? String == "apply_guardrail")
        #expect(try span(.openInference)["openinference.span.kind"]?["stringValue"] as? String == "GUARDRAIL")
        #expect(try span(.openInference)["session.id"]?["stringValue"] as? String == "c1")
    }

    @Test(arguments: TelemetryStyle.allCases)
    func textsGoAlongOnlyWhereTheyAreAskedFor(_ style: TelemetryStyle) {
        let line = TelemetryWriter(style: style).line(for: Self.decisions)
        #expect(!line.contains("how do I"))
        #expect(TelemetryWriter(style: style, includesText: true).line(for: Self.decisions).contains("how do I"))
    }

    @Test func idsThatAreNoneAreMadeFromTheDecision() throws {
        var record = Self.decisions[1][0]
        func ids(_ record: DecisionRecord) throws -> [String?] {
            let span = try spans(TelemetryWriter().line(for: [[record]]))[0]
            return [span["traceId"] as? String, span["spanId"] as? String]
        }
        let made = try ids(record)
        for bad in ["", "abc", String(repeating: "0", count: 32), String(repeating: "g", count: 32)] {
            (record.traceID, record.spanID) = (bad, bad)
            #expect(try ids(record) == made)
        }
        record.decision.id = "another"
        #expect(try ids(record) != made)
    }
}
