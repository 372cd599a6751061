import Fingerpost
import GuidelineStore
import Guardrails
import Platform
import Testing

@Suite struct TrendTests {
    /// So many decisions of a day, of which some were denied.
    private func decisions(
        _ day: String, _ total: Int, denied: Int, library: Int? = 1, model: String? = nil,
        rail: DecisionRecord.Rail = .input
    ) throws -> DecisionTally {
        DecisionTally(
            subject: .decision,
            circumstances: .init(day: try #require(LogTime(day)), rail: rail, libraryVersion: library, model: model),
            counts: .init([.allow: total - denied, .deny: denied]))
    }

    private func rule(_ id: String, _ threshold: Double, _ day: String, denied: Int, shadow: Int = 0) throws
        -> DecisionTally
    {
        DecisionTally(
            subject: .rule(id: id, version: 1, threshold: threshold),
            circumstances: .init(day: try #require(LogTime(day)), rail: .input, libraryVersion: 1),
            counts: .init([.deny: denied], shadow: shadow))
    }

    @Test func ratesHaveTheirDenominators() throws {
        let trend = Trend(of: [
            try decisions("2026-03-31", 100, denied: 10), try decisions("2026-01-02", 50, denied: 20),
            try decisions("2026-01-30", 50, denied: 0), try decisions("2026-03-01", 100, denied: 0, rail: .output),
        ])
        #expect(
            trend.periods.map { TrendOptions.Period.month.name(of: $0.beginning) } == ["2026-01", "2026-02", "2026-03"])
        #expect(
            trend.periods.map(\.interventions) == [(20, 100), (0, 0), (10, 200)].map(ObservedRate.init(count:total:)))
        #expect(trend.total == ObservedRate(count: 30, total: 300))
        var options = TrendOptions()
        (options.rail, options.period) = (.input, .day)
        options.since = LogTime("2026-01-03")
        options.until = LogTime("2026-03-31")
        #expect(Trend(of: [try decisions("2026-01-02", 50, denied: 20)], options: options).periods.isEmpty)
        #expect(Trend(of: [try decisions("2026-03-30", 50, denied: 20)], options: options).periods.count == 1)
        #expect(Trend(of: []).latestComparison == nil)
    }

    @Test(arguments: [
        (TrendOptions.Period.week, "2026-03-01", "2026-02-23"), (.week, "2026-03-02", "2026-03-02"),
        (.week, "1969-12-31", "1969-12-29"), (.month, "2024-02-29", "2024-02-01"), (.day, "2026-03-01", "2026-03-01"),
    ])
    func periodsBegin(period: TrendOptions.Period, day: String, beginning: String) throws {
        var options = TrendOptions()
        options.period = period
        let trend = Trend(of: [try decisions(day, 1, denied: 0)], options: options)
        #expect(trend.periods.map(\.beginning) == [try #require(LogTime(beginning))])
    }

    @Test func seriesAreOfRulesByAllThatWasChecked() throws {
        var options = TrendOptions()
        options.dimension = .rule
        options.seriesLimit = 2
        let trend = Trend(
            of: [
                try decisions("2026-01-01", 100, denied: 9), try decisions("2026-02-01", 300, denied: 9),
                try rule("b", 0.5, "2026-01-01", denied: 6), try rule("a", 0.5, "2026-01-01", denied: 3),
                try rule("a", 0.5, "2026-02-01", denied: 9), try rule("c", 0.5, "2026-02-01", denied: 0, shadow: 40),
            ], options: options)
        #expect(trend.series.map(\.name) == ["a", "b"] && trend.omittedSeriesCount == 1)
        #expect(trend.series[0].rates == [(3, 100), (9, 300)].map(ObservedRate.init(count:total:)))
        #expect(trend.series[0].total == ObservedRate(count: 12, total: 400))
        #expect(trend.series[1].rates == [(6, 100), (0, 300)].map(ObservedRate.init(count:total:)))
    }

    @Test func modelsHaveTheirOwnDenominators() throws {
        var options = TrendOptions()
        options.dimension = .model
        let trend = Trend(
            of: [
                try decisions("2026-01-01", 100, denied: 9, model: "small"),
                try decisions("2026-01-01", 10, denied: 1, model: "large"),
            ], options: options)
        #expect(trend.series.map(\.total) == [(9, 100), (1, 10)].map(ObservedRate.init(count:total:)))
        #expect(trend.marks.isEmpty)
    }

