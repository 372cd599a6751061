import GRDB

extension LibraryDatabase {
    /// The passages with the ids, each with its guideline, in the order given; nil where there is none (any more), as
    /// when an index is older than the library. O(n log count); a guideline that several passages share is read once.
    public func matches(passageIDs: [Int64]) throws -> [PassageMatch?] {
        try read { database in
            var guidelines: [Int64: Guideline] = [:]
            return try passageIDs.map { id in
                let sql = "SELECT guideline, field, ordinal, text FROM passage WHERE id = ?"
                return try database.firstRow(sql, [id]) { passage in
                    let row: Int64 = try passage.value(0)
                    return try PassageMatch(
                        passageID: id, guidelineRow: row, field: field(passage.value(1), of: id),
                        ordinal: passage.value(2), text: passage.value(3),
                        guideline: guideline(row: row, in: database, known: &guidelines))
                }
            }
        }
    }

    private func guideline(
        row: Int64, in database: Database, known: inout [Int64: Guideline]
    ) throws -> Guideline {
        if let guideline = known[row] { return guideline }
        let sql = "SELECT record FROM guideline WHERE row = ?"
        guard let guideline = try database.firstRow(sql, [row], { try record(in: $0, at: 0) }) else {
            throw GuidelineStoreError.corrupt(
                path: folder.path, sqliteCode: 0, reason: "the guideline of a passage is missing")
        }
        known[row] = guideline
        return guideline
    }

    func field(_ name: String, of passage: Int64) throws -> PassageField {
        guard let field = PassageField(rawValue: name) else {
            throw GuidelineStoreError.corrupt(
                path: folder.path, sqliteCode: 0, reason: "passage \(passage) has an unknown field")
        }
        return field
    }

    /// Passages without a vector, in the order of their ids, from the one after `after` on.
    public func pendingPassages(after: Int64 = 0, limit: Int) throws -> [PendingPassage] {
        try read { database in
            var passages: [PendingPassage] = []
            let sql = "SELECT id, text FROM passage WHERE vector IS NULL AND id > ? ORDER BY id LIMIT ?"
            try database.forEachRow(sql, [after, max(0, limit)]) { row in
                try passages.append(PendingPassage(id: row.value(0), text: row.value(1)))
            }
            return passages
        }
    }

    /// Number of passages without a vector.
    public var pendingPassageCount: Int {
        get throws {
            try read { try $0.number("SELECT count(*) FROM passage WHERE vector IS NULL") }
        }
    }

    /// Which guideline each passage belongs to. O(passages), without touching texts or vectors.
    public func passageMap() throws -> PassageMap {
        try read { database in
            var map = PassageMap(generation: try Self.generation(database), passageIDs: [], guidelineRows: [])
            let count = try database.number("SELECT count(*) FROM passage")
            map.passageIDs.reserveCapacity(count)
            map.guidelineRows.reserveCapacity(count)
            var pairs: [(passage: Int64, guideline: Int64)] = []
            pairs.reserveCapacity(count)
            // The index covers both columns, so that no vector is read; its order is by guideline.
            try database.forEachRow("SELECT id, guideline FROM passage INDEXED BY passage_guideline") { row in
                try pairs.append((row.value(0), row.value(1)))
            }
            pairs.sort { $0.passage < $1.passage }
            for pair in pairs {
                map.passageIDs.append(pair.passage)
                map.guidelineRows.append(pair.guideline)
            }
            return map
        }
    }
}
