import Foundation
import GRDB

/// What an index over the passages needs besides a scan of all vectors.
extension LibraryDatabase {
    /// The vectors of the passages with the ids, one after the other in their order, without those that have none (any
    /// more). O(n log count).
    package func vectors(passageIDs: [Int64]) throws -> (ids: [Int64], values: [Float]) {
        try read { database in
            guard let encoder = try Self.encoder(database, path: folder.path) else {
                throw GuidelineStoreError.noEncoder(path: folder.path)
            }
            var ids: [Int64] = []
            var values: [Float] = []
            ids.reserveCapacity(passageIDs.count)
            values.reserveCapacity(passageIDs.count * encoder.dimension)
            let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: encoder.dimension)
            defer { scratch.deallocate() }
            for id in passageIDs {
                let sql = "SELECT data, crc32c FROM vector WHERE passage = ?"
                let isFound: Void? = try database.firstRow(sql, [id]) { row in
                    if let problem = try VectorCoding.decode(row, at: 0, into: scratch) {
                        throw GuidelineStoreError.corrupt(
                            path: folder.path, sqliteCode: 0, reason: "the vector of passage \(id) \(problem)")
                    }
                }
                guard isFound != nil else { continue }
                ids.append(id)
                values.append(contentsOf: scratch)
            }
            return (ids, values)
        }
    }

    /// Rows of guidelines that are not active, and so must not be retrieved.
    package func inactiveGuidelineRows() throws -> Set<Int64> {
        try read { database in
            var rows: Set<Int64> = []
            try database.forEachRow("SELECT row FROM guideline WHERE status <> 'active'") { row in
                rows.insert(try row.value(0))
            }
            return rows
        }
    }

    /// This library's own name for itself, given when it was made.
    package var libraryID: String {
        get throws {
            try read { database in try database.text("SELECT value FROM meta WHERE key = 'library_id'") ?? "" }
        }
    }

    /// Where the encoder was found when the library was built: a hint, which the encoder's identity must confirm.
    package var encoderFolder: String? {
        get throws { try read { try $0.text("SELECT value FROM meta WHERE key = 'encoder_folder'") } }
    }

    /// Remembers, or with nil forgets, where the encoder was found.
    package func setEncoderFolder(_ path: String?) throws {
        try write { transaction in
            guard let path else {
                return try transaction.database.change("DELETE FROM meta WHERE key = 'encoder_folder'")
            }
            try transaction.database.change(
                """
                INSERT INTO meta (key, value) VALUES ('encoder_folder', ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """, [path])
        }
    }
}
