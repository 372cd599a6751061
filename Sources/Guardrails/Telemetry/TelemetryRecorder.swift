#if Telemetry
import Metrics
import Tracing

/// Reports decisions to the metrics and tracing systems that a program has bootstrapped. Built with the package's trait
/// `Telemetry` alone.
///
/// Metrics, by rail: the counters `guardrails.requests`, `guardrails.requests.errors` (a check came to no end) and
/// `guardrails.requests.blocked` (denied), and the timer `guardrails.request.duration`. In tracing a decision is a span, and
/// each of its checks one below it; attributes are named by a ``TelemetryStyle``. No text is ever reported.
public struct TelemetryRecorder: Sendable {
    public let style: TelemetryStyle
    private let factory: any MetricsFactory
    private let tracer: any Tracer

    /// - Parameters:
    ///   - factory: where metrics go; by default where the program's go.
    ///   - tracer: where spans go; by default where the program's go.
    public init(
        style: TelemetryStyle = .genAI, factory: any MetricsFactory = MetricsSystem.factory,
        tracer: any Tracer = InstrumentationSystem.tracer
    ) {
        (self.style, self.factory, self.tracer) = (style, factory, tracer)
    }

    /// Reports a decision, given by all of its records. O(records).
    public func record(_ records: [DecisionRecord]) {
        guard let first = records.first else { return }
        let duration = records.map(\.latency.total).max() ?? 0
        let dimensions = [("rail", first.rail.rawValue)]
        func count(_ label: String, if happened: Bool) {
            guard happened else { return }
            Counter(label: label, dimensions: dimensions, factory: factory).increment()
        }
        count("guardrails.requests", if: true)
        count("guardrails.requests.errors", if: records.contains { $0.status != .ok })
        count("guardrails.requests.blocked", if: first.decision.verdict == .deny)
        Timer(label: "guardrails.request.duration", dimensions: dimensions, factory: factory)
            .recordMicroseconds(duration)
        trace(records, first, duration: duration)
    }

    private func trace(_ records: [DecisionRecord], _ first: DecisionRecord, duration: Int) {
        let start = Instant(first.time, later: 0)
        let span = tracer.startSpan("\(style.operation) \(first.rail.rawValue)", ofKind: .internal, at: start)
        defer { span.end(at: Instant(first.time, later: duration)) }
        span.attributes[style.name(of: .operation)] = style.operation
        span.attributes[style.name(of: .decisionID)] = first.decision.id
        span.attributes[style.name(of: .decision)] = first.decision.verdict.rawValue
        span.attributes[style.name(of: .target)] = first.target
        if style == .openInference { span.attributes[style.name(of: .spanKind)] = "GUARDRAIL" }
        if let conversation = first.conversationID { span.attributes[style.name(of: .conversation)] = conversation }
        if let model = first.model { span.attributes[style.name(of: .model)] = model }
        for record in records {
            let check = tracer.startSpan(
                "\(style.operation) \(record.check.id)", context: span.context, ofKind: .internal, at: start)
            check.attributes[style.name(of: .guardrailID)] = record.check.id
            check.attributes[style.name(of: .guardrailName)] = record.check.kind
            check.attributes[style.name(of: .guardrailVersion)] = record.check.version
            check.attributes[style.name(of: .decision)] = record.verdict.rawValue
            check.attributes[style.name(of: .shadow)] = record.isShadow
            if let score = record.score { check.attributes[style.name(of: .score)] = score }
            if !record.matched.isEmpty { check.attributes[style.name(of: .policyID)] = record.matched.map(\.id) }
            if !record.risk.isEmpty { check.attributes[style.name(of: .risk)] = record.risk }
            if record.status != .ok {
                check.setStatus(SpanStatus(code: .error, message: record.problem ?? record.status.rawValue))
            }
            check.end(at: Instant(record.time, later: record.latency.check))
        }
    }

    /// A time of the log. There is none before 1970.
    private struct Instant: TracerInstant {
        let nanosecondsSinceEpoch: UInt64

        init(_ time: LogTime, later: Int) {
            let (sum, overflows) = time.microseconds.addingReportingOverflow(Int64(later))
            let (value, exceeds) = UInt64(overflows || sum < 0 ? 0 : sum).multipliedReportingOverflow(by: 1_000)
            nanosecondsSinceEpoch = exceeds ? .max : value
        }

        static func < (one: Self, other: Self) -> Bool { one.nanosecondsSinceEpoch < other.nanosecondsSinceEpoch }
    }
}
#endif
