import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// Measures what checks add to a request: a text in, a decision out, and its records in a log.
public enum CheckBenchmark {
    public struct Options: Sendable {
        public var rail = DecisionRecord.Rail.input
        /// Passes over the texts that are timed, after one that is not; the fastest counts.
        public var rounds = 3
        /// Threads whose throughput is compared with that of one; 1 for no comparison.
        public var threads = Processors.available
        /// A folder for a log, to measure what appending to it costs the caller; nil for none.
        public var logFolder: URL?

        public init() {}
    }

    /// Checks each text on the calling thread, several times; passes on several threads come between these, so that both
    /// see the same machine.
    ///
    /// - Throws: ``GuardrailsError/invalidOption(name:value:allowed:)``; ``GuardrailsError/nothingToLearn(problem:)`` where
    ///   there is no text; what the log throws.
    public static func run(
        _ texts: [String], rails: Rails, options: Options = Options(),
        progress: ((_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> CheckBenchmarkReport {
        guard options.rounds >= 1 else {
            throw GuardrailsError.invalidOption(name: "rounds", value: "\(options.rounds)", allowed: "at least 1")
        }
        guard options.threads >= 1 else {
            throw GuardrailsError.invalidOption(name: "threads", value: "\(options.threads)", allowed: "at least 1")
        }
        guard !texts.isEmpty else { throw GuardrailsError.nothingToLearn(problem: "There is no text to check.") }
        try rails.prepare()
        let passes = 1 + options.rounds * (options.threads > 1 ? 2 : 1)
        var finished = 0
        func pass<Result>(_ body: () throws -> Result) rethrows -> Result {
            progress?(finished, passes * texts.count)
            defer { finished += texts.count }
            return try body()
        }
        let log = try options.logFolder.map { try DecisionLog(in: $0) }
        var fastest: CheckBenchmarkReport?
        var parallel = Duration.seconds(Int64.max)
        _ = try pass { try measure(texts, rails, options, log) }
        for _ in 0..<options.rounds {
            let report = try pass { try measure(texts, rails, options, log) }
            if report.elapsed < fastest?.elapsed ?? .seconds(Int64.max) { fastest = report }
            if options.threads > 1 { parallel = min(parallel, pass { measureParallel(texts, rails, options) }) }
        }
        try log?.close()
        progress?(finished, passes * texts.count)
        var report = fastest ?? CheckBenchmarkReport(textCount: texts.count)
        report.rounds = options.rounds
        if options.threads > 1 { report.parallel = (options.threads, parallel) }
        return report
    }

    private static func measure(
        _ texts: [String], _ rails: Rails, _ options: Options, _ log: DecisionLog?
    ) throws -> CheckBenchmarkReport {
        let clock = ContinuousClock()
        var report = CheckBenchmarkReport(textCount: texts.count)
        for text in texts {
            let start = clock.now
            let decision: Decision = rails.check(text, rail: options.rail)
            let total = clock.now - start
            report.record(decision, total: total)
            guard let log else { continue }
            let records = decision.records()
            let appending = clock.now
            try log.append(records)
            report.recordAppend(clock.now - appending)
        }
        return report
    }

    private static func measureParallel(_ texts: [String], _ rails: Rails, _ options: Options) -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        Parallel.forEachRange(texts.count, chunk: 8, threads: options.threads) { range, _ in
            for place in range { let _: Decision = rails.check(texts[place], rail: options.rail) }
        }
        return clock.now - start
    }
}

/// What a benchmark of checks measured, in its fastest pass.
public struct CheckBenchmarkReport: Sendable {
    public var textCount: Int
    public var rounds = 0
    /// Time of all texts together on one thread, logging left out.
    public private(set) var elapsed = Duration.zero
    /// Time of all texts together on several threads; nil where that was not measured.
    public internal(set) var parallel: (threads: Int, elapsed: Duration)?
    /// Decisions by verdict.
    public private(set) var verdicts: [Verdict: Int] = [:]
    private var samples: [String: [Duration]] = [:]
    private var order: [String] = []

    init(textCount: Int) { self.textCount = textCount }

    mutating func record(_ decision: Decision, total: Duration) {
        elapsed += total
        verdicts[decision.verdict, default: 0] += 1
        add("encode", decision.latency.encode)
        add("search", decision.latency.search)
        for check in decision.checks { add("check \(check.id)", check.latency) }
        add("total", total)
    }

    mutating func recordAppend(_ duration: Duration) { add("log", duration) }

    private mutating func add(_ name: String, _ duration: Duration) {
        if samples[name] == nil { order.append(name) }
        samples[name, default: []].append(duration)
    }

    /// Where the time of a decision went: encoding and search that checks share, each check with what it had to wait for,
    /// the whole, and appending the decision to the log.
    public var latencies: [(name: String, latency: Percentiles)] {
        order.compactMap { name in
            samples[name].flatMap(Percentiles.init).map { (name, $0) }
        }
    }

    /// On one thread.
    public var textsPerSecond: Double { Double(textCount) / max(elapsed.secondsValue, 1e-9) }
    /// How much faster several threads were than one; nil where that was not measured.
    public var speedup: Double? { parallel.map { elapsed / max($0.elapsed, .nanoseconds(1)) } }
}
