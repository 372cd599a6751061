import GRDB

extension LibraryDatabase {
    /// The rows of the guidelines that a filter means, ascending.
    ///
    /// Conditions on id, kind, status, authority, severity, tags and risks use SQLite's indexes and columns; all others
    /// read the text or record of each guideline that is still in question. O(guidelines), each in a microsecond or so.
    ///
    /// - Throws: ``GuidelineStoreError``.
    public func rows(matching filter: GuidelineFilter) throws -> [Int64] {
        try run(filter, "SELECT row FROM guideline WHERE", "ORDER BY row") { rows in
            var result: [Int64] = []
            while let row = try rows.next() { result.append(try row.value(0)) }
            return result
        }
    }

    /// The number of guidelines that a filter means. As ``rows(matching:)``.
    public func count(matching filter: GuidelineFilter) throws -> Int {
        try run(filter, "SELECT count(*) FROM guideline WHERE", "") { rows in
            try rows.next().map { try $0.value(0) } ?? 0
        }
    }

    private func run<Result>(
        _ filter: GuidelineFilter, _ start: String, _ end: String, _ body: (RowCursor) throws -> Result
    ) throws -> Result {
        let query = FilterQuery(filter)
        let function = query.function
        return try read { database in
            if let function { database.add(function: function) }
            defer { if let function { database.remove(function: function) } }
            // Filters are many and different, so their statements are not kept.
            let statement = try database.makeStatement(sql: "\(start) \(query.sql) \(end)")
            return try body(try Row.fetchCursor(statement, arguments: query.arguments))
        }
    }
}
