import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite struct LogTimeTests {
    @Test(arguments: [
        (0 as Int64, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_772_357_400_250_001, "2026-03-01T09:30:00.250001Z"),
        (Int64.min, "0000-01-01T00:00:00.000000Z"),
        (Int64.max, "9999-12-31T23:59:59.999999Z"),
    ])
    func isWritten(microseconds: Int64, text: String) {
        #expect(LogTime(microseconds: microseconds).description == text)
        #expect(LogTime(text) == LogTime(microseconds: microseconds))
    }

    @Test(arguments: [
        ("2026-03-01", "2026-03-01T00:00:00.000000Z"),
        ("2026-03-01T09:30Z", "2026-03-01T09:30:00.000000Z"),
        ("2026-03-01 09:30:01.5", "2026-03-01T09:30:01.500000Z"),
        ("2026-03-01T09:30:01.1234567891+02:00", "2026-03-01T07:30:01.123456Z"),
        ("2026-03-01T23:30:00-0130", "2026-03-02T01:00:00.000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
    ])
    func isRead(text: String, time: String) { #expect(LogTime(text)?.description == time) }

    @Test(arguments: [
        "", "2026", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-03-01T", "2026-03-01T24:00Z",
        "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00Zx", "2026-03-01T09:30:00+2", "２026-03-01", "yesterday",
    ])
    func isRefused(text: String) { #expect(LogTime(text) == nil) }

    /// Foundation's calendar agrees, over a thousand years.
    @Test func daysAreTheCalendars() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            let day = Int.random(in: -100_000...300_000, using: &random)
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let own = LogTime.date(ofDay: day)
            #expect(own.year == parts.year && own.month == parts.month && own.day == parts.day)
            #expect(LogTime.day(year: own.year, month: own.month, day: own.day) == day)
        }
    }

    @Test func daysAreAdded() {
        #expect(LogTime("2026-03-01")?.adding(days: -1) == LogTime("2026-02-28"))
        #expect(LogTime.now.adding(days: .max).description.hasPrefix("9999"))
        #expect(LogTime.now.adding(days: .min).description.hasPrefix("0000"))
    }
}
