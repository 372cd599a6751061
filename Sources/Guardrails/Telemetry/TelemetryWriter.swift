import Fingerpost
import Platform

/// Writes decisions as OpenTelemetry's traces, in the JSON encoding of OTLP, so that no collector has to be running: each
/// line is a request that one takes (`POST /v1/traces`), and a file of such lines is what its file receiver reads.
///
/// A decision is a span, and each of its checks an event on it. Bytes are the same for the same decisions.
public struct TelemetryWriter: Sendable {
    public var style: TelemetryStyle
    /// `service.name` of the resource.
    public var service: String
    /// Whether texts that were kept are told.
    public var includesText: Bool

    public init(style: TelemetryStyle = .genAI, service: String = "fingerpost", includesText: Bool = false) {
        (self.style, self.service, self.includesText) = (style, service, includesText)
    }

    /// One line for some decisions, each given by all of its records, without the line break. O(records).
    public func line(for decisions: [[DecisionRecord]]) -> String {
        let scope: JSONValue = .object([
            "scope": .object(["name": .string("fingerpost.guardrails")]),
            "spans": .array(decisions.compactMap(span)),
        ])
        let resource: JSONValue = .object(["attributes": .array([attribute("service.name", .string(service))])])
        return JSONValue.object([
            "resourceSpans": .array([.object(["resource": resource, "scopeSpans": .array([scope])])])
        ]).jsonText
    }

    // MARK: Spans

    private func span(of records: [DecisionRecord]) -> JSONValue? {
        guard let first = records.first else { return nil }
        let start = records.map(\.time).min() ?? first.time
        let duration = records.map(\.latency.total).max() ?? 0
        let strictest = records.filter { !$0.isShadow }.max { $0.verdict < $1.verdict }
        var attributes = Attributes(style: style)
        attributes.add(.operation, style.operation)
        if style == .openInference { attributes.add(.spanKind, "GUARDRAIL") }
        attributes.add(.decisionID, first.decision.id)
        attributes.add(.decision, first.decision.verdict.rawValue)
        if let strictest, strictest.verdict > .allow { attributes.add(.reason, strictest.check.id) }
        attributes.add(.provider, "fingerpost")
        attributes.add(.action, records.lazy.compactMap(\.action).first)
        attributes.add(.rail, first.rail.rawValue)
        attributes.add(.target, first.target)
        attributes.add(.conversation, first.conversationID)
        attributes.add(.model, first.model)
        attributes.add(.inputHash, first.inputHash)
        attributes.add(.libraryVersion, records.lazy.compactMap(\.libraryVersion).first)
        attributes.add(.encoder, records.lazy.compactMap(\.encoder).first)
        if includesText, let text = records.lazy.compactMap(\.text).first {
            attributes.add(.text, message(text, first))
        }
        var span: [String: JSONValue] = [
            "traceId": .string(identifier(first.traceID, "trace", first.decision.id, bytes: 16)),
            "spanId": .string(identifier(first.spanID, "span", first.decision.id, bytes: 8)),
            "name": .string("\(style.operation) \(first.rail.rawValue)"),
            // Internal.
            "kind": .integer(1),
            "startTimeUnixNano": nanoseconds(start, 0),
            "endTimeUnixNano": nanoseconds(start, duration),
            "attributes": .array(attributes.values),
            "events": .array(records.map { event(of: $0, at: start) }),
        ]
        if let failed = records.first(where: { $0.status != .ok }) {
            span["status"] = .object([
                "code": .integer(2), "message": .string(failed.problem ?? failed.status.rawValue),
            ])
        }
        return .object(span)
    }

    /// Chat messages are JSON in a text; other styles take the text as it is.
    private func message(_ text: String, _ record: DecisionRecord) -> String {
        guard style != .openInference else { return text }
        let part: JSONValue = .object(["type": .string("text"), "content": .string(text)])
        let role = record.rail == .output ? "assistant" : "user"
        return JSONValue.array([.object(["role": .string(role), "parts": .array([part])])]).jsonText
    }

