import Foundation
import GRDB

extension LibraryTransaction {
    /// The guideline with the id as it is at this point of the transaction, or nil.
    public func guideline(id: String) throws -> Guideline? {
        try database.firstRow("SELECT record FROM guideline WHERE id = ?", [id]) { try record(in: $0) }
    }

    /// Calls `body` with each guideline that has relations, in the order in which they were added. `body` must not change
    /// the library. O(count).
    public func forEachGuidelineWithRelations(_ body: (Guideline) throws -> Void) throws {
        // Records are compact JSON, which leaves empty lists out; the words may stand elsewhere in one too.
        let sql = "SELECT record FROM guideline WHERE instr(record, '\"relations\":[') > 0 ORDER BY row"
        try database.forEachRow(sql) { row in
            let guideline = try record(in: row)
            if !guideline.relations.isEmpty { try body(guideline) }
        }
    }

    private func record(in row: Row) throws -> Guideline {
        try row.withUnsafeData(atIndex: 0) { data in
            guard let data else { throw corruptRecord("it is missing") }
            return try data.withUnsafeBytes { bytes in
                do {
                    return try Guideline(record: bytes)
                } catch {
                    throw corruptRecord("\(error)")
                }
            }
        }
    }

    private func corruptRecord(_ reason: String) -> GuidelineStoreError {
        .corrupt(path: path, sqliteCode: 0, reason: "a guideline's record cannot be read: \(reason)")
    }
}
