import Foundation
import GRDB

/// What became of a guideline that was given to a library.
public enum UpsertResult: Sendable, Hashable {
    case added
    case updated
    /// The library had it with all fields the same.
    case unchanged
    /// Not stored: the guideline with this id says the same.
    case duplicate(of: String)
}

/// What became of guidelines that were given to a library, by their ids in the order given.
public struct UpsertOutcome: Sendable, Hashable {
    public struct Duplicate: Sendable, Hashable {
        public var id: String
        public var duplicateOf: String
    }

    public var added: [String] = []
    public var updated: [String] = []
    public var unchanged: [String] = []
    public var skippedDuplicates: [Duplicate] = []

    public init() {}

    public mutating func record(_ result: UpsertResult, id: String) {
        switch result {
        case .added: added.append(id)
        case .updated: updated.append(id)
        case .unchanged: unchanged.append(id)
        case .duplicate(let other): skippedDuplicates.append(Duplicate(id: id, duplicateOf: other))
        }
    }
}

/// Changes to a library that are kept together or not at all; see ``LibraryDatabase/write(_:)``. Not to be used after
/// the closure that it was given to has returned.
public final class LibraryTransaction {
    let database: Database
    let path: String
    /// Whether guidelines or vectors have changed.
    var hasChanges = false
    private var givenIDs: Set<String> = []
    private let now: String

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
        now = ISO8601DateFormatter().string(from: Date())
    }

    func finish() throws {
        guard hasChanges else { return }
        try database.change("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    }

    // MARK: Guidelines

    /// Adds a guideline, or updates the one that has its id.
    ///
    /// - An id that is new, with content that another guideline has (``Guideline/contentHash``), is a duplicate and is not
    ///   stored, unless that other guideline is retired and this one is not.
    /// - An update raises the version by one, or to the version given where that is higher. Passages whose text is the
    ///   same keep their ids and vectors.
    /// - An id that was given before in the same transaction is a duplicate where the content is the same.
    ///
    /// - Returns: What was done, and the id, which was derived from the content where the guideline had none.
    /// - Throws: ``GuidelineStoreError`` if the guideline is not valid, or if its id was given before in the same
    ///   transaction with other content.
    @discardableResult
    public func upsert(_ guideline: Guideline) throws -> (result: UpsertResult, id: String) {
        var guideline = try guideline.validated()
        let hash = guideline.contentHash
        let id = guideline.id
        let isRepeated = !givenIDs.insert(id).inserted
        guard let stored = try storedVersion(of: id) else {
            if let other = try duplicate(ofContent: hash, status: guideline.status) {
                return (.duplicate(of: other), id)
            }
            try insert(guideline, hash)
            return (.added, id)
        }
        if isRepeated {
            guard stored.hash == hash else { throw GuidelineStoreError.duplicateID(id, first: nil, second: nil) }
            return (.duplicate(of: id), id)
        }
        if guideline.version <= stored.version {
            guideline.version = stored.version
            if guideline.jsonText.utf8.elementsEqual(stored.record.utf8) { return (.unchanged, id) }
            guard stored.version < Int.max else {
                throw GuidelineStoreError.invalidField("version", problem: "cannot be raised any more", nil)
            }
            guideline.version = stored.version + 1
        }
        try update(guideline, hash, row: stored.row)
        return (.updated, id)
    }

    /// Removes a guideline with its passages and vectors.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    public func remove(id: String) throws -> Bool {
        try database.change("DELETE FROM guideline WHERE id = ?", [id])
        givenIDs.remove(id)
        guard database.changesCount > 0 else { return false }
        hasChanges = true
        return true
    }

    private struct StoredVersion {
        var row: Int64
        var hash: String
        var version: Int
        var record: String
    }

    private func storedVersion(of id: String) throws -> StoredVersion? {
        try database.firstRow("SELECT row, content_hash, version, record FROM guideline WHERE id = ?", [id]) {
            try StoredVersion(row: $0.value(0), hash: $0.value(1), version: $0.value(2), record: $0.value(3))
        }
    }

    private func duplicate(ofContent hash: String, status: Guideline.Status) throws -> String? {
        try database.text(
            "SELECT id FROM guideline WHERE content_hash = ? AND (? OR status <> 'retired') ORDER BY row LIMIT 1",
            [hash, status == .retired])
    }

    private func insert(_ guideline: Guideline, _ hash: String) throws {
        hasChanges = true
        try database.change(
            """
            INSERT INTO guideline (content_hash, title, text, examples, kind, status, authority, severity, priority,
                language, version, record, updated_at, id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, columns(guideline, hash) + [guideline.id, now])
        let row = database.lastInsertedRowID
        try insertLabels(guideline, row)
        for passage in guideline.passages { try insertPassage(passage, row) }
    }

    private func update(_ guideline: Guideline, _ hash: String, row: Int64) throws {
        hasChanges = true
        try database.change(
            """
            UPDATE guideline SET content_hash = ?, title = ?, text = ?, examples = ?, kind = ?, status = ?,
                authority = ?, severity = ?, priority = ?, language = ?, version = ?, record = ?, updated_at = ?
            WHERE row = ?
            """, columns(guideline, hash) + [row])
        try database.change("DELETE FROM guideline_tag WHERE guideline = ?", [row])
        try database.change("DELETE FROM guideline_risk WHERE guideline = ?", [row])
        try insertLabels(guideline, row)
        try updatePassages(guideline, row)
    }

    private func columns(_ guideline: Guideline, _ hash: String) -> StatementArguments {
        [
            hash, guideline.title, guideline.text, guideline.examples.joined(separator: "\n"),
            guideline.kind.rawValue, guideline.status.rawValue, guideline.authority.rawValue,
            guideline.severity.rawValue, guideline.priority, guideline.language, guideline.version,
            guideline.jsonText, now,
        ]
    }

    private func insertLabels(_ guideline: Guideline, _ row: Int64) throws {
        for tag in guideline.tags {
            try database.change("INSERT OR IGNORE INTO guideline_tag (tag, guideline) VALUES (?, ?)", [tag, row])
        }
        for risk in guideline.risk {
            try database.change("INSERT OR IGNORE INTO guideline_risk (risk, guideline) VALUES (?, ?)", [risk, row])
        }
    }

    // MARK: Passages

    private func insertPassage(_ passage: (field: PassageField, ordinal: Int, text: String), _ row: Int64) throws {
        try database.change(
            "INSERT INTO passage (guideline, field, ordinal, text) VALUES (?, ?, ?, ?)",
            [row, passage.field.rawValue, passage.ordinal, passage.text])
    }

    /// Makes the passages of all guidelines as this version makes them, in a library of an older one. Those that stay the
    /// same keep their vectors.
    func remakePassages() throws {
        hasChanges = true
        var last: Int64 = 0
        while true {
            var batch: [(row: Int64, guideline: Guideline)] = []
            try database.forEachRow("SELECT row, record FROM guideline WHERE row > ? ORDER BY row LIMIT 1024", [last]) {
                batch.append((try $0.value(0), try Guideline.record(in: $0, at: 1, path: path)))
            }
            guard let end = batch.last else { break }
            for (row, guideline) in batch { try updatePassages(guideline, row) }
            last = end.row
        }
        try database.change(
            """
            INSERT INTO meta (key, value) VALUES ('passage_scheme', ?)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """, [Guideline.passageScheme])
    }

    /// Keeps passages whose field and text are the same, byte for byte, and replaces the others.
    private func updatePassages(_ guideline: Guideline, _ row: Int64) throws {
        struct Key: Hashable {
            var field: String
            var text: [UInt8]
        }
        var left: [Key: (id: Int64, ordinal: Int)] = [:]
        try database.forEachRow("SELECT id, field, ordinal, text FROM passage WHERE guideline = ?", [row]) { passage in
            let text: String = try passage.value(3)
            left[Key(field: try passage.value(1), text: Array(text.utf8))] = try (passage.value(0), passage.value(2))
        }
        var added: [(field: PassageField, ordinal: Int, text: String)] = []
        for passage in guideline.passages {
            let key = Key(field: passage.field.rawValue, text: Array(passage.text.utf8))
            guard let kept = left.removeValue(forKey: key) else {
                added.append(passage)
                continue
            }
            if kept.ordinal != passage.ordinal {
                try database.change("UPDATE passage SET ordinal = ? WHERE id = ?", [passage.ordinal, kept.id])
            }
        }
        for (id, _) in left.values { try database.change("DELETE FROM passage WHERE id = ?", [id]) }
        for passage in added { try insertPassage(passage, row) }
    }
}
