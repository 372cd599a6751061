import Fingerpost
import GuidelineStore

/// Checks a text while it is written, and hands on what may be shown.
///
/// ```swift
/// var stream = StreamGuard(rails, hold: .characters(64))
/// for piece in pieces { show(stream.push(piece)) }
/// show(stream.finish())
/// ```
///
/// What is handed on has been checked, together with what the hold keeps back behind it; words and characters are never
/// split, and it does not depend on how the stream is cut into pieces. What is to be modified is modified before it is
/// handed on. Where a check denies, or asks, nothing more is.
///
/// Checks for something that stands in one place run for every word, with the words around it; those about meaning run for
/// every sentence, together with the one before; those about the whole text run at the end. All of the text is kept.
public struct StreamGuard: Sendable {
    /// Bytes that are looked at again, before what has been handed on.
    static let overlap = 256
    /// Bytes of the longest text that is checked as a sentence, with the one before.
    static let sentenceWindow = 2_048

    let rails: Rails
    public let hold: StreamHold
    let rail: DecisionRecord.Rail
    let deadline: Duration?
    private var text = StreamText()
    /// Bytes of the stream that have been handed on, or replaced.
    private(set) var released = 0
    private var shown: [UInt8] = []
    /// Beginnings of words that are still of use, in order.
    private var boundaries: [StreamText.Boundary] = []
    /// Where the sentence that is being written begins, and the one before.
    private var sentenceStart = 0
    private var previousStart = 0
    private var pending: [Modification] = []
    private var log: StreamLog
    /// Whether nothing more is handed on.
    public private(set) var isStopped = false
    private var isFinished = false
    /// What has been replaced, in order, and what was handed on before it was found that it should not be.
    private var replaced: [Range<Int>] = []
    private var leaked: Set<Range<Int>> = []

    /// - Parameters:
    ///   - hold: what is kept back; see ``StreamHold``.
    ///   - deadline: how long the checks of one step may take.
    public init(
        _ rails: Rails, hold: StreamHold = .sentence, rail: DecisionRecord.Rail = .output, deadline: Duration? = nil
    ) {
        (self.rails, self.hold, self.rail, self.deadline) = (rails, hold, rail, deadline)
        log = StreamLog(rails.checks.filter { $0.rails.contains(rail) })
    }

    /// Takes a piece of the stream and returns what may be shown now, which may be empty.
    public mutating func push(_ piece: String) -> String {
        guard !isStopped, !isFinished else { return "" }
        let start = shown.count
        var text = self.text
        self.text = StreamText()
        text.push(piece) { text, boundary in step(text, boundary) }
        self.text = text
        return String(decoding: shown[start...], as: UTF8.self)
    }

    /// Says that the stream is at its end, and returns what is left to show.
    public mutating func finish() -> String {
        guard !isStopped, !isFinished else { return "" }
        isFinished = true
        let start = shown.count
        var text = self.text
        self.text = StreamText()
        text.finish { text, boundary in step(text, boundary) }
        self.text = text
        end()
        return String(decoding: shown[start...], as: UTF8.self)
    }

    /// What the checks have said so far. Its text is what has arrived, its modified text what has been shown, where that is
    /// not the same.
    public var decision: Decision {
        let whole = String(decoding: text.bytes, as: UTF8.self)
        let shown = String(decoding: shown, as: UTF8.self)
        return Decision(
            rail: rail, checks: log.results, text: whole, modifiedText: log.hasModified ? shown : nil,
            latency: log.latency)
    }

    /// Bytes that have arrived and have not been handed on, nor replaced.
    public var heldByteCount: Int { text.byteCount - released }

