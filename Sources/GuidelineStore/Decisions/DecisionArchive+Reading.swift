import Foundation
import GRDB

extension DecisionArchive {
    /// Number of records.
    public var count: Int { get throws { try read { try $0.number("SELECT count(*) FROM record") } } }

    /// Lines of the log that could not be read, and were kept.
    public var rejectedLineCount: Int {
        get throws { try read { try $0.number("SELECT count(*) FROM rejected") } }
    }

    /// Calls `body` with each record that the filter lets through, by time, those of a decision in their order, from one
    /// consistent state. Memory is bounded by one record. `body` must not call this archive.
    public func forEachRecord(
        matching filter: DecisionFilter = DecisionFilter(), _ body: (DecisionRecord) throws -> Void
    ) throws {
        try read { database in
            let sql = "SELECT line, text FROM record WHERE time >= ? AND time < ? ORDER BY time, id"
            let (since, until) = (filter.since?.microseconds ?? .min, filter.until?.microseconds ?? .max)
            try database.forEachRow(sql, [since, until]) { row in
                let record = try record(in: row)
                if filter.includes(record) { try body(record) }
            }
        }
    }

    /// Calls `body` with all records of each decision, in their order, for decisions of which the filter lets any record
    /// through, from one consistent state.
    ///
    /// A decision's time is that of its first record. By that decisions are ordered, those of the same time by their ids, and
    /// by that alone they are in or out of the filter's time; so each is in exactly one of two spans that meet. Memory is
    /// bounded by one decision. `body` must not call this archive.
    ///
    /// - Complexity: O(n log n) for n records in the time.
    public func forEachDecision(
        matching filter: DecisionFilter = DecisionFilter(), _ body: ([DecisionRecord]) throws -> Void
    ) throws {
        try read { database in
            var decision: [DecisionRecord] = []
            var current: String?
            func finish() throws {
                if decision.contains(where: filter.includes) { try body(decision) }
                decision = []
            }
            let (since, until) = (filter.since?.microseconds ?? .min, filter.until?.microseconds ?? .max)
            try database.forEachRow(Self.decisionsByTime, [since, until]) { row in
                let id: String = try row.value(2)
                if id != current { try finish() }
                current = id
                decision.append(try record(in: row))
            }
            try finish()
        }
    }

    /// Goes by the index of times, looks in that of decisions whether a record is the first of its own, and there finds the
    /// others: nothing is sorted but decisions of the same microsecond.
    static let decisionsByTime = """
        SELECT other.line, other.text, first.decision FROM record AS first
        CROSS JOIN record AS other ON other.decision = first.decision
        WHERE first.time >= ? AND first.time < ? AND NOT EXISTS (
            SELECT 1 FROM record AS earlier WHERE earlier.decision = first.decision AND earlier.place < first.place)
        ORDER BY first.time, first.decision, other.place
        """

    /// The records of a decision, in their order; none where the archive does not have it.
    public func records(ofDecision id: String) throws -> [DecisionRecord] {
        try read { database in
            var records: [DecisionRecord] = []
            let sql = "SELECT line, text FROM record WHERE decision = ? ORDER BY place"
            try database.forEachRow(sql, [Insertion.key(id)]) { records.append(try record(in: $0)) }
            return records
        }
    }

    /// Ids of decisions that begin so, in the order of their bytes. O(log n + limit).
    public func decisionIDs(beginningWith prefix: String, limit: Int) throws -> [String] {
        try read { database in
            var ids: [String] = []
            let sql = """
                SELECT DISTINCT decision FROM record WHERE decision >= ?1 AND decision <= ?1 || char(1114111)
                ORDER BY decision LIMIT ?2
                """

            try database.forEachRow(sql, [Insertion.key(prefix), max(0, limit)]) { ids.append(try $0.value(0)) }
            // One that is named whole is meant, whatever others begin with it.
            return ids.first == prefix ? [prefix] : ids
        }
    }

    /// Calls `body` with each note, by time. It must not call this archive.
    public func forEachNote(_ body: (DecisionNote) throws -> Void) throws {
        try read { database in
            try database.forEachRow("SELECT line FROM note ORDER BY time, id") { row in
                guard case .note(let note) = try entry(in: row) else { throw corrupt("a note is no note") }
                try body(note)
            }
        }
    }

    private func record(in row: Row) throws -> DecisionRecord {
        guard case .record(var record) = try entry(in: row) else { throw corrupt("a record is no record") }
        record.text = (try row.optional(1) as Data?).map { String(decoding: $0, as: UTF8.self) }
        return record
    }

    private func entry(in row: Row) throws -> DecisionEntry {
        try row.withUnsafeData(atIndex: 0) { data in
            guard let data else { throw corrupt("a line is missing") }
            do {
                return try DecisionEntry(line: Array(data)[...], location: InputLocation(file: Self.path(in: folder)))
            } catch {
                throw corrupt("a line cannot be read: \(error)")
            }
        }
    }

    private func corrupt(_ reason: String) -> GuidelineStoreError {
        .corrupt(path: Self.path(in: folder), sqliteCode: 0, reason: reason)
    }
}
