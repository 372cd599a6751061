import Foundation
import GRDB

extension LibraryDatabase {
    /// What ``upsert(_:)`` would make of the guidelines, with nothing changed. The library may be open for reading only.
    ///
    /// - Throws: ``GuidelineStoreError`` where the upsert would throw it.
    public func plan(upserting guidelines: some Sequence<Guideline>) throws -> UpsertOutcome {
        try read { database in
            var plan = UpsertPlan()
            return try plan.outcome(of: guidelines, in: database)
        }
    }
}

extension UpsertOutcome {
    /// What a library that does not exist yet would make of the guidelines.
    public static func planned(forNewLibrary guidelines: some Sequence<Guideline>) throws -> UpsertOutcome {
        var plan = UpsertPlan()
        return try plan.outcome(of: guidelines, in: nil)
    }
}

/// Follows ``LibraryTransaction/upsert(_:)`` step by step, keeping in memory what it would have written.
private struct UpsertPlan {
    private struct Entry {
        var hash: String
        var isRetired: Bool
        var row: Int64
    }

    private var givenIDs: Set<String> = []
    /// Guidelines that would have been written, by id.
    private var written: [String: Entry] = [:]
    /// Their ids by content.
    private var idsByContent: [String: Set<String>] = [:]
    private var nextRow = Int64.max / 2

    mutating func outcome(of guidelines: some Sequence<Guideline>, in database: Database?) throws -> UpsertOutcome {
        var outcome = UpsertOutcome()
        for guideline in guidelines {
            let guideline = try guideline.validated()
            outcome.record(try result(of: guideline, in: database), id: guideline.id)
        }
        return outcome
    }

    private mutating func result(of given: Guideline, in database: Database?) throws -> UpsertResult {
        var guideline = given
        let hash = guideline.contentHash
        let id = guideline.id
        let isRepeated = !givenIDs.insert(id).inserted
        if isRepeated, let entry = written[id] {
            guard entry.hash == hash else { throw GuidelineStoreError.duplicateID(id, first: nil, second: nil) }
            return .duplicate(of: id)
        }
        guard let stored = try stored(id, in: database) else {
            if let other = try duplicate(of: hash, status: guideline.status, in: database) {
                return .duplicate(of: other)
            }
            note(guideline, hash, row: nextRow)
            nextRow += 1
            return .added
        }
        if isRepeated {
            guard stored.hash == hash else { throw GuidelineStoreError.duplicateID(id, first: nil, second: nil) }
            return .duplicate(of: id)
        }
        if guideline.version <= stored.version {
            guideline.version = stored.version
            if guideline.jsonText.utf8.elementsEqual(stored.record.utf8) { return .unchanged }
            guard stored.version < Int.max else {
                throw GuidelineStoreError.invalidField("version", problem: "cannot be raised any more", nil)
            }
        }
        note(guideline, hash, row: stored.row)
        return .updated
    }

    private mutating func note(_ guideline: Guideline, _ hash: String, row: Int64) {
        written[guideline.id] = Entry(hash: hash, isRetired: guideline.status == .retired, row: row)
        idsByContent[hash, default: []].insert(guideline.id)
    }

    private struct StoredGuideline {
        var row: Int64
        var hash: String
        var version: Int
        var record: String
    }

    private func stored(_ id: String, in database: Database?) throws -> StoredGuideline? {
        try database?.firstRow("SELECT row, content_hash, version, record FROM guideline WHERE id = ?", [id]) {
            try StoredGuideline(row: $0.value(0), hash: $0.value(1), version: $0.value(2), record: $0.value(3))
        }
    }

    /// The first guideline that says the same, among those stored and not rewritten and those that would be written.
    private func duplicate(of hash: String, status: Guideline.Status, in database: Database?) throws -> String? {
        var best: (row: Int64, id: String)?
        try database?.forEachRow(
            "SELECT row, id FROM guideline WHERE content_hash = ? AND (? OR status <> 'retired') ORDER BY row",
            [hash, status == .retired]
        ) { row in
            let id: String = try row.value(1)
            if best == nil, written[id] == nil { best = try (row.value(0), id) }
        }
        for id in idsByContent[hash] ?? [] {
            guard let entry = written[id], status == .retired || !entry.isRetired else { continue }
            if best.map({ entry.row < $0.row }) ?? true { best = (entry.row, id) }
        }
        return best?.id
    }
}
