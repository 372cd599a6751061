import Fingerpost
import GuidelineStore
import Platform

/// What the checks say of one text.
///
/// It holds places and kinds of what was found, never the thing itself; the changed text in ``modifiedText`` is what is left
/// without it. Printing a decision shows neither text.
public struct Decision: Sendable, Identifiable {
    /// 32 hexadecimal digits, and no other decision's.
    public let id: String
    public let time: LogTime
    public let rail: DecisionRecord.Rail
    /// The strictest verdict of all checks that are not in shadow.
    public var verdict: Verdict
    /// In the order of the rails.
    public var checks: [CheckResult]
    /// The text with all that was found to be modified, where there was something; fit to go on if the verdict is
    /// ``Verdict/modify``.
    public var modifiedText: String?
    public var latency: DecisionLatency
    private let text: String

    init(
        rail: DecisionRecord.Rail, checks: [CheckResult], text: String, modifiedText: String?, latency: DecisionLatency
    ) {
        var generator = SystemRandomNumberGenerator()
        time = .now
        let words = [UInt64(bitPattern: time.microseconds) << 12 | generator.next() & 0xFFF, generator.next()]
        id = words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        (self.rail, self.checks, self.text) = (rail, checks, text)
        (self.modifiedText, self.latency) = (modifiedText, latency)
        verdict = checks.lazy.filter { !$0.isShadow }.map(\.verdict).max() ?? .allow
    }

    /// Rules that apply by any check that is not in shadow, each once, in the checks' order.
    public var matched: [DecisionRecord.Match] {
        var known: Set<String> = []
        return checks.filter { !$0.isShadow && $0.outcome.isHit }.flatMap(\.outcome.matched)
            .filter { known.insert($0.id).inserted }
    }

    /// A record for each check, as a ``DecisionRecord`` log keeps them.
    ///
    /// - Parameters:
    ///   - keepsText: whether the text is in the first record; its digest always is in all.
    ///   - model: whose input or output it is.
    ///   - conversationID: which conversation it belongs to.
    public func records(
        keepsText: Bool = false, model: String? = nil, conversationID: String? = nil
    ) -> [DecisionRecord] {
        let hash = "sha256:" + SHA256.hexadecimal(of: text)
        // What one check has looked things up in is what the decision depends on.
        let libraryVersion = checks.lazy.compactMap(\.outcome.libraryVersion).first
        let encoder = checks.lazy.compactMap(\.outcome.encoder).first
        return checks.enumerated().map { index, result in
            var record = DecisionRecord(
                time: time,
                decision: DecisionRecord.Decision(id: id, index: index, count: checks.count, verdict: verdict),
                rail: rail, target: rail.target,
                check: DecisionRecord.Check(id: result.id, kind: result.kind, version: result.version),
                verdict: result.verdict, inputHash: hash)
            let outcome = result.outcome
            record.conversationID = conversationID
            record.model = model
            record.libraryVersion = outcome.libraryVersion ?? libraryVersion
            record.encoder = outcome.encoder ?? encoder
            record.scoring = outcome.scoring
            record.isShadow = result.isShadow
            (record.score, record.threshold) = (outcome.score, outcome.threshold)
            (record.matched, record.dropped) = (outcome.matched, outcome.dropped)
            record.findings = outcome.findings.map { DecisionRecord.Finding(kind: $0.kind, range: $0.range) }
            (record.risk, record.severity) = (outcome.risk, outcome.severity)
            record.text = keepsText && index == 0 ? text : nil
            record.latency = DecisionRecord.Latency(
                encode: outcome.encoder == nil ? 0 : latency.encode.wholeMicroseconds,
                search: outcome.encoder == nil ? 0 : latency.search.wholeMicroseconds,
                check: result.latency.wholeMicroseconds, total: latency.total.wholeMicroseconds)
            (record.status, record.problem, record.failurePolicy) = (
                result.status, result.problem, result.failurePolicy
            )
            return record
        }
    }
}

extension Decision: CustomStringConvertible, CustomReflectable {
    public var description: String {
        let hits = checks.filter { $0.verdict != .allow }
        let names = hits.map { "\($0.id): \($0.verdict.rawValue)\($0.isShadow ? " (shadow)" : "")" }
        return "\(verdict.rawValue)" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
    }

    /// Without the texts.
    public var customMirror: Mirror {
        Mirror(self, children: ["id": id, "verdict": verdict, "checks": checks, "latency": latency])
    }
}

/// What one check says.
public struct CheckResult: Sendable, Identifiable {
    public var id: String
    public var kind: String
    public var version: String
    public var verdict: Verdict
    /// What was to happen; nil where nothing was found, or the check came to no end.
    public var action: CheckAction?
    public var isShadow: Bool
    public var outcome: CheckOutcome
    public var status = DecisionRecord.Status.ok
    /// What went wrong, where the status is not `ok`.
    public var problem: String?
    /// What was made of that.
    public var failurePolicy: DecisionRecord.FailurePolicy?
    public var latency: Duration
}

/// Where the time of a decision went.
public struct DecisionLatency: Sendable, Hashable {
    /// Text to vector, for all semantic checks together.
    public var encode = Duration.zero
    /// Vector to guidelines, for all of them together.
    public var search = Duration.zero
    public var total = Duration.zero
}

extension DecisionRecord.Rail {
    /// What is checked there.
    var target: String {
        switch self {
        case .input: "llm_input"
        case .output: "llm_output"
        case .retrieval: "knowledge_result"
        }
    }
}

extension Duration {
    var wholeMicroseconds: Int { Int(self / .microseconds(1)) }
}
