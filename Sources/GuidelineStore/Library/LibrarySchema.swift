import Foundation
import GRDB

/// The tables, and how a library of an older version becomes one of this version.
///
/// Migrations are never edited once released; a new version adds one.
enum LibrarySchema {
    /// The version that this code writes, kept as `user_version`.
    static let version = 5

    /// Makes a new library in an empty database and leaves it in write-ahead mode, which the file remembers.
    static func create(in queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA application_id = \(LibraryFile.applicationID)")
        }
        try migrator.migrate(queue)
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO meta (key, value)
                    VALUES ('library_id', ?), ('created', \(now)), ('generation', 0), ('passage_scheme', ?)
                    """,
                arguments: [UUID().uuidString.lowercased(), Guideline.passageScheme])
        }
        _ = try queue.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
    }

    /// The current time as SQL, in UTC.
    static let now = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"

    static func check(_ database: Database, path: String) throws {
        // The header in the log is newer than the one in the file.
        let found = try database.number("PRAGMA user_version")
        guard found <= version, try !migrator.hasBeenSuperseded(database) else {
            throw GuidelineStoreError.newerVersion(path: path, found: max(found, version + 1), supported: version)
        }
        guard try database.tableExists("guideline"), try database.tableExists("meta") else {
            throw GuidelineStoreError.corrupt(path: path, sqliteCode: 11, reason: "tables are missing")
        }
    }

    static func migrate(_ pool: DatabasePool) throws {
        guard try pool.read({ try !migrator.hasCompletedMigrations($0) }) else { return }
        try migrator.migrate(pool)
    }

    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { database in
            try database.execute(sql: version1)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        // Nothing in it touches a foreign key, so that all of them need not be looked at again.
        migrator.registerMigration("v2", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: version2)
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("v3", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: version3)
            try database.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("v4", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: version4)
            try database.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("v5", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: version5)
            try database.execute(sql: "PRAGMA user_version = 5")
        }
        return migrator
    }()

    /// - `guideline.record` is the whole record as JSON; the columns beside it are copies for filters and full text.
    /// - `passage` is one text to encode; its id is the key of its vector in the index. Ids are never used again and a
    ///   passage's text never changes, so a vector that is found under an id belongs to that text.
    /// - `vector.data` is little-endian float32, in a table of its own so that what a search reads of passages stays
    ///   small; its checksum is there because SQLite has none, and a vector with a flipped bit looks as good as any other.
    /// - `passage.is_encoded` says whether there is a vector, so that a small index tells what is left to encode.
    /// - `guideline_text` is an FTS5 index over columns of `guideline`, kept in step by triggers.
    private static let version1 = """
        CREATE TABLE meta (
            key TEXT NOT NULL PRIMARY KEY,
            value ANY NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE guideline (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            content_hash TEXT NOT NULL,
            title TEXT,
            text TEXT NOT NULL,
            examples TEXT NOT NULL,
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            authority TEXT NOT NULL,
            severity TEXT NOT NULL,
            priority INTEGER NOT NULL,
            language TEXT NOT NULL,
            version INTEGER NOT NULL,
            record TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX guideline_content_hash ON guideline (content_hash);
        CREATE INDEX guideline_state ON guideline (status, kind, severity);

        CREATE TABLE guideline_tag (
            tag TEXT NOT NULL,
            guideline INTEGER NOT NULL REFERENCES guideline (row) ON DELETE CASCADE,
            PRIMARY KEY (tag, guideline)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX guideline_tag_guideline ON guideline_tag (guideline);

        CREATE TABLE guideline_risk (
            risk TEXT NOT NULL,
            guideline INTEGER NOT NULL REFERENCES guideline (row) ON DELETE CASCADE,
            PRIMARY KEY (risk, guideline)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX guideline_risk_guideline ON guideline_risk (guideline);

        CREATE TABLE passage (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            guideline INTEGER NOT NULL REFERENCES guideline (row) ON DELETE CASCADE,
            field TEXT NOT NULL CHECK (field IN ('title', 'text', 'example')),
            ordinal INTEGER NOT NULL,
            text TEXT NOT NULL,
            is_encoded INTEGER NOT NULL DEFAULT 0 CHECK (is_encoded IN (0, 1))
        ) STRICT;
        CREATE INDEX passage_guideline ON passage (guideline, field, ordinal);
        CREATE INDEX passage_pending ON passage (id) WHERE is_encoded = 0;

        CREATE TABLE vector (
            passage INTEGER PRIMARY KEY REFERENCES passage (id) ON DELETE CASCADE,
            data BLOB NOT NULL,
            crc32c INTEGER NOT NULL
        ) STRICT;

        CREATE VIRTUAL TABLE guideline_text USING fts5 (
            title, text, examples,
            content = 'guideline', content_rowid = 'row', tokenize = 'porter unicode61 remove_diacritics 2'
        );
        CREATE TRIGGER guideline_text_insert AFTER INSERT ON guideline BEGIN
            INSERT INTO guideline_text (rowid, title, text, examples)
            VALUES (new.row, new.title, new.text, new.examples);
        END;
        CREATE TRIGGER guideline_text_delete AFTER DELETE ON guideline BEGIN
            INSERT INTO guideline_text (guideline_text, rowid, title, text, examples)
            VALUES ('delete', old.row, old.title, old.text, old.examples);
        END;
        CREATE TRIGGER guideline_text_update AFTER UPDATE OF title, text, examples ON guideline BEGIN
            INSERT INTO guideline_text (guideline_text, rowid, title, text, examples)
            VALUES ('delete', old.row, old.title, old.text, old.examples);
            INSERT INTO guideline_text (rowid, title, text, examples)
            VALUES (new.row, new.title, new.text, new.examples);
        END;
        """

    /// Whether the library has a history. One of version 1 that is open for reading alone has none.
    static func hasHistory(_ database: Database) throws -> Bool { try database.number("PRAGMA user_version") >= 2 }

    /// - `meta.library_version` counts the committed writes that changed guidelines.
    /// - `guideline.library_version` is the one that made the guideline what it is, and `change` how. What was there
    ///   before this version of the schema is called added by the library's first version.
    /// - `guideline_history` holds what guidelines were before: a row is written when a guideline is changed or removed,
    ///   so that an import writes none. Without a record, it says that the guideline was removed. What a guideline was at
    ///   a library version is the row, here or in `guideline`, with the largest `library_version` that is not above it.
    private static let version2 = """
        ALTER TABLE guideline ADD COLUMN library_version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE guideline ADD COLUMN change TEXT NOT NULL DEFAULT 'added';
        CREATE INDEX guideline_library_version ON guideline (library_version);

        CREATE TABLE guideline_history (
            id TEXT NOT NULL,
            library_version INTEGER NOT NULL,
            version INTEGER NOT NULL,
            change TEXT NOT NULL CHECK (change IN ('added', 'updated', 'removed', 'restored')),
            changed_at TEXT NOT NULL,
            record TEXT,
            PRIMARY KEY (id, library_version)
        ) STRICT;
        CREATE INDEX guideline_history_library_version ON guideline_history (library_version);

        INSERT INTO meta (key, value) SELECT 'library_version', EXISTS (SELECT 1 FROM guideline);
        """

    /// Whether the library can have a calibration. One of an older version that is open for reading alone has none.
    static func hasCalibration(_ database: Database) throws -> Bool { try database.number("PRAGMA user_version") >= 3 }

    /// - `calibration` has one row at most: a JSON record, and little-endian float32 numbers that belong to it.
    /// - `guideline_authority` finds the guidelines that apply to every input, which many searches ask for.
    private static let version3 = """
        CREATE TABLE calibration (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            record TEXT NOT NULL,
            numbers BLOB NOT NULL,
            crc32c INTEGER NOT NULL
        ) STRICT;

        CREATE INDEX guideline_authority ON guideline (authority, priority DESC, row) WHERE status = 'active';
        """

    /// Whether the library can have an adapter. One of an older version that is open for reading alone has none.
    static func hasAdapter(_ database: Database) throws -> Bool { try database.number("PRAGMA user_version") >= 4 }

    /// - `adapter` has one row at most: a JSON record, little-endian float32 numbers that belong to it, and how prominent each
    ///   passage is that was there when it was made, as pairs of a little-endian int64 id and a float32, ascending.
    private static let version4 = """
        CREATE TABLE adapter (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            record TEXT NOT NULL,
            numbers BLOB NOT NULL,
            prominences BLOB NOT NULL,
            crc32c INTEGER NOT NULL
        ) STRICT;
        """

    /// Whether the library can have releases. One of an older version that is open for reading alone has none.
    static func hasReleases(_ database: Database) throws -> Bool { try database.number("PRAGMA user_version") >= 5 }

    /// - `release` has a row for each library version that was promoted, and one for each that a promotion or a rollback
    ///   left: guidelines have their history, and this is that of the calibration and the adapter that went with them.
    /// - `figures` is what was measured before the promotion, as JSON.
    private static let version5 = """
        CREATE TABLE release (
            library_version INTEGER PRIMARY KEY,
            released_at TEXT,
            name TEXT,
            note TEXT,
            figures TEXT,
            calibration_record TEXT,
            calibration_numbers BLOB,
            calibration_crc32c INTEGER,
            adapter_record TEXT,
            adapter_numbers BLOB,
            adapter_prominences BLOB,
            adapter_crc32c INTEGER
        ) STRICT;
        """
}
