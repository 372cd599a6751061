import Fingerpost
import GuidelineStore

extension Trend {
    /// Makes a trend of what was added up.
    ///
    /// - Parameters:
    ///   - tallies: as a log keeps them, in any order.
    ///   - options: the periods, and by what rates are told apart.
    ///   - releases: of the library, so that marks have names and canary figures.
    /// - Complexity: O(n log n) for n tallies, however many decisions they stand for.
    public init(
        of tallies: [DecisionTally], options: TrendOptions = TrendOptions(), releases: [LibraryRelease] = []
    ) {
        let wanted = tallies.filter { tally in
            let day = tally.circumstances.day
            return options.since.map { day >= $0.beginningOfDay } ?? true && options.until.map { day < $0 } ?? true
                && options.rail.map { $0 == tally.circumstances.rail } ?? true
        }.sorted { $0.circumstances.day < $1.circumstances.day }
        self.options = options
        var days: [(day: LogTime, circumstances: Circumstances)] = []
        var periods: [Period] = []
        for tally in wanted {
            let day = tally.circumstances.day
            if days.last?.day != day { days.append((day, Circumstances())) }
            let beginning = options.period.beginning(of: day)
            // Periods without any decision have a place too: a gap is not a line.
            while let last = periods.last?.beginning, last < beginning, periods.count < Self.periodLimit {
                let next = options.period.next(after: last)
                periods.append(Period(beginning: next, counts: .init(), circumstances: Circumstances()))
            }
            if periods.last?.beginning != beginning {
                periods.append(Period(beginning: beginning, counts: .init(), circumstances: Circumstances()))
            }
            days[days.count - 1].circumstances.add(tally)
            periods[periods.count - 1].circumstances.add(tally)
            if tally.subject == .decision { periods[periods.count - 1].counts += tally.counts }
        }
        self.periods = periods
        var marks = TrendMarks(releases: releases)
        for (day, circumstances) in days { marks.follow(day, circumstances) }
        self.marks = marks.marks
        (series, omittedSeriesCount) = ([], 0)
        guard let dimension = options.dimension else { return }
        let all = Self.series(of: wanted, by: dimension, periods: periods, options: options)
        series = Array(all.prefix(max(0, options.seriesLimit)))
        omittedSeriesCount = all.count - series.count
    }

    /// Empty periods are filled in up to so many: a time that is out by centuries must not fill the memory.
    private static let periodLimit = 10_000

    private static func series(
        of tallies: [DecisionTally], by dimension: TrendOptions.Dimension, periods: [Period], options: TrendOptions
    ) -> [Series] {
        let places = Dictionary(uniqueKeysWithValues: periods.enumerated().map { ($1.beginning, $0) })
        var found: [String: Series] = [:]
        for tally in tallies {
            guard let name = dimension.name(for: tally),
                let place = places[options.period.beginning(of: tally.circumstances.day)]
            else { continue }
            let none = ObservedRate(count: 0, total: 0)
            var series =
                found[name]
                ?? Series(name: name, total: none, rates: Array(repeating: none, count: periods.count), shadow: 0)
            series.rates[place].count += tally.counts.interventions
            if dimension.hasOwnTotal { series.rates[place].total += tally.counts.total }
            series.shadow += tally.counts.shadow
            found[name] = series
        }
        return found.values.map { series in
            var series = series
            for place in periods.indices {
                if !dimension.hasOwnTotal { series.rates[place].total = periods[place].counts.total }
                series.total.count += series.rates[place].count
                series.total.total += series.rates[place].total
            }
            return series
        }.sorted {
            ($0.total.count, $0.shadow) != ($1.total.count, $1.shadow)
                ? ($0.total.count, $0.shadow) > ($1.total.count, $1.shadow)
                : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
    }
}

extension Trend.Circumstances {
    fileprivate mutating func add(_ tally: DecisionTally) {
        if let version = tally.circumstances.libraryVersion { libraries.insert(version) }
        if let encoder = tally.circumstances.encoder { encoders.insert(encoder) }
        if let model = tally.circumstances.model { models.insert(model) }
        switch tally.subject {
        case .check(let id, _, let version): checks[id, default: []].insert(version)
        case .rule(let id, _, let threshold?): thresholds[id, default: []].insert(threshold)
        case .decision, .rule, .risk: break
        }
    }
}

extension TrendOptions.Period {
    /// The beginning of the period after the one that begins so.
    fileprivate func next(after beginning: LogTime) -> LogTime {
        switch self {
        case .day: beginning.adding(days: 1)
        case .week: beginning.adding(days: 7)
        case .month: self.beginning(of: beginning.adding(days: 31))
        }
    }
}

extension TrendOptions.Dimension {
    /// Whether its series have denominators of their own, rather than all texts that were checked.
    fileprivate var hasOwnTotal: Bool {
        switch self {
        case .rail, .library, .model: true
        case .check, .rule, .risk: false
        }
    }

    /// The series that a tally belongs to; nil where it is of another kind.
    fileprivate func name(for tally: DecisionTally) -> String? {
        switch (self, tally.subject) {
        case (.rail, .decision): tally.circumstances.rail.rawValue
        case (.library, .decision): tally.circumstances.libraryVersion.map { "version \($0)" } ?? "none"
        case (.model, .decision): tally.circumstances.model ?? "none"
        case (.check, .check(let id, _, _)): id
        case (.rule, .rule(let id, _, _)): id
        case (.risk, .risk(let risk)): risk
        default: nil
        }
    }
}
