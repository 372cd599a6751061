/// Where in an input something is: the file as the user named it, and the line and column, both counted from 1.
public struct InputLocation: Sendable, Hashable, CustomStringConvertible {
    /// The path, or "standard input".
    public var file: String
    // Numbers count from 1, so 0 is none: errors hold up to two locations, and optional numbers take twice the room.
    private var lineNumber: Int
    private var columnNumber: Int
    private var recordNumber: Int

    public init(file: String, line: Int? = nil, column: Int? = nil, record: Int? = nil) {
        self.file = file
        (lineNumber, columnNumber, recordNumber) = (line ?? 0, column ?? 0, record ?? 0)
    }

    public var line: Int? {
        get { lineNumber == 0 ? nil : lineNumber }
        set { lineNumber = newValue ?? 0 }
    }

    /// Counted in bytes.
    public var column: Int? {
        get { columnNumber == 0 ? nil : columnNumber }
        set { columnNumber = newValue ?? 0 }
    }

    /// The place in the document's list, counted from 1: many documents have all their records on one line.
    public var record: Int? {
        get { recordNumber == 0 ? nil : recordNumber }
        set { recordNumber = newValue ?? 0 }
    }

    /// `file:line:column`, as compilers print it, with the record where it is known.
    public var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
        return place + (record.map { " (record \($0))" } ?? "")
    }
}

/// Everything that can go wrong in reading guidelines from files and in keeping them in a library.
///
/// `description` says what is wrong, where, and what to do about it; ``code`` is the same for all errors of a kind and
/// does not change between versions.
public enum GuidelineStoreError: Error, Sendable, Hashable {
    // MARK: Reading files

    case fileNotFound(path: String)
    /// The system refuses to open or read it; `reason` is its own message.
    case unreadable(path: String, reason: String)
    /// No byte but white space.
    case emptyFile(path: String)
    /// The file is well formed and holds nothing of what was looked for.
    case noRecords(path: String, hint: String)
    case unknownFormat(path: String)
    /// `byteOffset` counts from the start of the file.
    case notUTF8(InputLocation, byteOffset: Int)
    /// UTF-16 or UTF-32, known by its byte order mark.
    case unsupportedEncoding(path: String, encoding: String)
    /// A line, record or document is longer than `limit` bytes.
    case tooLong(InputLocation, what: String, limit: Int)
    case syntax(InputLocation, format: String, problem: String)
    /// The input ends inside what was begun at the location.
    case truncated(InputLocation, format: String, problem: String)
    /// A field is of the wrong type or has a value that is not allowed.
    case invalidField(String, problem: String, InputLocation?)
    case emptyText(field: String, InputLocation?)
    case duplicateID(String, first: InputLocation?, second: InputLocation?)

    // MARK: Filters

    /// An expression that is no filter. `column` counts characters from 1; one beyond the last stands for the end.
    case invalidFilter(expression: String, column: Int, expected: String)

    // MARK: The library

    case libraryNotFound(path: String)
    case libraryExists(path: String)
    /// The file is no SQLite database, or another program's.
    case notALibrary(path: String, reason: String)
    case newerVersion(path: String, found: Int, supported: Int)
    case corrupt(path: String, sqliteCode: Int, reason: String)
    /// Another process was writing for all the time that was allowed.
    case busy(path: String, waitedSeconds: Double)
    case diskFull(path: String)
    /// A write to a library that was opened for reading, or whose file or folder may not be written.
    case readOnly(path: String)
    /// The folder is read-only and holds a write-ahead log that must first be merged by a writer.
    case needsRecovery(path: String)
    case closed(path: String)
    /// The library has no such version; its versions go from 0, when it was empty, to `newest`.
    case unknownLibraryVersion(path: String, version: Int, newest: Int)
    /// The library has never had this version of the guideline; `known` are those that it has had, none where it has
    /// never had the guideline.
    case unknownGuidelineVersion(path: String, id: String, version: Int?, known: [Int])
    /// The files of a decision log take up all that they may.
    case logFull(path: String, bytes: Int, limit: Int)
    case noEncoder(path: String)
    case encoderMismatch(path: String, stored: EncoderRecord, requested: EncoderRecord)
    case wrongDimension(passageID: Int64?, expected: Int, found: Int)
    case notFinite(passageID: Int64, index: Int)
    /// Any other failure of the database.
    case database(path: String, sqliteCode: Int, reason: String)
}

