import GRDB

extension LibraryDatabase {
    /// The passages with the ids, each with its guideline, in the order given; nil where there is none (any more), as
    /// when an index is older than the library. O(n log count); a guideline that several passages share is read once.
    public func matches(passageIDs: [Int64]) throws -> [PassageMatch?] {
        guard let largest = Self.statementSizes.last, passageIDs.count > largest else {
            return try readStatement { try matches(passageIDs[...], $0) }
        }
        return try read { database in
            var matches: [PassageMatch?] = []
            matches.reserveCapacity(passageIDs.count)
            for start in stride(from: 0, to: passageIDs.count, by: largest) {
                matches += try self.matches(passageIDs[start..<min(start + largest, passageIDs.count)], database)
            }
            return matches
        }
    }

    /// Numbers of ids that a statement is compiled for.
    private static let statementSizes = [1, 8, 32, 256]

    private static let statements = statementSizes.map { size in
        """
        SELECT passage.id, guideline, field, ordinal, passage.text, record
        FROM passage JOIN guideline ON row = guideline
        WHERE passage.id IN (\(Array(repeating: "?", count: size).joined(separator: ", ")))
        """
    }

    /// One statement for all ids, of which there are at most as many as the largest statement takes.
    private func matches(_ ids: ArraySlice<Int64>, _ database: Database) throws -> [PassageMatch?] {
        guard let last = ids.last, let index = Self.statementSizes.firstIndex(where: { $0 >= ids.count }) else {
            return []
        }
        let padding = repeatElement(last, count: Self.statementSizes[index] - ids.count)
        var guidelines: [Int64: Guideline] = [:]
        var found: [Int64: PassageMatch] = [:]
        try database.forEachRow(Self.statements[index], StatementArguments(Array(ids) + padding)) { passage in
            let id: Int64 = try passage.value(0)
            let row: Int64 = try passage.value(1)
            let guideline = try guidelines[row] ?? record(in: passage, at: 5)
            guidelines[row] = guideline
            found[id] = try PassageMatch(
                passageID: id, guidelineRow: row, field: field(passage.value(2), of: id), ordinal: passage.value(3),
                text: passage.value(4), guideline: guideline)
        }
        return ids.map { found[$0] }
    }

    func field(_ name: String, of passage: Int64) throws -> PassageField {
        // Titles were passages of their own once, and are in libraries that nobody has opened for writing since.
        guard let field = name == "title" ? .text : PassageField(rawValue: name) else {
            throw GuidelineStoreError.corrupt(
                path: folder.path, sqliteCode: 0, reason: "passage \(passage) has an unknown field")
        }
        return field
    }

    /// Calls `body` with every passage, those of a guideline together and guidelines in ascending order of their rows, from
    /// one consistent state. `body` must not call this library.
    package func forEachPassage(_ body: (_ guideline: Int64, _ text: String) throws -> Void) throws {
        try read { database in
            try database.forEachRow("SELECT guideline, text FROM passage ORDER BY guideline, field, ordinal") { row in
                try body(row.value(0), row.value(1))
            }
        }
    }

    /// Calls `body` with the id, the guideline's row, the place among its examples and the text of every example, those of a
    /// guideline together and in their order, from one consistent state. `body` must not call this library.
    package func forEachExample(
        _ body: (_ id: Int64, _ guideline: Int64, _ ordinal: Int, _ text: String) throws -> Void
    ) throws {
        try read { database in
            let sql = """
                SELECT id, guideline, ordinal, text FROM passage WHERE field = 'example' ORDER BY guideline, ordinal
                """
            try database.forEachRow(sql) { try body($0.value(0), $0.value(1), $0.value(2), $0.value(3)) }
        }
    }

    /// As ``forEachPassage(_:)``, of the guidelines with these rows alone, in the order given.
    package func forEachPassage(
        ofGuidelines rows: [Int64], _ body: (_ guideline: Int64, _ text: String) throws -> Void
    ) throws {
        try read { database in
            let sql = "SELECT text FROM passage WHERE guideline = ? ORDER BY field, ordinal"
            for guideline in rows {
                try database.forEachRow(sql, [guideline]) { try body(guideline, $0.value(0)) }
            }
        }
    }

    /// Passages without a vector, in the order of their ids, from the one after `after` on.
    public func pendingPassages(after: Int64 = 0, limit: Int) throws -> [PendingPassage] {
        try read { database in
            var passages: [PendingPassage] = []
            let sql = "SELECT id, text FROM passage WHERE is_encoded = 0 AND id > ? ORDER BY id LIMIT ?"
            try database.forEachRow(sql, [after, max(0, limit)]) { row in
                try passages.append(PendingPassage(id: row.value(0), text: row.value(1)))
            }
            return passages
        }
    }

    /// Number of passages without a vector.
    public var pendingPassageCount: Int {
        get throws {
            try readStatement { try $0.number("SELECT count(*) FROM passage WHERE is_encoded = 0") }
        }
    }

    /// Which guideline each passage belongs to. O(passages), without touching texts or vectors.
    public func passageMap() throws -> PassageMap {
        try read { database in
            var map = PassageMap(
                generation: try Self.generation(database), libraryVersion: try Self.libraryVersion(database),
                passageIDs: [], guidelineRows: [], areExamples: [])
            let count = try database.number("SELECT count(*) FROM passage")
            map.passageIDs.reserveCapacity(count)
            map.guidelineRows.reserveCapacity(count)
            map.areExamples.reserveCapacity(count)
            var passages: [(id: Int64, guideline: Int64, isExample: Bool)] = []
            passages.reserveCapacity(count)
            // The index covers these columns, so that no text is read; its order is by guideline.
            let sql = "SELECT id, guideline, field = 'example' FROM passage INDEXED BY passage_guideline"
            try database.forEachRow(sql) { row in
                try passages.append((row.value(0), row.value(1), row.value(2)))
            }
            passages.sort { $0.id < $1.id }
            for passage in passages {
                map.passageIDs.append(passage.id)
                map.guidelineRows.append(passage.guideline)
                map.areExamples.append(passage.isExample)
            }
            return map
        }
    }
}