    /// Bytes that had been handed on before it was found that they belong to what is denied, or to be modified: what the hold
    /// was too short for.
    public var leakedByteCount: Int {
        var (count, end) = (0, 0)
        // What was found in one step and replaced in another is found again there.
        for range in (leaked + replaced).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            count += max(0, range.upperBound - max(range.lowerBound, end))
            end = max(end, range.upperBound)
        }
        return count - replaced.reduce(0) { $0 + $1.count }
    }

    // MARK: Steps

    /// What happens where a word begins: it depends on the text before alone.
    private mutating func step(_ text: StreamText, _ boundary: StreamText.Boundary) {
        guard !isStopped, hold != .whole else { return }
        boundaries.append(boundary)
        if boundary.isSentence { sentence(text, end: boundary.byte) }
        if hold == .sentence, !boundary.isSentence { return }
        var distance = 0
        if case .characters(let count) = hold { distance = count }
        let target = boundaries.last { $0.character <= boundary.character - distance }?.byte ?? released
        place(text, end: boundary.byte, target: max(target, released))
    }

    /// The end of the stream.
    private mutating func end() {
        guard !isStopped else { return }
        let whole = String(decoding: text.bytes, as: UTF8.self)
        if hold == .whole {
            let decision = rails.decide(whole, rail: rail, start: .now, deadline: until) { _ in true }
            log.add(decision.checks, offset: 0, latency: decision.latency)
            guard decision.verdict < .ask else { return isStopped = true }
            shown = Array((decision.modifiedText ?? whole).utf8)
            if decision.modifiedText != nil { log.hasModified = true }
            released = text.bytes.count
            return
        }
        sentence(text, end: text.bytes.count)
        guard !isStopped else { return }
        pending += run(whole, offset: 0, scope: .text, subject: 0)
        place(text, end: text.bytes.count, target: text.bytes.count)
    }

    /// Checks what is about meaning, over the sentence that has ended and the one before.
    private mutating func sentence(_ text: StreamText, end: Int) {
        guard !isStopped else { return }
        let current = sentenceStart
        guard end > current else { return }
        let start = end - previousStart > Self.sentenceWindow ? current : previousStart
        (previousStart, sentenceStart) = (current, end)
        let window = String(decoding: text.bytes[start..<end], as: UTF8.self)
        let found = run(window, offset: start, scope: .sentence, subject: current)
        // The sentence before has been shown.
        pending += found.map { found in
            var found = found
            if found.range == start..<end { found.range = current..<end }
            return found
        }
    }

    /// Checks what stands in one place, and hands on what may be.
    private mutating func place(_ text: StreamText, end: Int, target: Int) {
        guard !isStopped else { return }
        let start = boundaries.last { $0.byte <= released - Self.overlap }?.byte ?? 0
        let window = String(decoding: text.bytes[start..<end], as: UTF8.self)
        let found = run(window, offset: start, scope: .place, subject: released)
        guard !isStopped else { return }
        release(text, to: target, Modification.merged(found + pending))
        boundaries.removeAll { $0.byte < start }
        pending.removeAll { $0.range.upperBound <= released }
    }

    /// Hands on what is before `target`, but for the beginning of something that goes on behind it.
    private mutating func release(_ text: StreamText, to target: Int, _ modifications: [Modification]) {
        for var modification in modifications {
            leak(from: modification.range.lowerBound, to: modification.range.upperBound)
            guard modification.range.upperBound > released else { continue }
            modification.range = max(modification.range.lowerBound, released)..<modification.range.upperBound
            guard modification.range.lowerBound < target else { break }
            shown += text.bytes[released..<modification.range.lowerBound]
            released = modification.range.lowerBound
            guard modification.range.upperBound <= target else { return }
            shown += modification.text(for: text.bytes[modification.range], rails.replacements).utf8
            released = modification.range.upperBound
            replaced.append(modification.range)
            log.hasModified = true
        }
        guard target > released else { return }
        shown += text.bytes[released..<target]
        released = target
    }

    private var until: ContinuousClock.Instant? { deadline.map { .now + $0 } }

    /// Runs the checks of one scope over a part of the text that begins at `offset`; stops the stream where one of them
    /// does. Returns what is to be modified. What a check says without a place is said of the text from `subject` on.
    private mutating func run(_ window: String, offset: Int, scope: CheckScope, subject: Int) -> [Modification] {
        let checks = rails.checks.filter { $0.rails.contains(rail) && $0.check.scope == scope }
        guard !checks.isEmpty, !window.isEmpty else { return [] }
        let start = ContinuousClock.now
        let input = CheckInput(window, rail: rail, deadline: until, searches: SharedSearches())
        var results = rails.run(checks, on: input)
        rails.dropReplaced(in: window, &results)
        let (encode, search) = input.searches.latency
        log.add(
            results, offset: offset,
            latency: DecisionLatency(encode: encode, search: search, total: ContinuousClock.now - start))
        let stopping = results.filter { !$0.isShadow && $0.verdict >= .ask }
        guard stopping.isEmpty else {
            isStopped = true
            let first = stopping.map { $0.outcome.findings.map { $0.range.lowerBound + offset }.min() ?? subject }.min()
            leak(from: first ?? subject, to: released)
            return []
        }
        return rails.modifications(of: results, in: window).map { found in
            var found = found
            found.range = (found.range.lowerBound + offset)..<(found.range.upperBound + offset)
            return found
        }
    }

    /// Notes what has been handed on of a place that should not have been.
    private mutating func leak(from start: Int, to end: Int) {
        let end = min(end, released)
        if start < end { leaked.insert(start..<end) }
    }
}

/// What the checks of a stream have said, put together from its steps.
struct StreamLog: Sendable {
    private(set) var results: [CheckResult]
    private var places: [String: Int] = [:]
    private var known: [Set<Detection>]
    private(set) var latency = DecisionLatency()
    var hasModified = false

    init(_ checks: [GuardedCheck]) {
        results = checks.map { guarded in
            CheckResult(
                id: guarded.check.id, kind: guarded.check.kind, version: guarded.check.version, verdict: .allow,
                isShadow: guarded.isShadow, outcome: CheckOutcome(), latency: .zero)
        }
        known = results.map { _ in [] }
        for (place, result) in results.enumerated() { places[result.id] = place }
    }

    /// Adds what a step has said of a part of the text that begins at `offset`.
    mutating func add(_ step: [CheckResult], offset: Int, latency: DecisionLatency) {
        self.latency.encode += latency.encode
        self.latency.search += latency.search
        self.latency.total += latency.total
        for result in step {
            guard let place = places[result.id] else { continue }
            var sum = results[place]
            sum.latency += result.latency
            let outcome = result.outcome
            for finding in outcome.findings {
                let found = Detection(
                    kind: finding.kind,
                    range: (finding.range.lowerBound + offset)..<(finding.range.upperBound + offset),
                    confidence: finding.confidence)
                if known[place].insert(found).inserted { sum.outcome.findings.append(found) }
            }
            sum.outcome.isHit = sum.outcome.isHit || outcome.isHit
            // Rules of the step that says most.
            if sum.outcome.encoder == nil || outcome.isHit && result.verdict >= sum.verdict
                || !sum.outcome.isHit && (outcome.score ?? -1) > (sum.outcome.score ?? -1)
            {
                let findings = sum.outcome.findings
                let isHit = sum.outcome.isHit
                sum.outcome = outcome
                (sum.outcome.findings, sum.outcome.isHit) = (findings, isHit)
            }
            if result.verdict > sum.verdict || sum.action == nil { sum.action = result.action ?? sum.action }
            sum.verdict = max(sum.verdict, result.verdict)
            if result.status != .ok {
                (sum.status, sum.problem, sum.failurePolicy) = (result.status, result.problem, result.failurePolicy)
            }
            results[place] = sum
        }
    }
}
