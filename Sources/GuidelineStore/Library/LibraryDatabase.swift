import Foundation
import GRDB
import Platform

/// The database of a library folder: guidelines, the passages that are encoded, their vectors, and full text.
///
/// The file `library.sqlite` is the only source of truth; a write has happened when the call returns, and survives the
/// process being killed and the power failing. Any number of threads and processes may read while one writes, each
/// read seeing one consistent state; a second writer waits for ``Configuration/busyTimeout``.
///
/// All calls are synchronous and may be made from any thread. Reads inside a write, and writes inside a write, must go
/// through the ``LibraryTransaction``.
public final class LibraryDatabase: Sendable {
    public enum Mode: Sendable { case readWrite, readOnly }

    public struct Configuration: Sendable {
        /// Seconds that a writer waits for another one.
        public var busyTimeout = 5.0
        /// Connections for reading at the same time; more threads than that wait for each other.
        public var maximumReaderCount = 8
        /// Simulates a full disk.
        package var maximumPageCount: Int?

        public init() {}
    }

    /// The folder of the library.
    public let folder: URL
    public let mode: Mode
    /// Whether the file was opened as one that nobody can change, because its folder is read-only.
    public let isImmutable: Bool

    let configuration: Configuration
    let pool: DatabasePool
    let commits: CommitWatch

    /// Name of the database file in the folder.
    public static let fileName = "library.sqlite"

    /// Path of the database file.
    public var path: String { Self.path(in: folder) }

    static func path(in folder: URL) -> String { folder.appendingPathComponent(fileName).path }

    private init(folder: URL, mode: Mode, isImmutable: Bool, configuration: Configuration, pool: DatabasePool) {
        self.folder = folder
        self.mode = mode
        self.isImmutable = isImmutable
        self.configuration = configuration
        self.pool = pool
        commits = CommitWatch(path: Self.path(in: folder))
    }

    // MARK: Opening

