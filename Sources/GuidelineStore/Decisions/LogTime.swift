import Foundation

/// A point in time, in microseconds, as the log writes it: `2026-03-01T09:30:00.250000Z`.
///
/// Years are those of the Gregorian calendar, 0 to 9999; times are UTC.
public struct LogTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Since the beginning of 1970.
    public let microseconds: Int64

    /// What lies outside the years 0 to 9999 is moved to their ends.
    public init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, Self.earliest), Self.latest)
    }

    /// The system's clock.
    public static var now: LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    public static func < (one: LogTime, other: LogTime) -> Bool { one.microseconds < other.microseconds }

    /// The time that is so many days away, of 24 hours each.
    public func adding(days: Int) -> LogTime {
        let (span, overflows) = Int64(days).multipliedReportingOverflow(by: Self.microsecondsPerDay)
        let (sum, exceeds) = microseconds.addingReportingOverflow(span)
        if overflows || exceeds { return LogTime(microseconds: days < 0 ? Self.earliest : Self.latest) }
        return LogTime(microseconds: sum)
    }

    package static let microsecondsPerDay: Int64 = 86_400_000_000
    private static let earliest = -62_167_219_200_000_000 as Int64
    private static let latest = 253_402_300_799_999_999 as Int64

    // MARK: Text

    /// Reads `2026-03-01`, `2026-03-01T09:30Z`, with seconds and fractions of any length, and offsets such as `+02:00`; nil
    /// for anything else, days that no calendar has among it. A day alone is its beginning.
    public init?(_ text: some StringProtocol) {
        var reader = TimeReader(text: Array(text.utf8)[...])
        guard let microseconds = reader.time() else { return nil }
        self.init(microseconds: microseconds)
    }

    public var description: String {
        String(decoding: utf8, as: UTF8.self)
    }

    /// ``description``, in bytes: the log writes it on its callers' path.
    var utf8: [UInt8] {
        var day = microseconds.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
        if day.remainder < 0 { day = (day.quotient - 1, day.remainder + Self.microsecondsPerDay) }
        let date = Self.date(ofDay: Int(day.quotient))
        let seconds = Int(day.remainder / 1_000_000)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        func append(_ value: Int, digits: Int) {
            var divisor = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(truncatingIfNeeded: 48 + (value / divisor) % 10))
                divisor /= 10
            }
        }
        append(date.year, digits: 4)
        bytes.append(45)
        append(date.month, digits: 2)
        bytes.append(45)
        append(date.day, digits: 2)
        bytes.append(84)
        append(seconds / 3_600, digits: 2)
        bytes.append(58)
        append(seconds / 60 % 60, digits: 2)
        bytes.append(58)
        append(seconds % 60, digits: 2)
        bytes.append(46)
        append(Int(day.remainder % 1_000_000), digits: 6)
        bytes.append(90)
        return bytes
    }

    // MARK: Calendar

    /// Its year, month and day, counted from 1.
    package var calendarDate: (year: Int, month: Int, day: Int) {
        Self.date(ofDay: Int(beginningOfDay.microseconds / Self.microsecondsPerDay))
    }

    /// The year, month and day, counted from 1, of a day counted from the beginning of 1970 (Hinnant, "chrono-compatible
    /// low-level date algorithms", 2013).
    static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The day, counted from the beginning of 1970, of a date.
    static func day(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads a time from its text.
private struct TimeReader {
    var text: ArraySlice<UInt8>

    mutating func time() -> Int64? {
        guard let year = number(4), take(45), let month = number(2), take(45), let day = number(2) else { return nil }
        let days = LogTime.day(year: year, month: month, day: day)
        guard (1...12).contains(month), LogTime.date(ofDay: days) == (year, month, day) else { return nil }
        var microseconds = Int64(days) * LogTime.microsecondsPerDay
        if text.isEmpty { return microseconds }
        guard take(84) || take(116) || take(32), let hour = number(2), take(58), let minute = number(2), hour < 24,
            minute < 60
        else { return nil }
        microseconds += Int64(hour * 60 + minute) * 60_000_000
        if take(58) {
            // A leap second is the one after it, as POSIX counts.
            guard let second = number(2), second <= 60 else { return nil }
            microseconds += Int64(second) * 1_000_000
            if take(46) {
                guard let fraction = fraction() else { return nil }
                microseconds += fraction
            }
        }
        guard let offset = offset(), text.isEmpty else { return nil }
        return microseconds - offset
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard text.first == byte else { return false }
        text.removeFirst()
        return true
    }

    private mutating func number(_ digits: Int) -> Int? {
        guard text.count >= digits else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard let digit = text.popFirst(), (48...57).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return value
    }

    /// Digits of a fraction of a second, in microseconds; those behind the sixth are dropped.
    private mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var place: Int64 = 100_000
        guard let first = text.first, (48...57).contains(first) else { return nil }
        while let digit = text.first, (48...57).contains(digit) {
            value += Int64(digit - 48) * place
            place /= 10
            text.removeFirst()
        }
        return value
    }

    /// Microseconds ahead of UTC; none is UTC.
    private mutating func offset() -> Int64? {
        if text.isEmpty || take(90) || take(122) { return 0 }
        let isAhead = text.first == 43
        guard take(43) || take(45), let hours = number(2) else { return nil }
        _ = take(58)
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        let offset = Int64(hours * 60 + minutes) * 60_000_000
        return isAhead ? offset : -offset
    }
}