    @Test func changesLeaveMarks() throws {
        let release = LibraryRelease(libraryVersion: 2, time: "2026-02-01T00:00:00Z", name: "spring")
        let trend = Trend(
            of: [
                try decisions("2026-01-01", 100, denied: 9, model: "small"),
                try rule("a", 0.5, "2026-01-01", denied: 6),
                try rule("b", 0.5, "2026-01-01", denied: 3), try rule("c", 0.5, "2026-01-01", denied: 3),
                try decisions("2026-02-01", 100, denied: 2, library: 2, model: "small"),
                try rule("a", 0.7, "2026-02-01", denied: 1), try rule("b", 0.4, "2026-02-01", denied: 1),
                try rule("c", 0.5, "2026-02-01", denied: 1),
                try decisions("2026-03-01", 100, denied: 2, library: 2, model: "large"),
            ], releases: [release])
        #expect(trend.marks.map(\.kind) == [.library, .threshold, .model])
        #expect(trend.marks[0].release == release)
        #expect(trend.marks[1].raised == 1 && trend.marks[1].lowered == 1)
        #expect(trend.marks[1].examples.map(\.after) == ["0.7", "0.4"])
        #expect(trend.marks[2].examples[0].before == "small" && trend.marks[2].examples[0].after == "large")
    }

    /// The point of it all: what may be read out of a falling rate.
    @Test func aLoosenedThresholdIsNotABetterModel() throws {
        func reading(_ second: [DecisionTally]) throws -> TrendComparison.Reading? {
            let first = [
                try decisions("2026-01-01", 1_000, denied: 90, model: "small"),
                try rule("a", 0.5, "2026-01-01", denied: 90),
            ]
            return Trend(of: first + second).latestComparison?.reading
        }
        let same = try rule("a", 0.5, "2026-02-01", denied: 20)
        let looser = try rule("a", 0.8, "2026-02-01", denied: 20)
        #expect(try reading([decisions("2026-02-01", 1_000, denied: 20, model: "large"), same]) == .model)
        #expect(try reading([decisions("2026-02-01", 1_000, denied: 20, model: "small"), same]) == .texts)
        #expect(try reading([decisions("2026-02-01", 1_000, denied: 20, model: "large"), looser]) == .checks)
        #expect(try reading([decisions("2026-02-01", 1_000, denied: 20, library: 2, model: "large"), same]) == .checks)
        #expect(try reading([decisions("2026-02-01", 1_000, denied: 84, model: "large"), same]) == .chance)
        // A rule that nothing matched any more says nothing of thresholds.
        #expect(try reading([decisions("2026-02-01", 1_000, denied: 20, model: "small")]) == .texts)
    }

    /// Newcombe's own example: 56 of 70 and 48 of 80 differ by 0.2 (0.0524 to 0.3339).
    @Test func theIntervalOfADifferenceIsNewcombes() throws {
        let difference = try #require(
            RateDifference(from: ObservedRate(count: 48, total: 80), to: ObservedRate(count: 56, total: 70)))
        #expect(abs(difference.value - 0.2) < 1e-12)
        #expect(abs(difference.interval.lowerBound - 0.0524) < 5e-5)
        #expect(abs(difference.interval.upperBound - 0.3339) < 5e-5)
        #expect(difference.isCertain)
        #expect(RateDifference(from: ObservedRate(count: 0, total: 0), to: ObservedRate(count: 1, total: 2)) == nil)
    }

    /// Tallies add up to what was added, however they are put together.
    @Test func talliesAddUp() throws {
        var random = SplitMix64(seed: 5)
        var whole = DecisionTallies()
        var parts = [DecisionTallies](repeating: DecisionTallies(), count: 3)
        var (denied, shadow) = (0, 0)
        for number in 0..<600 {
            let verdict = Verdict.allCases.randomElement(using: &random) ?? .allow
            var record = DecisionRecord(
                time: LogTime(microseconds: Int64.random(in: 0..<400_000_000_000, using: &random)),
                decision: .init(id: "\(number / 2)", index: number % 2, count: 2, verdict: verdict), rail: .input,
                target: "llm_input", check: .init(id: "semantic", kind: "semantic"), verdict: verdict, inputHash: "")
            record.isShadow = Int.random(in: 0..<5, using: &random) == 0
            record.matched = [.init(id: "r\(number % 7)", version: 1, score: 0.5, rank: 1)]
            record.risk = ["mlc:ncr", "mlc:ncr"]
            whole.add(record)
            parts[number % 3].add(record)
            if record.isShadow { shadow += 1 } else if verdict == .deny { denied += 1 }
        }
        var together = DecisionTallies()
        for part in parts { for tally in part.values { together.add(tally) } }
        #expect(together.values == whole.values)
        let decisions = whole.values.filter { $0.subject == .decision }
        #expect(decisions.reduce(0) { $0 + $1.counts.total } == 300)
        for subject in ["rules", "risk"] {
            let counts = whole.values.filter { tally in
                switch tally.subject {
                case .rule: subject == "rules"
                case .risk: subject == "risk"
                case .decision, .check: false
                }
            }.reduce(into: DecisionTally.Counts()) { $0 += $1.counts }
            #expect(counts[.deny] == denied && counts.shadow == shadow)
        }
    }
}
