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
    /// What the library's version will be, once a guideline has changed.
    private(set) var newLibraryVersion: Int?
    /// Whether a guideline that is added may have been there before.
    private var hasHistory: Bool?

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
        now = ISO8601DateFormatter().string(from: Date())
    }

    func finish() throws {
        guard hasChanges else { return }
        try database.change("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
        guard let newLibraryVersion else { return }
        try database.change("UPDATE meta SET value = ? WHERE key = 'library_version'", [newLibraryVersion])
    }

    /// To be called before a guideline changes. Returns the library version that the change belongs to.
    private func beginChange() throws -> Int {
        hasChanges = true
        if let newLibraryVersion { return newLibraryVersion }
        let version = try LibraryDatabase.libraryVersion(database) + 1
        newLibraryVersion = version
        return version
    }

    // MARK: Guidelines

    /// Adds a guideline, or updates the one that has its id.
    ///
    /// - An id that is new, with content that another guideline has (``Guideline/contentHash``), is a duplicate and is not
    ///   stored, unless that other guideline is retired and this one is not.
    /// - An update raises the version by one, or to the version given where that is higher; so does adding an id that was
    ///   removed before. Passages whose text is the same keep their ids and vectors.
    /// - What the guideline was before stays in the library's history.
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
            try insert(guideline, hash, .added)
            return (.added, id)
        }
        if isRepeated {
            guard stored.hash == hash else { throw GuidelineStoreError.duplicateID(id, first: nil, second: nil) }
            return (.duplicate(of: id), id)
        }
        if guideline.version <= stored.version {
            guideline.version = stored.version
            if guideline.jsonText.utf8.elementsEqual(stored.record.utf8) { return (.unchanged, id) }
            guideline.version = try Self.version(after: stored.version)
        }
        try update(guideline, hash, row: stored.row, .updated)
        return (.updated, id)
    }

    /// Makes a guideline what it was, or brings it back; a new version with the content of an old one. Content that
    /// another guideline has as well is no obstacle.
    ///
    /// - Returns: Whether that changed anything.
    @discardableResult
    package func restore(_ guideline: Guideline) throws -> Bool {
        try put(guideline, added: .restored, updated: .restored) != .unchanged
    }

    /// Makes a guideline so, whatever it was and whichever other guideline has the same content.
    func put(
        _ guideline: Guideline, added: GuidelineVersion.Change, updated: GuidelineVersion.Change
    ) throws -> UpsertResult {
        var guideline = guideline
        let hash = guideline.contentHash
        guard let stored = try storedVersion(of: guideline.id) else {
            try insert(guideline, hash, added)
            return .added
        }
        guideline.version = stored.version
        if guideline.jsonText.utf8.elementsEqual(stored.record.utf8) { return .unchanged }
        guideline.version = try Self.version(after: stored.version)
        try update(guideline, hash, row: stored.row, updated)
        return .updated
    }

    private static func version(after version: Int) throws -> Int {
        guard version < Int.max else {
            throw GuidelineStoreError.invalidField("version", problem: "cannot be raised any more", nil)
        }
        return version + 1
    }

    /// Removes a guideline with its passages and vectors. What it was stays in the library's history.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    public func remove(id: String) throws -> Bool {
        givenIDs.remove(id)
        guard let stored = try storedVersion(of: id) else { return false }
        let libraryVersion = try beginChange()
        try keepHistory(ofRow: stored.row, before: libraryVersion)
        // One that was added in this transaction leaves no trace.
        try database.change(
            """
            INSERT OR REPLACE INTO guideline_history (id, library_version, version, change, changed_at)
            SELECT id, ?1, ?2, 'removed', ?3 FROM (
                SELECT id, record FROM guideline_history WHERE id = ?4 AND library_version < ?1
                ORDER BY library_version DESC LIMIT 1
            ) WHERE record IS NOT NULL
            """, [libraryVersion, stored.version, now, id])
        try database.change("DELETE FROM guideline WHERE row = ?", [stored.row])
        hasHistory = true
        return true
    }

    /// Takes what a guideline is into the history, unless this transaction made it so.
    private func keepHistory(ofRow row: Int64, before libraryVersion: Int) throws {
        try database.change(
            """
            INSERT INTO guideline_history (id, library_version, version, change, changed_at, record)
            SELECT id, library_version, version, change, updated_at, record FROM guideline
            WHERE row = ? AND library_version < ?
            """, [row, libraryVersion])
    }

    /// The highest version that a guideline which is not there ever had, and whether it was there until this transaction.
    private func formerVersion(of id: String, at libraryVersion: Int) throws -> (version: Int, isReplaced: Bool)? {
        let mayExist = try hasHistory ?? (database.number("SELECT EXISTS (SELECT 1 FROM guideline_history)") == 1)
        hasHistory = mayExist
        guard mayExist else { return nil }
        return try database.firstRow(
            "SELECT max(version), max(library_version) = ? FROM guideline_history WHERE id = ?", [libraryVersion, id]
        ) { row in
            guard let version: Int = try row.optional(0) else { return nil }
            return try (version, row.value(1))
        } ?? nil
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

    private func insert(_ guideline: Guideline, _ hash: String, _ change: GuidelineVersion.Change) throws {
        let libraryVersion = try beginChange()
        var (guideline, change) = (guideline, change)
        if let former = try formerVersion(of: guideline.id, at: libraryVersion) {
            guideline.version = max(guideline.version, try Self.version(after: former.version))
            if former.isReplaced {
                try database.change(
                    "DELETE FROM guideline_history WHERE id = ? AND library_version = ?",
                    [guideline.id, libraryVersion])
                if change == .added { change = .updated }
            }
        }
        try database.change(
            """
            INSERT INTO guideline (content_hash, title, text, examples, kind, status, authority, severity, priority,
                language, version, record, updated_at, library_version, change, id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, columns(guideline, hash) + [libraryVersion, change.rawValue, guideline.id, now])
        let row = database.lastInsertedRowID
        try insertLabels(guideline, row)
        for passage in guideline.passages { try insertPassage(passage, row) }
    }

    private func update(
        _ guideline: Guideline, _ hash: String, row: Int64, _ change: GuidelineVersion.Change
    ) throws {
        let libraryVersion = try beginChange()
        try keepHistory(ofRow: row, before: libraryVersion)
        hasHistory = true
        try database.change(
            """
            UPDATE guideline SET content_hash = ?, title = ?, text = ?, examples = ?, kind = ?, status = ?,
                authority = ?, severity = ?, priority = ?, language = ?, version = ?, record = ?, updated_at = ?,
                library_version = ?, change = ?
            WHERE row = ?
            """, columns(guideline, hash) + [libraryVersion, change.rawValue, row])
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
