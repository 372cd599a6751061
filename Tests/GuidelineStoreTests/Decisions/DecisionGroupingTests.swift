import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite("Records of a decision")
struct DecisionGroupingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func decisions(_ archive: DecisionArchive, _ filter: DecisionFilter = DecisionFilter()) throws
        -> [[DecisionRecord]]
    {
        var decisions: [[DecisionRecord]] = []
        try archive.forEachDecision(matching: filter) { decisions.append($0) }
        return decisions
    }

    /// What ``DecisionArchive/forEachDecision(matching:_:)`` gives, by its description alone.
    private func model(_ records: [DecisionRecord], _ filter: DecisionFilter) -> [[DecisionRecord]] {
        Dictionary(grouping: records, by: \.decision.id).values
            .map { $0.sorted { $0.decision.index < $1.decision.index } }
            .filter { decision in
                decision[0].time >= filter.since ?? decision[0].time
                    && filter.until.map { decision[0].time < $0 } ?? true
                    && decision.contains(where: filter.includes)
            }
            .sorted {
                $0[0].time != $1[0].time
                    ? $0[0].time < $1[0].time
                    : $0[0].decision.id.utf8.lexicographicallyPrecedes($1[0].decision.id.utf8)
            }
    }

    @Test("They are together whatever their times, in whatever order they came", arguments: [1, 2, 3, 4] as [UInt64])
    func together(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var records: [DecisionRecord] = []
        for number in 0..<60 {
            let start = Int64.random(in: 0..<200, using: &random)
            // Their numbers need not begin at 0, nor be without holes: some may be lost, or come later.
            for index in 0..<5 where Bool.random(using: &random) {
                var record = DecisionRecord.random(
                    &random, decision: "\(["d", "ä", ""][number % 3])\(number)", index: index, count: 5)
                record.time = LogTime(microseconds: start + Int64.random(in: -30..<30, using: &random))
                records.append(record)
            }
        }
        let archive = try DecisionArchive.open(in: folder.url)
        try archive.insert(records.shuffled(using: &random).map(DecisionEntry.record))
        #expect(try decisions(archive) == model(records, DecisionFilter()))
        for _ in 0..<40 {
            var filter = DecisionFilter()
            if Bool.random(using: &random) {
                filter.since = LogTime(microseconds: Int64.random(in: -30..<230, using: &random))
            }
            if Bool.random(using: &random) {
                filter.until = LogTime(microseconds: Int64.random(in: -30..<230, using: &random))
            }
            if Bool.random(using: &random) { filter.rail = .output }
            filter.includesShadow = Bool.random(using: &random)
            #expect(try decisions(archive, filter) == model(records, filter))
        }
    }

    @Test("A decision is in exactly one of two spans that meet")
    func spans() throws {
        var records = (0..<3).map { DecisionRecord.of("text", id: "d", at: "2026-03-01T00:00:00.00000\($0)Z") }
        for index in records.indices { (records[index].decision.index, records[index].decision.count) = (index, 3) }
        let archive = try DecisionArchive.open(in: folder.url)
        try archive.insert(records.map(DecisionEntry.record))
        for record in records {
            var (before, after) = (DecisionFilter(), DecisionFilter())
            before.until = record.time
            after.since = record.time
            #expect(try decisions(archive, before) + decisions(archive, after) == [records])
        }
    }

    @Test("They are found by the indices, and nothing is sorted but decisions of the same time")
    func plan() throws {
        let archive = try DecisionArchive.open(in: folder.url)
        let steps = try archive.read { database in
            var steps: [String] = []
            try database.forEachRow("EXPLAIN QUERY PLAN \(DecisionArchive.decisionsByTime)", [0, 1]) {
                steps.append(try $0.value(3))
            }
            return steps
        }
        #expect(!steps.contains { $0.hasPrefix("SCAN") }, "\(steps)")
        #expect(steps.filter { $0.contains("TEMP B-TREE") }.allSatisfy { $0.contains("RIGHT PART") }, "\(steps)")
    }
}
