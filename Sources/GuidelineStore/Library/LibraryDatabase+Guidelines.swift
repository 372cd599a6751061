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
        get throws { try readStatement { try $0.number("SELECT count(*) FROM guideline") } }
    }

    /// The guideline with the id, or nil.
    public func guideline(id: String) throws -> Guideline? {
        try readStatement { database in
            try database.firstRow("SELECT record FROM guideline WHERE id = ?", [id]) { try record(in: $0, at: 0) }
        }
    }

    /// The guidelines with the ids, in their order; nil where there is none. O(n log count).
    public func guidelines(ids: [String]) throws -> [Guideline?] {
        try read { database in
            try ids.map { id in
                try database.firstRow("SELECT record FROM guideline WHERE id = ?", [id]) { try record(in: $0, at: 0) }
            }
        }
    }

    /// The rows of the guidelines with the ids, in their order; nil where there is none.
    public func rows(ids: [String]) throws -> [Int64?] {
        try read { database in
            try ids.map { id in
                try database.firstRow("SELECT row FROM guideline WHERE id = ?", [id]) { try $0.value(0) }
            }
        }
    }

    /// Calls `body` with each guideline and its row, in the order in which they were added, from one consistent state.
    /// Memory is bounded by one guideline. `body` must not call this library.
    public func forEachGuideline(_ body: (_ row: Int64, _ guideline: Guideline) throws -> Void) throws {
        try read { database in
            try database.forEachRow("SELECT row, record FROM guideline ORDER BY row") { row in
                try body(row.value(0), record(in: row, at: 1))
            }
        }
    }

    /// Calls `body` with each of the guidelines in the rows that is still there, in their order. As
    /// ``forEachGuideline(_:)``.
    package func forEachGuideline(rows: [Int64], _ body: (Guideline) throws -> Void) throws {
        try read { database in
            for row in rows {
                let guideline = try database.firstRow("SELECT record FROM guideline WHERE row = ?", [row]) {
                    try record(in: $0, at: 0)
                }
                if let guideline { try body(guideline) }
            }
        }
    }

    /// Active guidelines of an authority or a higher one: the highest first, then by priority, then in the order in which
    /// they were added.
    package func guidelines(ofAuthorityAtLeast lowest: Guideline.Authority) throws -> [Guideline] {
        try read { database in
            var guidelines: [Guideline] = []
            let sql = """
                SELECT record FROM guideline WHERE status = 'active' AND authority = ? ORDER BY priority DESC, row
                """
            for authority in Guideline.Authority.allCases where authority >= lowest {
                try database.forEachRow(sql, [authority.rawValue]) { try guidelines.append(record(in: $0, at: 0)) }
            }
            return guidelines
        }
    }

    /// Ids of all guidelines, in the order in which they were added.
    public func ids() throws -> [String] {
        try read { database in
            var ids: [String] = []
            try database.forEachRow("SELECT id FROM guideline ORDER BY row") { try ids.append($0.value(0)) }
            return ids
        }
    }

    /// Decodes the JSON in a column.
    func record(in row: Row, at index: Int) throws -> Guideline {
        try Guideline.record(in: row, at: index, path: folder.path)
    }
}

extension Guideline {
    /// Decodes the JSON in a column of a library.
    static func record(in row: Row, at index: Int, path: @autoclosure () -> String) throws -> Guideline {
        func corrupt(_ reason: String) -> GuidelineStoreError {
            .corrupt(path: path(), sqliteCode: 0, reason: "a guideline's record cannot be read: \(reason)")
        }
        return try row.withUnsafeData(atIndex: index) { data in
            guard let data else { throw corrupt("it is missing") }
            return try data.withUnsafeBytes { bytes in
                do {
                    return try Guideline(record: bytes)
                } catch {
                    throw corrupt("\(error)")
                }
            }
        }
    }
}
