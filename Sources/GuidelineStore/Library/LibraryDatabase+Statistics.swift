import Foundation
import GRDB

/// What is in a library, counted in one consistent state.
public struct LibraryStatistics: Sendable, Hashable {
    public var libraryID: String
    /// When the library was made, in ISO 8601.
    public var created: String
    public var generation: Int
    /// See ``LibraryDatabase/libraryVersion``.
    public var libraryVersion: Int
    public var encoder: EncoderRecord?
    public var guidelineCount: Int
    public var byKind: [Guideline.Kind: Int]
    public var byStatus: [Guideline.Status: Int]
    public var bySeverity: [Guideline.Severity: Int]
    public var byLanguage: [String: Int]
    public var byTag: [String: Int]
    public var byRisk: [String: Int]
    public var passagesByField: [PassageField: Int]
    public var passageCount: Int
    /// Passages without a vector.
    public var pendingPassageCount: Int
    /// Size of the database file.
    public var databaseBytes: Int
    /// Size of the write-ahead log beside it.
    public var logBytes: Int
    public var schemaVersion: Int
    public var sqliteVersion: String
}

extension LibraryDatabase {
    /// Counts what is in the library. O(guidelines + passages), without reading texts or vectors.
    public func statistics() throws -> LibraryStatistics {
        try read { database in
            func counts(_ column: String, _ table: String) throws -> [String: Int] {
                var counts: [String: Int] = [:]
                try database.forEachRow("SELECT \(column), count(*) FROM \(table) GROUP BY 1") { row in
                    counts[try row.value(0)] = try row.value(1)
                }
                return counts
            }
            func words<Word: RawRepresentable<String> & Hashable>(_ counts: [String: Int]) -> [Word: Int] {
                Dictionary(
                    counts.compactMap { text, count in Word(rawValue: text).map { ($0, count) } }, uniquingKeysWith: +)
            }
            func meta(_ key: String) throws -> String {
                try database.text("SELECT value FROM meta WHERE key = ?", [key]) ?? ""
            }
            let fields = try counts("field", "passage")
            return LibraryStatistics(
                libraryID: try meta("library_id"), created: try meta("created"),
                generation: try Self.generation(database), libraryVersion: try Self.libraryVersion(database),
                encoder: try Self.encoder(database, path: folder.path),
                guidelineCount: try database.number("SELECT count(*) FROM guideline"),
                byKind: words(try counts("kind", "guideline")), byStatus: words(try counts("status", "guideline")),
                bySeverity: words(try counts("severity", "guideline")), byLanguage: try counts("language", "guideline"),
                byTag: try counts("tag", "guideline_tag"), byRisk: try counts("risk", "guideline_risk"),
                passagesByField: words(fields), passageCount: fields.values.reduce(0, +),
                pendingPassageCount: try database.number("SELECT count(*) FROM passage WHERE is_encoded = 0"),
                databaseBytes: LibraryFile.size(path) ?? 0, logBytes: LibraryFile.size(path + "-wal") ?? 0,
                schemaVersion: try database.number("PRAGMA user_version"),
                sqliteVersion: try database.text("SELECT sqlite_version()") ?? "")
        }
    }
}
