import GRDB

/// Access to rows that throws where GRDB's subscripts would trap: what is in a damaged file must not end the process.
extension Row {
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ index: Int) throws -> Value {
        try decode(Value.self, atIndex: index)
    }

    func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ index: Int) throws -> Value? {
        try decode(Value?.self, atIndex: index)
    }
}

extension Database {
    /// Calls `body` with each row. A row is only valid during the call. The statement is compiled once per connection.
    func forEachRow(
        _ sql: String, _ arguments: StatementArguments = [], _ body: (Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { try body(row) }
    }

    /// What `body` makes of the first row, or nil where there is none.
    func firstRow<Result>(
        _ sql: String, _ arguments: StatementArguments = [], _ body: (Row) throws -> Result
    ) throws -> Result? {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        guard let row = try rows.next() else { return nil }
        // The row reads from the statement, which the cursor resets when it goes.
        return try withExtendedLifetime(rows) { try body(row) }
    }

    /// The number in the only row and column, such as a count.
    func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try firstRow(sql, arguments) { try $0.value(0) } ?? 0
    }

    func text(_ sql: String, _ arguments: StatementArguments = []) throws -> String? {
        try firstRow(sql, arguments) { try $0.optional(0) } ?? nil
    }

    func change(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
