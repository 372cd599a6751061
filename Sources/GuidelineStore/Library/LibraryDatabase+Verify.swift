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
    public func verify(limit: Int = 100) throws -> [LibraryProblem] {
        let limit = max(1, limit)
        do {
            var problems = try read { database in
                var problems = try structureProblems(database, limit)
                // What follows reads tables that must not be damaged.
                if problems.isEmpty {
                    problems += try referenceProblems(database, limit)
                    problems += try recordProblems(database, limit)
                    problems += try vectorProblems(database, limit)
                    problems += try fullTextRowProblems(database)
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
        try String.fetchAll(database, sql: "PRAGMA integrity_check(\(limit))").filter { $0 != "ok" }
            .map { LibraryProblem(kind: .structure, problem: $0) }
    }

    private func referenceProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").prefix(limit).map { row in
            let (table, rowID, parent): (String, Int64?, String) = (row[0], row[1], row[2])
            return LibraryProblem(
                kind: .reference, problem: "row \(rowID.map(String.init) ?? "?") of \(table) refers to no \(parent)")
        }
    }

    private func recordProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        var problems: [LibraryProblem] = []
        let passages = try database.cachedStatement(
            sql: "SELECT field, ordinal, text FROM passage WHERE guideline = ?")
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT row, id, content_hash, title, text, examples, kind, status, authority, severity, priority,
                    language, version, record
                FROM guideline ORDER BY row
                """)
        while problems.count < limit, let row = try rows.next() {
            let id: String = row["id"]
            let guideline: Guideline
            do {
                guideline = try record(in: row, at: 13)
            } catch {
                problems.append(LibraryProblem(kind: .record, problem: "guideline \"\(id)\": \(error)"))
                continue
            }
            let columns: [(String, String?, String?)] = [
                ("id", id, guideline.id), ("content_hash", row["content_hash"], guideline.contentHash),
                ("title", row["title"], guideline.title), ("text", row["text"], guideline.text),
                ("examples", row["examples"], guideline.examples.joined(separator: "\n")),
                ("kind", row["kind"], guideline.kind.rawValue), ("status", row["status"], guideline.status.rawValue),
                ("authority", row["authority"], guideline.authority.rawValue),
                ("severity", row["severity"], guideline.severity.rawValue),
                ("priority", String(row["priority"] as Int), String(guideline.priority)),
                ("language", row["language"], guideline.language),
                ("version", String(row["version"] as Int), String(guideline.version)),
            ]
            for (name, column, field) in columns where column != field {
                problems.append(
                    LibraryProblem(
                        kind: .record, problem: "guideline \"\(id)\": the column \(name) does not agree with the record"))
            }
            let stored = try Row.fetchAll(passages, arguments: [row["row"] as Int64])
                .map { "\($0[0] as String)\t\($0[1] as Int)\t\($0[2] as String)" }
            let expected = guideline.passages.map { "\($0.field.rawValue)\t\($0.ordinal)\t\($0.text)" }
            if stored.sorted() != expected.sorted() {
                problems.append(
                    LibraryProblem(kind: .passage, problem: "guideline \"\(id)\": passages do not agree with the record"))
            }
        }
        return problems
    }

    private func vectorProblems(_ database: Database, _ limit: Int) throws -> [LibraryProblem] {
        var problems: [LibraryProblem] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT id, vector FROM passage WHERE vector IS NOT NULL")
        let encoder = try Self.encoder(database, path: folder.path)
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: encoder?.dimension ?? 0)
        defer { scratch.deallocate() }
        while problems.count < limit, let row = try rows.next() {
            guard encoder != nil else {
                return [LibraryProblem(kind: .vector, problem: "there are vectors but no encoder is named")]
            }
            let id: Int64 = row[0]
            let isWhole = try row.withUnsafeData(atIndex: 1) { VectorCoding.decode($0 ?? Data(), into: scratch) }
            if !isWhole {
                problems.append(LibraryProblem(kind: .vector, problem: "the vector of passage \(id) has a wrong length"))
            } else if scratch.contains(where: { !$0.isFinite }) {
                problems.append(LibraryProblem(kind: .vector, problem: "the vector of passage \(id) is not finite"))
            }
        }
        return problems
    }

    private func fullTextRowProblems(_ database: Database) throws -> [LibraryProblem] {
        let indexed = try Int.fetchOne(database, sql: "SELECT count(*) FROM guideline_text_docsize") ?? 0
        let expected = try Int.fetchOne(database, sql: "SELECT count(*) FROM guideline") ?? 0
        guard indexed != expected else { return [] }
        return [LibraryProblem(kind: .fullText, problem: "\(indexed) guidelines are indexed where there are \(expected)")]
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
