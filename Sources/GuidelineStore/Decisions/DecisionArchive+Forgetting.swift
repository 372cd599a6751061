import Foundation
import GRDB
import Platform

/// What is to be forgotten.
public enum ForgettingSubject: Sendable, Hashable {
    /// All records of a text.
    case text(String)
    /// All records of the text with this hash, as records have it.
    case inputHash(String)
    /// All records of a conversation.
    case conversation(String)
}

extension DecisionArchive {
    /// Removes records, and notes on their decisions, from the archive and from the log, also from files that are still
    /// written to, of which what was collected is blotted out. What is removed is overwritten. Numbers of days stay as they were: they name
    /// nobody.
    ///
    /// The archive is written anew, which takes as much free space as it has.
    ///
    /// - Returns: How many records are gone.
    @discardableResult
    public func forget(_ subject: ForgettingSubject) throws -> Int {
        try collect()
        let count = try write { database in
            let (condition, value) = subject.condition
            try database.change(
                "DELETE FROM note WHERE decision IN (SELECT decision FROM record WHERE \(condition))", [value])
            try database.change("DELETE FROM record WHERE \(condition)", [value])
            let count = database.changesCount
            try database.change("DELETE FROM rejected WHERE instr(line, CAST(? AS BLOB)) > 0", [value])
            return count
        }
        try scrub()
        return count
    }

    /// Removes the texts that are older than a time, and leaves what was decided of them.
    ///
    /// - Returns: How many texts are gone.
    @discardableResult
    public func expireTexts(before time: LogTime) throws -> Int {
        try collect()
        let count = try write { database in
            try database.change(
                "UPDATE record SET text = NULL WHERE text IS NOT NULL AND time < ?", [time.microseconds])
            let count = database.changesCount
            // Nobody can tell what is in those.
            try database.change("DELETE FROM rejected")
            return count
        }
        try scrub()
        return count
    }

    /// Removes records, and notes, that are older than a time. Numbers of days stay, so that trends go on.
    ///
    /// - Returns: How many records are gone.
    @discardableResult
    public func expireRecords(before time: LogTime) throws -> Int {
        try collect()
        let count = try write { database in
            try database.change("DELETE FROM note WHERE time < ?", [time.microseconds])
            try database.change("DELETE FROM record WHERE time < ?", [time.microseconds])
            let count = database.changesCount
            try database.change("DELETE FROM rejected")
            return count
        }
        try scrub()
        return count
    }

    /// Sees to it that what was removed is in no file. A page of SQLite may keep copies of rows that were moved to another one,
    /// which `secure_delete` does not know of, so that the whole file is written anew; and its own log is emptied.
    private func scrub() throws {
        try blot()
        try translate {
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                _ = try database.checkpoint(.truncate)
            }
        }
    }

    /// Overwrites what was collected of files that are still written to: nobody reads it again, and the writer only appends.
    private func blot() throws {
        for file in LogSegment.all(in: DecisionLog.folder(in: folder)) {
            let position = try read { database in
                try database.number("SELECT position FROM segment WHERE name = ?", [file.lastPathComponent])
            }
            do {
                guard position > 0, let descriptor = try LogSegment.open(file.path, O_RDWR) else { continue }
                defer { LogSegment.close(descriptor) }
                try Self.blot(descriptor, upTo: position, of: file)
            } catch {
                throw GuidelineStoreError(error)
            }
        }
    }

    /// Line breaks stay, so that lines keep their numbers.
    private static func blot(_ descriptor: Int32, upTo end: Int, of file: URL) throws(FileError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var position = 0
        while position < end {
            let wanted = min(buffer.count, end - position)
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(position)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("read", file.path) }
            for place in 0..<count where buffer[place] != UInt8(ascii: "\n") { buffer[place] = UInt8(ascii: " ") }
            var written = 0
            while written < count {
                let part = buffer.withUnsafeBytes {
                    pwrite(
                        descriptor, $0.baseAddress?.advanced(by: written), count - written, off_t(position + written))
                }
                if part < 0, errno == EINTR { continue }
                guard part > 0 else { throw .last("overwrite", file.path) }
                written += part
            }
            position += count
        }
        guard fdatasync(descriptor) == 0 else { throw .last("sync", file.path) }
    }
}

extension ForgettingSubject {
    /// The hash that records have of a text.
    public static func hash(of text: String) -> String { "sha256:" + SHA256.hexadecimal(of: text) }

    fileprivate var condition: (sql: String, value: String) {
        switch self {
        case .text(let text): ("input_hash = ?1", Self.hash(of: text))
        case .inputHash(let hash): ("input_hash = ?1", Insertion.key(hash))
        case .conversation(let id): ("conversation = ?1", Insertion.key(id))
        }
    }
}
