import GuidelineStore

/// What a trend is about.
public struct TrendOptions: Sendable, Hashable {
    /// How long the periods are that are told apart.
    public enum Period: String, Sendable, Hashable, CaseIterable { case day, week, month }

    /// By what the rates are told apart.
    public enum Dimension: String, Sendable, Hashable, CaseIterable { case rail, check, rule, risk, library, model }

    public var period = Period.month
    /// Nil for the whole alone.
    public var dimension: Dimension?
    /// From this day on.
    public var since: LogTime?
    /// Days before this one.
    public var until: LogTime?
    /// Nil for all.
    public var rail: DecisionRecord.Rail?
    /// Series at most, the largest first; what is left out is counted in ``Trend/omittedSeriesCount``.
    public var seriesLimit = 12

    public init() {}
}

extension TrendOptions.Period {
    /// The beginning of the period that a day lies in. Weeks begin on Monday.
    func beginning(of time: LogTime) -> LogTime {
        let day = time.beginningOfDay
        switch self {
        case .day: return day
        case .week:
            // The first of January 1970 was a Thursday.
            let number = day.microseconds / LogTime.microsecondsPerDay
            let weekday = ((number + 3) % 7 + 7) % 7
            return day.adding(days: -Int(weekday))
        case .month:
            let date = day.calendarDate
            return day.adding(days: 1 - date.day)
        }
    }

    /// Whether a day lies in the period that begins so.
    public func contains(_ day: LogTime, from beginning: LogTime) -> Bool { self.beginning(of: day) == beginning }

    /// As people call the period that begins so: `2026-03`, `2026-03-02`.
    public func name(of beginning: LogTime) -> String {
        String(beginning.description.prefix(self == .month ? 7 : 10))
    }
}
