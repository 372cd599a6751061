import Fingerpost
import GuidelineStore

/// Something other than the texts changed on a day.
public struct TrendMark: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable { case library, threshold, check, encoder, model }

    /// A thing that changed, from what to what.
    public struct Change: Sendable, Hashable {
        /// The rule or the check; nil for the others.
        public var subject: String?
        public var before: String
        public var after: String
    }

    /// The first day on which it was seen.
    public var day: LogTime
    public var kind: Kind
    /// How many changed, for thresholds and checks.
    public var count: Int
    /// Thresholds that were raised, and lowered.
    public var raised: Int
    public var lowered: Int
    /// Five of them at most.
    public var examples: [Change]
    /// The release that brought the library version into use, where the library knows one.
    public var release: LibraryRelease?
}

/// Follows what is in use from day to day.
struct TrendMarks {
    private var libraries: Set<Int> = []
    private var encoders: Set<String> = []
    private var models: Set<String> = []
    private var checks: [String: Set<String>] = [:]
    private var thresholds: [String: Set<Double>] = [:]
    private(set) var marks: [TrendMark] = []
    private let releases: [Int: LibraryRelease]

    init(releases: [LibraryRelease]) {
        self.releases = Dictionary(releases.map { ($0.libraryVersion, $0) }) { $1 }
    }

    /// Takes in the day that follows.
    mutating func follow(_ day: LogTime, _ now: Trend.Circumstances) {
        if var mark = Self.mark(day, .library, from: libraries, to: now.libraries, { "\($0)" }) {
            mark.release = now.libraries.subtracting(libraries).sorted().last { releases[$0] != nil }.flatMap {
                releases[$0]
            }
            marks.append(mark)
        }
        let others = [
            Self.mark(day, .encoder, from: encoders, to: now.encoders) { $0 },
            Self.mark(day, .model, from: models, to: now.models) { $0 },
            Self.mark(day, .check, in: &checks, now.checks) { $0 },
            Self.mark(day, .threshold, in: &thresholds, now.thresholds) { "\($0)" },
        ]
        marks += others.compactMap(\.self)
        if !now.libraries.isEmpty { libraries = now.libraries }
        if !now.encoders.isEmpty { encoders = now.encoders }
        if !now.models.isEmpty { models = now.models }
    }

    /// One thing of which there may be several at a time.
    private static func mark<Value: Comparable & Hashable>(
        _ day: LogTime, _ kind: TrendMark.Kind, from before: Set<Value>, to after: Set<Value>, _ text: (Value) -> String
    ) -> TrendMark? {
        let new = after.subtracting(before)
        guard !before.isEmpty, !new.isEmpty else { return nil }
        let change = TrendMark.Change(
            subject: nil, before: before.sorted().map(text).joined(separator: ", "),
            after: new.sorted().map(text).joined(separator: ", "))
        return TrendMark(day: day, kind: kind, count: 1, raised: 0, lowered: 0, examples: [change])
    }

    /// One value, or several, for each of many subjects.
    private static func mark<Value: Comparable & Hashable>(
        _ day: LogTime, _ kind: TrendMark.Kind, in known: inout [String: Set<Value>], _ now: [String: Set<Value>],
        _ text: (Value) -> String
    ) -> TrendMark? {
        var mark = TrendMark(day: day, kind: kind, count: 0, raised: 0, lowered: 0, examples: [])
        for (subject, values) in now.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            defer { known[subject] = values }
            guard let before = known[subject], let old = before.max(), let new = values.subtracting(before).max() else {
                continue
            }
            mark.count += 1
            if new > old { mark.raised += 1 } else { mark.lowered += 1 }
            if mark.examples.count < 5 {
                mark.examples.append(.init(subject: subject, before: text(old), after: text(new)))
            }
        }
        return mark.count > 0 ? mark : nil
    }
}
