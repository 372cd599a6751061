import Foundation
import GRDB

/// What a version of the library had besides its guidelines.
extension LibraryTransaction {
    /// Keeps the calibration and the adapter as those of a library version.
    func keepState(of libraryVersion: Int) throws {
        try database.change(
            """
            INSERT INTO release (library_version) VALUES (?) ON CONFLICT (library_version) DO NOTHING
            """, [libraryVersion])
        try database.change(
            """
            UPDATE release SET
                calibration_record = (SELECT record FROM calibration),
                calibration_numbers = (SELECT numbers FROM calibration),
                calibration_crc32c = (SELECT crc32c FROM calibration),
                adapter_record = (SELECT record FROM adapter),
                adapter_numbers = (SELECT numbers FROM adapter),
                adapter_prominences = (SELECT prominences FROM adapter),
                adapter_crc32c = (SELECT crc32c FROM adapter)
            WHERE library_version = ?
            """, [libraryVersion])
    }

    /// Makes the calibration and the adapter those of a library version, where they are known; false where nothing was
    /// there to change.
    ///
    /// The bytes go back as they were, checksums among them, so that damage is found when they are read.
    func restoreState(of libraryVersion: Int) throws -> Bool {
        guard
            try database.firstRow("SELECT 1 FROM release WHERE library_version = ?", [libraryVersion], { _ in true })
                ?? false
        else { return false }
        let present = "SELECT EXISTS (SELECT 1 FROM calibration) OR EXISTS (SELECT 1 FROM adapter)"
        let hadAny = try database.number(present) == 1
        try database.change("DELETE FROM calibration")
        try database.change("DELETE FROM adapter")
        try database.change(
            """
            INSERT INTO calibration (id, record, numbers, crc32c)
            SELECT 1, calibration_record, calibration_numbers, calibration_crc32c FROM release
            WHERE library_version = ? AND calibration_record IS NOT NULL
            """, [libraryVersion])
        try database.change(
            """
            INSERT INTO adapter (id, record, numbers, prominences, crc32c)
            SELECT 1, adapter_record, adapter_numbers, adapter_prominences, adapter_crc32c FROM release
            WHERE library_version = ? AND adapter_record IS NOT NULL
            """, [libraryVersion])
        guard try hadAny || database.number(present) == 1 else { return false }
        hasChanges = true
        return true
    }

    /// Forgets the calibrations and adapters of all versions, which were about vectors that are gone.
    func forgetStates() throws {
        try database.change(
            """
            UPDATE release SET calibration_record = NULL, calibration_numbers = NULL, calibration_crc32c = NULL,
                adapter_record = NULL, adapter_numbers = NULL, adapter_prominences = NULL, adapter_crc32c = NULL
            """)
        try database.change("DELETE FROM release WHERE released_at IS NULL")
    }

    /// Says that the library's version is a release.
    package func recordRelease(libraryVersion: Int, name: String?, note: String?, figures: JSONValue?) throws {
        try keepState(of: libraryVersion)
        try database.change(
            "UPDATE release SET released_at = \(LibrarySchema.now), name = ?, note = ?, figures = ? WHERE library_version = ?",
            [name, note, figures?.jsonText, libraryVersion])
        // Readers may show releases, so they have to look again.
        hasChanges = true
    }
}

extension LibraryDatabase {
    /// The versions that were promoted, the oldest first. O(their number).
    public var releases: [LibraryRelease] {
        get throws {
            try read { database in
                guard try LibrarySchema.hasReleases(database) else { return [] }
                var releases: [LibraryRelease] = []
                let sql = """
                    SELECT library_version, released_at, name, note, figures FROM release
                    WHERE released_at IS NOT NULL ORDER BY library_version
                    """
                try database.forEachRow(sql) { row in
                    let text: String? = try row.optional(4)
                    let figures = try text.map { text in
                        do {
                            return try JSONValue(parsing: text)
                        } catch {
                            throw GuidelineStoreError.corrupt(
                                path: folder.path, sqliteCode: 0, reason: "the figures of a release cannot be read")
                        }
                    }
                    releases.append(
                        try LibraryRelease(
                            libraryVersion: row.value(0), time: row.value(1), name: row.optional(2),
                            note: row.optional(3), figures: figures))
                }
                return releases
            }
        }
    }
}
