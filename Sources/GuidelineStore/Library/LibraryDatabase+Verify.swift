import Foundation
import GRDB

/// Something in a library that is not as it must be.
public struct LibraryProblem: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// SQLite finds its own structures damaged.
        case structure
        /// A row refers to one that does not exist.
        case reference
        /// The full text index does not agree with the guidelines.
        case fullText = "full_text"
        /// A guideline's record cannot be read, or does not agree with the columns beside it.
        case record
        /// A past version of a guideline cannot be read, or is out of order.
        case history
        /// Passages do not agree with their guideline.
        case passage
        /// A vector has a wrong length or is not finite, or there is no encoder for it.
        case vector
    }

    public var kind: Kind
    public var problem: String

    public var description: String { "\(kind.rawValue): \(problem)" }
}

extension LibraryDatabase {
    /// Checks every structure, reference, record, passage and vector. Empty where all is well. O(size of the library).
    ///
    /// The full text index is compared word by word where the library is open for writing, by its rows otherwise.
    ///
    /// - Parameter limit: Stops looking for problems of a kind after about so many.
    /// - Throws: ``GuidelineStoreError`` where the library cannot be read at all; damage is returned, not thrown.
    public func verify(limit: Int = 100) throws -> [LibraryProblem] {
        let limit = max(1, limit)
        do {
            var problems = try read { database in
                var problems = try structureProblems(database, limit)
                // What follows reads tables that must not be damaged.
                if problems.isEmpty {
                    problems += try referenceProblems(database, limit)
                    problems += try recordProblems(database, limit)
                    problems += try historyProblems(database, limit)
                    problems += try vectorProblems(database, limit)
                    problems += try fullTextRowProblems(database)
                    // Throws where it is damaged.
                    _ = try calibration(database)
                    _ = try adapter(database)
                }
                return problems
            }
            if problems.isEmpty, mode == .readWrite { problems += try fullTextProblems() }
            return problems
        } catch GuidelineStoreError.corrupt(_, let code, let reason) {
            return [LibraryProblem(kind: .structure, problem: "SQLite \(code): \(reason)")]
        }
    }

