import Fingerpost
import GuidelineStore
import Platform

/// Measures what a hold trades: how far what is shown lies behind what has arrived, against how much is shown of what turns
/// out to be denied, or to be modified.
///
/// Delays are counted in bytes of UTF-8, which makes them the same for models of any speed: where 80 arrive in a second, a
/// delay of 40 is half a second.
public enum StreamBenchmark {
    public struct Options: Sendable {
        public var rail = DecisionRecord.Rail.output
        public var holds: [StreamHold] = [.word, .characters(32), .characters(128), .sentence, .whole]
        /// Characters of the pieces in which a text arrives.
        public var pieceLength = 4
        public var threads: Int?

        public init() {}
    }

    /// Streams each text through a ``StreamGuard`` of each hold.
    ///
    /// - Throws: ``GuardrailsError/invalidOption(name:value:allowed:)``; ``GuardrailsError/nothingToLearn(problem:)`` where
    ///   there is no text.
    public static func run(
        _ texts: [String], rails: Rails, options: Options = Options(),
        progress: ((_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> [StreamBenchmarkReport] {
        guard options.pieceLength >= 1 else {
            throw GuardrailsError.invalidOption(
                name: "pieceLength", value: "\(options.pieceLength)", allowed: "at least 1")
        }
        guard !options.holds.isEmpty else {
            throw GuardrailsError.invalidOption(name: "holds", value: "none", allowed: "at least one")
        }
        guard !texts.isEmpty else { throw GuardrailsError.nothingToLearn(problem: "There is no text to stream.") }
        try rails.prepare()
        let threads = options.threads ?? Processors.available
        let chunk = 32
        return options.holds.enumerated().map { place, hold in
            var report = StreamBenchmarkReport(hold: hold)
            for start in stride(from: 0, to: texts.count, by: chunk) {
                progress?(place * texts.count + start, options.holds.count * texts.count)
                let part = Array(texts[start..<min(start + chunk, texts.count)])
                let courses = Locked([StreamCourse?](repeating: nil, count: part.count))
                Parallel.forEach(part.count, threads: threads) { index in
                    let course = course(of: part[index], rails, hold, options)
                    courses.withLock { $0[index] = course }
                }
                for course in courses.withLock(\.self) { course.map { report.add($0) } }
            }
            return report
        }
    }

    private static func course(of text: String, _ rails: Rails, _ hold: StreamHold, _ options: Options) -> StreamCourse
    {
        var stream = StreamGuard(rails, hold: hold, rail: options.rail)
        var course = StreamCourse()
        var rest = Substring(text)
        let start = ContinuousClock.now
        while !rest.isEmpty, !stream.isStopped {
            let piece = rest.prefix(options.pieceLength)
            rest = rest[piece.endIndex...]
            _ = stream.push(String(piece))
            // A stream that has been stopped waits for nothing any more.
            if !stream.isStopped { course.delays.append(stream.heldByteCount) }
        }
        _ = stream.finish()
        course.duration = ContinuousClock.now - start
        course.byteCount = text.utf8.count
        course.verdict = stream.decision.verdict
        course.leaked = stream.leakedByteCount
        return course
    }
}

/// What a hold did to a set of texts.
public struct StreamBenchmarkReport: Sendable {
    public var hold: StreamHold
    public private(set) var textCount = 0
    /// Texts of which nothing more was shown from some place on.
    public private(set) var stoppedCount = 0
    /// Texts of which something was replaced.
    public private(set) var modifiedCount = 0
    /// Texts of which some was shown that should not have been.
    public private(set) var leakingCount = 0
    /// Bytes of these that should not have been.
    public private(set) var leakedByteCount = 0
    /// Time that the checks took, all texts together, and their bytes.
    public private(set) var duration = Duration.zero
    public private(set) var byteCount = 0
    /// How often so many bytes were held after a piece had arrived.
    private var delays: [Int: Int] = [:]

    init(hold: StreamHold) { self.hold = hold }

    mutating func add(_ course: StreamCourse) {
        textCount += 1
        if course.verdict >= .ask { stoppedCount += 1 }
        if course.verdict == .modify { modifiedCount += 1 }
        if course.leaked > 0 { leakingCount += 1 }
        leakedByteCount += course.leaked
        duration += course.duration
        byteCount += course.byteCount
        for delay in course.delays { delays[delay, default: 0] += 1 }
    }

    /// Of texts that were stopped or changed, how many had shown some of what should not have been.
    public var leaks: ObservedRate { ObservedRate(count: leakingCount, total: stoppedCount + modifiedCount) }

    /// Bytes by which what is shown lies behind what has arrived: the value below which so large a share (0 to 1) of the
    /// pieces lies; 0 where there were none.
    public func delay(at share: Double) -> Int {
        let target = Double(delays.values.reduce(0, +)) * share
        var sum = 0
        for (delay, count) in delays.sorted(by: { $0.key < $1.key }) {
            sum += count
            if Double(sum) >= target { return delay }
        }
        return 0
    }

    /// Time that checks take for 1,000 bytes, on one thread.
    public var durationPerThousandBytes: Duration { duration * 1_000 / max(1, byteCount) }
}

/// How one text went.
struct StreamCourse: Sendable {
    var byteCount = 0
    var verdict = Verdict.allow
    var leaked = 0
    /// Bytes that were held after each piece.
    var delays: [Int] = []
    var duration = Duration.zero
}