extension GuidelineStoreError {
    /// A short name for the kind of error, for scripts: `duplicate_id`, `disk_full`.
    public var code: String {
        switch self {
        case .fileNotFound: "file_not_found"
        case .unreadable: "unreadable"
        case .emptyFile: "empty_file"
        case .noRecords: "no_records"
        case .unknownFormat: "unknown_format"
        case .notUTF8: "not_utf8"
        case .unsupportedEncoding: "unsupported_encoding"
        case .tooLong: "too_long"
        case .syntax: "syntax"
        case .truncated: "truncated"
        case .invalidField: "invalid_field"
        case .emptyText: "empty_text"
        case .duplicateID: "duplicate_id"
        case .invalidFilter: "invalid_filter"
        case .libraryNotFound: "library_not_found"
        case .libraryExists: "library_exists"
        case .notALibrary: "not_a_library"
        case .newerVersion: "newer_version"
        case .corrupt: "corrupt"
        case .busy: "busy"
        case .diskFull: "disk_full"
        case .readOnly: "read_only"
        case .needsRecovery: "needs_recovery"
        case .closed: "closed"
        case .unknownLibraryVersion: "unknown_library_version"
        case .unknownGuidelineVersion: "unknown_guideline_version"
        case .logFull: "log_full"
        case .noEncoder: "no_encoder"
        case .encoderMismatch: "encoder_mismatch"
        case .wrongDimension: "wrong_dimension"
        case .notFinite: "not_finite"
        case .database: "database"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool {
        switch self {
        case .fileNotFound, .unreadable, .emptyFile, .noRecords, .unknownFormat, .notUTF8, .unsupportedEncoding,
            .tooLong, .syntax, .truncated, .invalidField, .emptyText, .duplicateID, .invalidFilter, .libraryNotFound,
            .libraryExists, .unknownLibraryVersion, .unknownGuidelineVersion, .encoderMismatch, .wrongDimension,
            .notFinite:
            true
        case .notALibrary, .newerVersion, .corrupt, .busy, .diskFull, .readOnly, .needsRecovery, .closed,
            .noEncoder, .logFull, .database:
            false
        }
    }

    /// The place in the input, for errors that have one.
    public var location: InputLocation? {
        switch self {
        case .notUTF8(let location, _), .tooLong(let location, _, _), .syntax(let location, _, _),
            .truncated(let location, _, _):
            location
        case .invalidField(_, _, let location), .emptyText(_, let location): location
        case .duplicateID(_, let first, let second): second ?? first
        case .fileNotFound(let path), .unreadable(let path, _), .emptyFile(let path), .noRecords(let path, _),
            .unknownFormat(let path), .unsupportedEncoding(let path, _), .libraryNotFound(let path),
            .libraryExists(let path), .notALibrary(let path, _), .newerVersion(let path, _, _),
            .corrupt(let path, _, _), .busy(let path, _), .diskFull(let path), .readOnly(let path),
            .needsRecovery(let path), .closed(let path), .unknownLibraryVersion(let path, _, _),
            .unknownGuidelineVersion(let path, _, _, _), .noEncoder(let path), .logFull(let path, _, _),
            .encoderMismatch(let path, _, _),
            .database(let path, _, _):
            InputLocation(file: path)
        case .invalidFilter, .wrongDimension, .notFinite: nil
        }
    }
}