    private func event(of record: DecisionRecord, at start: LogTime) -> JSONValue {
        var attributes = Attributes(style: style)
        attributes.add(.guardrailID, record.check.id)
        attributes.add(.guardrailName, record.check.kind)
        attributes.add(.guardrailVersion, record.check.version)
        attributes.add(.decision, record.verdict.rawValue)
        attributes.add(.shadow, record.isShadow)
        attributes.add(.status, record.status.rawValue)
        attributes.add(.problem, record.problem)
        attributes.add(.onFailure, record.failurePolicy?.rawValue)
        attributes.add(.score, record.score)
        attributes.add(.threshold, record.threshold)
        attributes.add(.risk, record.risk)
        attributes.add(.severity, record.severity?.rawValue)
        attributes.add(.policyID, record.matched.map(\.id))
        attributes.add(.policyVersion, record.matched.map { String($0.version) })
        attributes.add(.dropped, record.dropped.map(\.id))
        attributes.add(.findings, record.findings.map(\.kind))
        if record.latency.check > 0 { attributes.add(.latency, record.latency.check) }
        return .object([
            "name": .string(style.eventName), "timeUnixNano": nanoseconds(start, record.latency.check),
            "attributes": .array(attributes.values),
        ])
    }

    // MARK: Values

    /// An id as OTLP has it: as it came where it is one, else made from the decision's.
    private func identifier(_ given: String?, _ kind: String, _ decision: String, bytes: Int) -> String {
        if let given = given?.lowercased(), given.utf8.count == bytes * 2, given.utf8.contains(where: { $0 != 48 }),
            given.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        {
            return given
        }
        return String(SHA256.hexadecimal(of: "\(kind) \(decision)").prefix(bytes * 2))
    }

    /// As text, because numbers of JSON end at 2^53. Times before 1970, which OTLP has none for, are 0.
    private func nanoseconds(_ time: LogTime, _ later: Int) -> JSONValue {
        let (sum, overflows) = time.microseconds.addingReportingOverflow(Int64(later))
        let microseconds = overflows || sum < 0 ? 0 : UInt64(sum)
        let (value, exceeds) = microseconds.multipliedReportingOverflow(by: 1_000)
        return .string(String(exceeds ? .max : value))
    }
}

/// Attributes in the order in which they are added.
private struct Attributes {
    let style: TelemetryStyle
    private(set) var values: [JSONValue] = []

    init(style: TelemetryStyle) { self.style = style }

    private mutating func add(_ field: TelemetryStyle.Field, value: JSONValue) {
        values.append(.object(["key": .string(style.name(of: field)), "value": value]))
    }

    mutating func add(_ field: TelemetryStyle.Field, _ text: String?) {
        if let text { add(field, value: .object(["stringValue": .string(text)])) }
    }

    /// OTLP writes integers of 64 bits as text.
    mutating func add(_ field: TelemetryStyle.Field, _ number: Int?) {
        if let number { add(field, value: .object(["intValue": .string(String(number))])) }
    }

    mutating func add(_ field: TelemetryStyle.Field, _ number: Double?) {
        if let number, number.isFinite { add(field, value: .object(["doubleValue": .number(number)])) }
    }

    mutating func add(_ field: TelemetryStyle.Field, _ flag: Bool) {
        add(field, value: .object(["boolValue": .bool(flag)]))
    }

    mutating func add(_ field: TelemetryStyle.Field, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        let values = texts.map { JSONValue.object(["stringValue": .string($0)]) }
        add(field, value: .object(["arrayValue": .object(["values": .array(values)])]))
    }
}

private func attribute(_ name: String, _ value: JSONValue) -> JSONValue {
    .object(["key": .string(name), "value": .object(["stringValue": value])])
}
