import Foundation
import GRDB
import Platform

/// Decisions, and notes on them, in a database that can be asked: `decisions.sqlite` beside the library's.
///
/// It is a file of its own, so that collecting a log neither makes searchers of the library look for changes nor needs leave
/// to write to a library, and so that what users said can be kept, copied and deleted apart from the rules.
public final class DecisionArchive: Sendable {
    public enum Mode: Sendable { case readWrite, readOnly }

    public let folder: URL
    public let mode: Mode
    let pool: DatabasePool

    /// Written into the header; spells "FPDA".
    private static let applicationID = 0x4650_4441
    private static let busySeconds = 30.0

    static func path(in folder: URL) -> String { folder.appendingPathComponent("decisions.sqlite").path }

    /// Whether the folder holds an archive.
    public static func exists(in folder: URL) -> Bool { FileManager.default.fileExists(atPath: path(in: folder)) }

    /// Whether the folder holds decisions, in an archive or in files of a log.
    public static func hasDecisions(in folder: URL) -> Bool {
        exists(in: folder) || !LogSegment.all(in: DecisionLog.folder(in: folder)).isEmpty
    }

    /// Opens the archive of a folder, such as a library's, and makes it where there is none and the mode allows it.
    ///
    /// - Throws: ``GuidelineStoreError``: no archive, a newer version's or another program's file, a damaged one, a folder
    ///   that may not be written.
    public static func open(in folder: URL, mode: Mode = .readWrite) throws -> DecisionArchive {
        let path = path(in: folder)
        guard mode == .readWrite || exists(in: folder) else { throw GuidelineStoreError.fileNotFound(path: path) }
        if mode == .readWrite { try makeFolder(folder) }
        let isWritable =
            LibraryFile.isWritable(folder.path) && (LibraryFile.isWritable(path) || !exists(in: folder))
        guard isWritable || mode == .readOnly else { throw GuidelineStoreError.readOnly(path: folder.path) }
        // Where nobody may write, nobody else does, and SQLite cannot make the files that it reads beside.
        let isImmutable = !isWritable && !LibraryFile.hasSharedMemory(path)
        if isImmutable, LibraryFile.hasLog(path) { throw GuidelineStoreError.needsRecovery(path: folder.path) }
        return try translatingErrors(path) {
            var settings = GRDB.Configuration()
            settings.label = "DecisionArchive"
            settings.readonly = mode == .readOnly
            settings.busyMode = .timeout(busySeconds)
            settings.prepareDatabase { database in
                try database.execute(sql: "PRAGMA cell_size_check = ON")
                // What is forgotten is overwritten, not merely unlinked.
                if mode == .readWrite { try database.execute(sql: "PRAGMA secure_delete = ON") }
            }
            let name = isImmutable ? LibraryFile.immutableName(path) : path
            let archive = DecisionArchive(
                folder: folder, mode: mode, pool: try DatabasePool(path: name, configuration: settings))
            try archive.prepare(path)
            return archive
        }
    }

    private static func makeFolder(_ folder: URL) throws(GuidelineStoreError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .unreadable(path: folder.path, reason: "the folder cannot be made")
        }
    }

    private init(folder: URL, mode: Mode, pool: DatabasePool) {
        (self.folder, self.mode, self.pool) = (folder, mode, pool)
    }

    private func prepare(_ path: String) throws {
        let (application, found, tables) = try pool.read { database in
            try (
                database.number("PRAGMA application_id"), database.number("PRAGMA user_version"),
                database.number("SELECT count(*) FROM sqlite_master")
            )
        }
        guard application == Self.applicationID || (application == 0 && tables == 0) else {
            throw GuidelineStoreError.notALibrary(path: path, reason: "it is another program's database")
        }
        guard found <= DecisionSchema.version else {
            throw GuidelineStoreError.newerVersion(path: path, found: found, supported: DecisionSchema.version)
        }
        guard mode == .readWrite else {
            guard found == DecisionSchema.version else { throw GuidelineStoreError.needsRecovery(path: path) }
            return
        }
        try pool.writeWithoutTransaction { database in
            // What is taken from a file of the log must be here for good before that file goes.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            if application == 0 { try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)") }
        }
        try DecisionSchema.migrator.migrate(pool)
    }

    /// Closes the database. Later calls throw ``GuidelineStoreError/closed(path:)``.
    public func close() throws { try translate { try pool.close() } }

    // MARK: Access

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try translate { try pool.read(body) }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        guard mode == .readWrite else { throw GuidelineStoreError.readOnly(path: folder.path) }
        return try translate { try pool.write(body) }
    }

    func translate<Result>(_ body: () throws -> Result) throws -> Result {
        try Self.translatingErrors(Self.path(in: folder), body)
    }

    private static func translatingErrors<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        var configuration = LibraryDatabase.Configuration()
        configuration.busyTimeout = busySeconds
        return try LibraryDatabase.translatingErrors(path, configuration, body)
    }
}

/// The tables of an archive. Migrations are never edited once released; a new version adds one.
enum DecisionSchema {
    static let version = 1

    /// - `record.line` is the record's JSON without its text, which stands beside it so that it can go alone. Both are
    ///   bytes: strings of users may hold NUL, at which a database's strings end.
    /// - `tally` adds records up when they come, and stays when they go: numbers of days say nothing of anybody.
    /// - `segment` says how far a file of the log has been taken in that is still written to.
    /// - `rejected` keeps lines that cannot be read, so that nothing is lost.
    private static let version1 = """
        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            decision TEXT NOT NULL,
            place INTEGER NOT NULL,
            input_hash TEXT NOT NULL,
            conversation TEXT,
            line BLOB NOT NULL,
            text BLOB,
            UNIQUE (decision, place)
        ) STRICT;
        CREATE INDEX record_time ON record (time, id);
        CREATE INDEX record_input ON record (input_hash);
        CREATE INDEX record_conversation ON record (conversation) WHERE conversation IS NOT NULL;

        CREATE TABLE note (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            decision TEXT NOT NULL,
            line BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE INDEX note_decision ON note (decision);

        CREATE TABLE tally (
            key BLOB NOT NULL PRIMARY KEY,
            allow INTEGER NOT NULL, audit INTEGER NOT NULL, warn INTEGER NOT NULL,
            modify INTEGER NOT NULL, ask INTEGER NOT NULL, deny INTEGER NOT NULL,
            shadow INTEGER NOT NULL, failures INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE segment (
            name TEXT NOT NULL PRIMARY KEY,
            position INTEGER NOT NULL,
            lines INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE rejected (
            id INTEGER PRIMARY KEY,
            segment TEXT NOT NULL,
            number INTEGER NOT NULL,
            reason TEXT NOT NULL,
            line BLOB NOT NULL
        ) STRICT;
        """

    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { database in
            try database.execute(sql: version1)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        return migrator
    }()
}
