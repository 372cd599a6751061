import Foundation
import GRDB

extension LibraryDatabase {
    /// Adds or updates guidelines in one transaction; see ``LibraryTransaction/upsert(_:)`` for what happens to each.
    ///
    /// - Throws: ``GuidelineStoreError``; then nothing has changed.
    @discardableResult
    public func upsert(_ guidelines: some Sequence<Guideline>) throws -> UpsertOutcome {
        try write { transaction in
            var outcome = UpsertOutcome()
            for guideline in guidelines {
                let (result, id) = try transaction.upsert(guideline)
                outcome.record(result, id: id)
            }
            return outcome
        }
    }

    /// Removes guidelines in one transaction.
    ///
    /// - Returns: The ids that were there, in the order given.
    @discardableResult
    public func remove(ids: some Sequence<String>) throws -> [String] {
        try write { transaction in try ids.filter { try transaction.remove(id: $0) } }
    }

    /// Number of guidelines, whatever their status.
    public var count: Int {
        get throws { try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM guideline") ?? 0 } }
    }

    /// The guideline with the id, or nil.
    public func guideline(id: String) throws -> Guideline? {
        try guidelines(ids: [id])[0]
    }

    /// The guidelines with the ids, in their order; nil where there is none. O(n log count).
    public func guidelines(ids: [String]) throws -> [Guideline?] {
        try read { database in
            let statement = try database.cachedStatement(sql: "SELECT record FROM guideline WHERE id = ?")
            return try ids.map { id in
                try Row.fetchCursor(statement, arguments: [id]).next().map { try record(in: $0, at: 0) }
            }
        }
    }

    /// The rows of the guidelines with the ids, in their order; nil where there is none.
    public func rows(ids: [String]) throws -> [Int64?] {
        try read { database in
            let statement = try database.cachedStatement(sql: "SELECT row FROM guideline WHERE id = ?")
            return try ids.map { try Int64.fetchOne(statement, arguments: [$0]) }
        }
    }

    /// Calls `body` with each guideline and its row, in the order in which they were added, from one consistent state.
    /// Memory is bounded by one guideline. `body` must not call this library.
    public func forEachGuideline(_ body: (_ row: Int64, _ guideline: Guideline) throws -> Void) throws {
        try read { database in
            let statement = try database.cachedStatement(sql: "SELECT row, record FROM guideline ORDER BY row")
            let rows = try Row.fetchCursor(statement)
            while let row = try rows.next() { try body(row[0], record(in: row, at: 1)) }
        }
    }

    /// Ids of all guidelines, in the order in which they were added.
    public func ids() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT id FROM guideline ORDER BY row") }
    }

    /// Decodes the JSON in a column.
    func record(in row: Row, at index: Int) throws -> Guideline {
        try row.withUnsafeData(atIndex: index) { data in
            guard let data else { throw corruptRecord("it is missing") }
            return try data.withUnsafeBytes { bytes in
                do {
                    return try Guideline(json: JSONParser.parse(bytes))
                } catch {
                    throw corruptRecord("\(error)")
                }
            }
        }
    }

    private func corruptRecord(_ reason: String) -> GuidelineStoreError {
        .corrupt(path: folder.path, sqliteCode: 0, reason: "a guideline's record cannot be read: \(reason)")
    }
}