    /// Whether the folder holds a database file, of whatever kind.
    public static func exists(at folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: path(in: folder))
    }

    /// Makes an empty library in the folder, which is made too where it is missing.
    ///
    /// The database appears under its name only when it is complete: a process killed on the way leaves none.
    ///
    /// - Throws: ``GuidelineStoreError/libraryExists(path:)``, ``GuidelineStoreError/readOnly(path:)``,
    ///   ``GuidelineStoreError/diskFull(path:)`` or another ``GuidelineStoreError``.
    public static func create(
        at folder: URL, configuration: Configuration = Configuration()
    ) throws -> LibraryDatabase {
        let path = path(in: folder)
        guard !exists(at: folder) else { throw GuidelineStoreError.libraryExists(path: folder.path) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw GuidelineStoreError.unreadable(path: folder.path, reason: "the folder cannot be made")
        }
        try LibraryFile.publish(as: path) { temporary in
            try translatingErrors(path, configuration) {
                let queue = try DatabaseQueue(path: temporary)
                try LibrarySchema.create(in: queue)
                try queue.close()
            }
        }
        return try open(at: folder, configuration: configuration)
    }

    /// Opens the library of the folder, and brings its schema up to date where the mode allows it.
    ///
    /// In a read-only folder the file is opened as immutable: as long as it is open, nobody else may write to it.
    ///
    /// - Throws: ``GuidelineStoreError``: no library, another program's or a newer version's file, a damaged one, a
    ///   read-only folder for a writer. A file that is refused is not touched.
    public static func open(
        at folder: URL, mode: Mode = .readWrite, configuration: Configuration = Configuration()
    ) throws -> LibraryDatabase {
        let path = path(in: folder)
        guard exists(at: folder) else { throw GuidelineStoreError.libraryNotFound(path: folder.path) }
        try LibraryFile.checkHeader(path)
        let isWritable = LibraryFile.isWritable(folder.path) && LibraryFile.isWritable(path)
        guard isWritable || mode == .readOnly else { throw GuidelineStoreError.readOnly(path: folder.path) }
        let isImmutable = !isWritable && !LibraryFile.hasSharedMemory(path)
        if isImmutable, LibraryFile.hasLog(path) { throw GuidelineStoreError.needsRecovery(path: folder.path) }

        return try translatingErrors(folder.path, configuration) {
            var settings = GRDB.Configuration()
            settings.label = "GuidelineStore"
            settings.readonly = mode == .readOnly
            settings.busyMode = .timeout(configuration.busyTimeout)
            settings.maximumReaderCount = max(1, configuration.maximumReaderCount)
            settings.prepareDatabase { database in
                try database.execute(sql: "PRAGMA cell_size_check = ON")
                try database.execute(sql: "PRAGMA cache_size = -16384")
            }
            let pool = try DatabasePool(
                path: isImmutable ? LibraryFile.immutableName(path) : path, configuration: settings)
            let library = LibraryDatabase(
                folder: folder, mode: mode, isImmutable: isImmutable, configuration: configuration, pool: pool)
            try library.prepare()
            return library
        }
    }

    /// ``open(at:mode:configuration:)`` where there is a library, ``create(at:configuration:)`` where there is none.
    public static func openOrCreate(
        at folder: URL, configuration: Configuration = Configuration()
    ) throws -> LibraryDatabase {
        guard !exists(at: folder) else { return try open(at: folder, configuration: configuration) }
        do {
            return try create(at: folder, configuration: configuration)
        } catch GuidelineStoreError.libraryExists {
            // Another process was faster.
            return try open(at: folder, configuration: configuration)
        }
    }

    private func prepare() throws {
        let hasPassages = try pool.read { database in
            try LibrarySchema.check(database, path: folder.path)
            return try Self.hasPassagesOfThisVersion(database)
        }
        guard mode == .readWrite else { return }
        let maximumPageCount = configuration.maximumPageCount
        try pool.writeWithoutTransaction { database in
            // A commit that was acknowledged must survive a power cut, so each one is synced.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            if let maximumPageCount { try database.execute(sql: "PRAGMA max_page_count = \(maximumPageCount)") }
        }
        try LibrarySchema.migrate(pool)
        if !hasPassages { try write { try $0.remakePassages() } }
    }

    private static func hasPassagesOfThisVersion(_ database: Database) throws -> Bool {
        try database.number("SELECT value FROM meta WHERE key = 'passage_scheme'") == Guideline.passageScheme
    }

    // MARK: Closing

    /// Moves the write-ahead log into the database file.
    public func checkpoint() throws {
        guard mode == .readWrite else { throw GuidelineStoreError.readOnly(path: folder.path) }
        try translate {
            _ = try pool.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
        }
    }

    /// Closes all connections; the last process to close a library leaves one file. Later calls throw
    /// ``GuidelineStoreError/closed(path:)``. A library that is let go closes itself.
    public func close() throws {
        // The last connection to close merges the log, which one for reading cannot do, so those go first.
        commits.close()
        pool.invalidateReadOnlyConnections()
        try translate { try pool.close() }
    }

    // MARK: Access

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try translate { try pool.read(body) }
    }

    /// For a `body` of a single statement, which sees one consistent state by itself and so needs no transaction.
    func readStatement<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try translate { try pool.unsafeRead(body) }
    }

    /// Runs `body` in one transaction: all of its changes are kept when it returns, none if it throws.
    ///
    /// - Throws: what `body` throws, or ``GuidelineStoreError``: read-only, busy, disk full.
    public func write<Result>(_ body: (LibraryTransaction) throws -> Result) throws -> Result {
        guard mode == .readWrite else { throw GuidelineStoreError.readOnly(path: folder.path) }
        return try translate {
            try pool.write { database in
                let transaction = LibraryTransaction(database, path: folder.path)
                let result = try body(transaction)
                try transaction.finish()
                return result
            }
        }
    }

    func translate<Result>(_ body: () throws -> Result) throws -> Result {
        try Self.translatingErrors(folder.path, configuration, body)
    }
}
