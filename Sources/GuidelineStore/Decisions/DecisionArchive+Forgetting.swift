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
    /// written to, whose lines are blotted out. What is removed is overwritten. Numbers of days stay as they were: they name
    /// nobody.
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
        try blot(subject)
        try compact()
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
            return database.changesCount
        }
        try compact()
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
        try compact()
        return count
    }

    /// Overwrites pages that are free, and empties SQLite's own log, which still has what was removed.
    private func compact() throws {
        try translate {
            try pool.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
        }
    }

    /// Overwrites the lines of files that are still written to. They have been collected, so nobody reads them again, and
    /// the writer only appends.
    private func blot(_ subject: ForgettingSubject) throws {
        for file in LogSegment.all(in: DecisionLog.folder(in: folder)) {
            guard var bytes = try? Array(Data(contentsOf: file)) else { continue }
            guard let descriptor = try LogSegment.open(file.path, O_WRONLY) else { continue }
            defer { LogSegment.close(descriptor) }
            var start = 0
            while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = bytes[start..<end]
                if let entry = try? DecisionEntry(line: line, location: InputLocation(file: file.path)),
                    case .record(let record) = entry, subject.includes(record)
                {
                    for place in start..<end { bytes[place] = UInt8(ascii: " ") }
                    let count = bytes.withUnsafeBytes { bytes in
                        pwrite(descriptor, bytes.baseAddress?.advanced(by: start), end - start, off_t(start))
                    }
                    guard count == end - start else {
                        throw GuidelineStoreError(FileError.last("overwrite", file.path))
                    }
                }
                start = end + 1
            }
        }
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

    fileprivate func includes(_ record: DecisionRecord) -> Bool {
        switch self {
        case .text(let text): record.inputHash == Self.hash(of: text)
        case .inputHash(let hash): record.inputHash == hash
        case .conversation(let id): record.conversationID == id
        }
    }
}
