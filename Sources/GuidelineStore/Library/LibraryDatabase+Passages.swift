import GRDB

extension LibraryDatabase {
    /// The passages with the ids, each with its guideline, in the order given; nil where there is none (any more), as
    /// when an index is older than the library. O(n log count); a guideline that several passages share is read once.
    public func matches(passageIDs: [Int64]) throws -> [PassageMatch?] {
        try read { database in
            let passages = try database.cachedStatement(
                sql: "SELECT guideline, field, ordinal, text FROM passage WHERE id = ?")
            let records = try database.cachedStatement(sql: "SELECT record FROM guideline WHERE row = ?")
            var guidelines: [Int64: Guideline] = [:]
            return try passageIDs.map { id in
                guard let row = try Row.fetchCursor(passages, arguments: [id]).next() else { return nil }
                let guidelineRow: Int64 = row[0]
                guard let field = PassageField(rawValue: row[1]) else {
                    throw GuidelineStoreError.corrupt(
                        path: folder.path, sqliteCode: 0, reason: "passage \(id) has an unknown field")
                }
                let (ordinal, text): (Int, String) = (row[2], row[3])
                let guideline: Guideline
                if let known = guidelines[guidelineRow] {
                    guideline = known
                } else {
                    guard let row = try Row.fetchCursor(records, arguments: [guidelineRow]).next() else {
                        throw GuidelineStoreError.corrupt(
                            path: folder.path, sqliteCode: 0, reason: "passage \(id) has no guideline")
                    }
                    guideline = try record(in: row, at: 0)
                    guidelines[guidelineRow] = guideline
                }
                return PassageMatch(
                    passageID: id, guidelineRow: guidelineRow, field: field, ordinal: ordinal, text: text,
                    guideline: guideline)
            }
        }
    }

    /// Passages without a vector, in the order of their ids, from the one after `after` on.
    public func pendingPassages(after: Int64 = 0, limit: Int) throws -> [PendingPassage] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT id, text FROM passage WHERE vector IS NULL AND id > ? ORDER BY id LIMIT ?")
            return try Row.fetchAll(statement, arguments: [after, max(0, limit)]).map {
                PendingPassage(id: $0[0], text: $0[1])
            }
        }
    }

    /// Number of passages without a vector.
    public var pendingPassageCount: Int {
        get throws {
            try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM passage WHERE vector IS NULL") ?? 0 }
        }
    }

    /// Which guideline each passage belongs to. O(passages), without touching texts or vectors.
    public func passageMap() throws -> PassageMap {
        try read { database in
            var map = PassageMap(generation: try Self.generation(database), passageIDs: [], guidelineRows: [])
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM passage") ?? 0
            map.passageIDs.reserveCapacity(count)
            map.guidelineRows.reserveCapacity(count)
            var pairs: [(passage: Int64, guideline: Int64)] = []
            pairs.reserveCapacity(count)
            let rows = try Row.fetchCursor(
                database, sql: "SELECT id, guideline FROM passage INDEXED BY passage_guideline")
            while let row = try rows.next() { pairs.append((row[0], row[1])) }
            pairs.sort { $0.passage < $1.passage }
            for pair in pairs {
                map.passageIDs.append(pair.passage)
                map.guidelineRows.append(pair.guideline)
            }
            return map
        }
    }
}