    private func structureProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        var problems: [LibraryProblem] = []
        try database.forEachRow("PRAGMA integrity_check(\(limit))") { row in
            let finding: String = try row.value(0)
            if finding != "ok" { problems.append(LibraryProblem(kind: .structure, problem: finding)) }
        }
        return problems
    }

    private func referenceProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        var problems: [LibraryProblem] = []
        try database.forEachRow("PRAGMA foreign_key_check") { row in
            let (table, rowID, parent): (String, Int64?, String) = try (row.value(0), row.optional(1), row.value(2))
            problems.append(
                LibraryProblem(
                    kind: .reference, problem: "row \(rowID.map(String.init) ?? "?") of \(table) refers to no \(parent)"
                ))
        }
        return Array(problems.prefix(limit))
    }

    private func recordProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        var problems: [LibraryProblem] = []
        let sql = """
            SELECT record, row, id, content_hash, title, text, examples, kind, status, authority, severity, priority,
                language, version
            FROM guideline ORDER BY row
            """
        try database.forEachRow(sql) { row in
            guard problems.count < limit else { return }
            let id: String = try row.value(2)
            let guideline: Guideline
            do {
                guideline = try record(in: row, at: 0)
            } catch {
                problems.append(LibraryProblem(kind: .record, problem: "guideline \"\(id)\": \(error)"))
                return
            }
            for (index, (name, expected)) in Self.columns(of: guideline).enumerated()
            where try row.optional(index + 2) as String? != expected {
                problems.append(
                    LibraryProblem(
                        kind: .record, problem: "guideline \"\(id)\": the column \(name) does not agree with the record"
                    ))
            }
            if try passages(ofRow: row.value(1), database).sorted()
                != guideline.passages.map({ "\($0.field.rawValue)\t\($0.ordinal)\t\($0.text)" }).sorted()
            {
                problems.append(
                    LibraryProblem(
                        kind: .passage, problem: "guideline \"\(id)\": passages do not agree with the record"))
            }
        }
        return problems
    }

    private func historyProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        guard try LibrarySchema.hasHistory(database) else { return [] }
        var problems: [LibraryProblem] = []
        func add(_ id: String, _ problem: String) {
            problems.append(LibraryProblem(kind: .history, problem: "guideline \"\(id)\": \(problem)"))
        }
        let newest = try Self.libraryVersion(database)
        let sql = """
            SELECT past.id, past.library_version, past.version, past.record, present.library_version
            FROM guideline_history AS past LEFT JOIN guideline AS present ON present.id = past.id
            ORDER BY past.id, past.library_version
            """
        try database.forEachRow(sql) { row in
            guard problems.count < limit else { return }
            let (id, libraryVersion, version): (String, Int, Int) = try (row.value(0), row.value(1), row.value(2))
            if libraryVersion >= (try row.optional(4) ?? newest + 1) {
                add(id, "its history goes beyond its present state, or the library's")
            }
            guard !row.hasNull(atIndex: 3) else { return }
            do {
                let past = try record(in: row, at: 3)
                if past.id != id || past.version != version { add(id, "version \(version) is another one's record") }
            } catch {
                add(id, "version \(version): \(error)")
            }
        }
        let ahead = "SELECT id FROM guideline WHERE library_version > ? LIMIT ?"
        try database.forEachRow(ahead, [newest, limit]) { row in
            try add(row.value(0), "it is of a later version than the library")
        }
        return problems
    }

    /// What the columns beside a record must hold, in the order in which they are read.
    private static func columns(of guideline: Guideline) -> [(name: String, value: String?)] {
        [
            ("id", guideline.id), ("content_hash", guideline.contentHash), ("title", guideline.title),
            ("text", guideline.text), ("examples", guideline.examples.joined(separator: "\n")),
            ("kind", guideline.kind.rawValue), ("status", guideline.status.rawValue),
            ("authority", guideline.authority.rawValue), ("severity", guideline.severity.rawValue),
            ("priority", String(guideline.priority)), ("language", guideline.language),
            ("version", String(guideline.version)),
        ]
    }

    private func passages(ofRow row: Int64, _ database: Database) throws -> [String] {
        var passages: [String] = []
        try database.forEachRow("SELECT field, ordinal, text FROM passage WHERE guideline = ?", [row]) { row in
            try passages.append("\(row.value(0) as String)\t\(row.value(1) as Int)\t\(row.value(2) as String)")
        }
        return passages
    }

    private func vectorProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        var problems: [LibraryProblem] = []
        guard let encoder = try Self.encoder(database, path: folder.path) else {
            let count = try database.number("SELECT count(*) FROM vector")
            guard count > 0 else { return [] }
            return [LibraryProblem(kind: .vector, problem: "there are \(count) vectors but no encoder is named")]
        }
        let wrong = "SELECT id FROM passage WHERE is_encoded <> (id IN (SELECT passage FROM vector)) LIMIT ?"
        try database.forEachRow(wrong, [limit]) { row in
            let id: Int64 = try row.value(0)
            problems.append(
                LibraryProblem(
                    kind: .vector, problem: "passage \(id) is marked as encoded and has no vector, or the reverse"))
        }
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: encoder.dimension)
        defer { scratch.deallocate() }
        try database.forEachRow("SELECT passage, data, crc32c FROM vector") { row in
            guard problems.count < limit else { return }
            let id: Int64 = try row.value(0)
            if let problem = try VectorCoding.decode(row, at: 1, into: scratch) {
                problems.append(LibraryProblem(kind: .vector, problem: "the vector of passage \(id) \(problem)"))
            } else if scratch.contains(where: { !$0.isFinite }) {
                problems.append(LibraryProblem(kind: .vector, problem: "the vector of passage \(id) is not finite"))
            }
        }
        return problems
    }

    private func fullTextRowProblems(_ database: Database) throws -> [LibraryProblem] {
        let indexed = try database.number("SELECT count(*) FROM guideline_text_docsize")
        let expected = try database.number("SELECT count(*) FROM guideline")
        guard indexed != expected else { return [] }
        return [
            LibraryProblem(kind: .fullText, problem: "\(indexed) guidelines are indexed where there are \(expected)")
        ]
    }

    /// FTS5's own check is written as an insertion, which only a writer may do.
    private func fullTextProblems() throws -> [LibraryProblem] {
        do {
            try translate {
                try pool.write { database in
                    try database.execute(
                        sql: "INSERT INTO guideline_text (guideline_text, rank) VALUES ('integrity-check', 1)")
                }
            }
            return []
        } catch GuidelineStoreError.corrupt {
            return [LibraryProblem(kind: .fullText, problem: "the index does not agree with the guidelines")]
        }
    }
}
