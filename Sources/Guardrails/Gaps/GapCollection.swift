import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// Many inputs, those that differ in nothing but capitals, punctuation and white space as one: what is kept of each is its
/// first text and what is added up over all of its copies.
///
/// Texts stand one after the other in one piece of memory; a million short inputs take some 300 MB.
struct GapCollection {
    /// The first 16 bytes of the SHA-256 of a normalised text.
    typealias Key = SIMD2<UInt64>

    struct Entry {
        var key: Key
        var textStart: Int
        var textLength: Int
        /// The id stands before the text; -1 for none.
        var idLength: Int
        /// The place of the first copy among the inputs that were given.
        var place: Int
        var count = 0
        var severitySum = 0.0
        var severityCount = 0
        /// Copies of which it is known that something matched, or that nothing did.
        var matchedCount = 0
        var unmatchedCount = 0
        var times = TimeSums()
    }

    private(set) var entries: [Entry] = []
    private var bytes: [UInt8] = []
    private var places: [Key: Int] = [:]
    /// Entries of decisions, by the hash of the decision's id.
    private var decisions: [UInt64: Int] = [:]
    /// Inputs that were given.
    private(set) var count = 0
    /// Those without anything but white space, which are not kept.
    private(set) var emptyCount = 0

    mutating func add(_ input: GapInput) throws(GuardrailsError) {
        guard input.count >= 1 else {
            throw .invalidOption(name: "count", value: "\(input.count)", allowed: "1 or more")
        }
        let place = count
        count += 1
        guard input.text.contains(where: { !$0.isWhitespace }) else {
            emptyCount += 1
            return
        }
        let key = Self.key(of: input.text)
        let number = places[key] ?? entries.count
        if number == entries.count {
            places[key] = number
            var entry = Entry(key: key, textStart: 0, textLength: 0, idLength: -1, place: place)
            if let id = input.id {
                entry.idLength = id.utf8.count
                bytes.append(contentsOf: id.utf8)
            }
            entry.textStart = bytes.count
            bytes.append(contentsOf: input.text.utf8)
            entry.textLength = bytes.count - entry.textStart
            entries.append(entry)
        }
        // A count from outside may be anything.
        let (sum, overflows) = entries[number].count.addingReportingOverflow(input.count)
        guard !overflows, sum < Self.largestCount else {
            throw .invalidOption(name: "count", value: "\(input.count)", allowed: "less than 10^15 in all")
        }
        entries[number].count = sum
        if let severity = input.severity {
            entries[number].severitySum += severity.gapWeight * Double(input.count)
            entries[number].severityCount += input.count
        }
        switch input.wasMatched {
        case true?: entries[number].matchedCount += input.count
        case false?: entries[number].unmatchedCount += input.count
        case nil: break
        }
        if let time = input.time { entries[number].times.add(time, count: input.count) }
        if let decision = input.decision { decisions[Self.key(of: decision).x] = number }
    }

    mutating func addMissed(decision: String) {
        guard let number = decisions[Self.key(of: decision).x] else { return }
        entries[number].severitySum += Guideline.Severity.high.gapWeight
        entries[number].severityCount += 1
    }

    /// So many that sums of a million of them do not overflow.
    private static let largestCount = 1_000_000_000_000_000

    static func key(of text: String) -> Key {
        var hash = SHA256()
        hash.update(TextNormalization.normalized(text))
        let digest = hash.finalize()
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return Key(word(digest[0..<8]), word(digest[8..<16]))
    }

    func text(of entry: Entry) -> String {
        String(decoding: bytes[entry.textStart..<(entry.textStart + entry.textLength)], as: UTF8.self)
    }

    func id(of entry: Entry) -> String? {
        guard entry.idLength >= 0 else { return nil }
        return String(decoding: bytes[(entry.textStart - entry.idLength)..<entry.textStart], as: UTF8.self)
    }

    /// The entries in an order that has nothing to do with what they are or how they came, and that is the same for the same
    /// inputs: the beginning of it is a fair sample.
    func shuffled(seed: UInt64) -> [Int] {
        let salt = SplitMix64.mix(seed)
        let ranks = entries.map { SplitMix64.mix($0.key.x ^ salt) }
        return entries.indices.sorted { one, other in
            (ranks[one], entries[one].key.y) < (ranks[other], entries[other].key.y)
        }
    }
}

/// Sums over times, by which those of some inputs can be told from those of all.
struct TimeSums {
    private(set) var count = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private(set) var first = Int64.max
    private(set) var last = Int64.min

    /// Days are counted from the beginning of 2025, so that little is lost in their squares.
    private static let origin = 1_735_689_600_000_000.0
    private static let day = 86_400_000_000.0

    mutating func add(_ time: LogTime, count: Int) {
        let days = (Double(time.microseconds) - Self.origin) / Self.day
        self.count += Double(count)
        sum += days * Double(count)
        squares += days * days * Double(count)
        first = min(first, time.microseconds)
        last = max(last, time.microseconds)
    }

    mutating func add(_ other: TimeSums) {
        count += other.count
        sum += other.sum
        squares += other.squares
        first = min(first, other.first)
        last = max(last, other.last)
    }

    /// Nil where no time is known.
    func times(among all: TimeSums) -> GapReport.Times? {
        guard count > 0 else { return nil }
        let variance = max(0, all.squares / all.count - (all.sum / all.count) * (all.sum / all.count))
        let error = (variance / count).squareRoot()
        let distance = sum / count - all.sum / all.count
        let trend: GapReport.Times.Trend =
            error == 0 || abs(distance) <= 2 * error ? .steady : distance > 0 ? .growing : .fading
        return GapReport.Times(first: LogTime(microseconds: first), last: LogTime(microseconds: last), trend: trend)
    }
}
