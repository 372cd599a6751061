import GRDB
import Platform

extension LibraryDatabase {
    /// Runs `body` and turns what SQLite and the system report into this module's errors.
    static func translatingErrors<Result>(
        _ path: String, _ configuration: Configuration, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw GuidelineStoreError(error, path: path, waited: configuration.busyTimeout)
        } catch is RowDecodingError {
            throw GuidelineStoreError.corrupt(
                path: path, sqliteCode: 0, reason: "a column holds a value of another type")
        } catch let error as FileError {
            throw GuidelineStoreError(error)
        }
    }
}

extension GuidelineStoreError {
    init(_ error: DatabaseError, path: String, waited: Double) {
        let code = Int(error.extendedResultCode.rawValue)
        let reason = error.message ?? "no message"
        switch error.extendedResultCode {
        case .SQLITE_READONLY_CANTINIT, .SQLITE_READONLY_RECOVERY, .SQLITE_READONLY_CANTLOCK:
            self = .needsRecovery(path: path)
            return
        case .SQLITE_IOERR_SHMSIZE:
            self = .diskFull(path: path)
            return
        default: break
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, waitedSeconds: waited)
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, sqliteCode: code, reason: reason)
        case .SQLITE_MISUSE: self = .closed(path: path)
        default: self = .database(path: path, sqliteCode: code, reason: reason)
        }
    }

    init(_ error: FileError) {
        if error.isMissing {
            self = .fileNotFound(path: error.path)
        } else if error.isOutOfSpace {
            self = .diskFull(path: error.path)
        } else if error.isPermission {
            self = .readOnly(path: error.path)
        } else {
            self = .unreadable(path: error.path, reason: error.description)
        }
    }
}
