import Foundation
import GRDB

extension LibraryTransaction {
    /// Makes the guidelines those of another library, all of them: what it does not have goes, and stays in the history.
    /// Passages whose text is the same keep their vectors; others get those that the other library has for the same text,
    /// by the same encoder.
    ///
    /// O(guidelines of both).
    package func takeGuidelines(of candidate: LibraryDatabase) throws -> PromotionOutcome {
        let present = try LibraryDatabase.libraryVersion(database)
        try keepState(of: present)
        var outcome = PromotionOutcome(libraryVersion: present, previousVersion: present)
        var wanted: [Guideline] = []
        try candidate.forEachGuideline { _, guideline in wanted.append(guideline) }
        let ids = Set(wanted.map(\.id))
        var gone: [String] = []
        try database.forEachRow("SELECT id FROM guideline ORDER BY row") { row in
            let id: String = try row.value(0)
            if !ids.contains(id) { gone.append(id) }
        }
        for id in gone where try remove(id: id) { outcome.removed.append(id) }
        for guideline in wanted {
            switch try put(guideline, added: .added, updated: .updated) {
            case .added: outcome.added.append(guideline.id)
            case .updated: outcome.updated.append(guideline.id)
            case .unchanged, .duplicate: outcome.unchangedCount += 1
            }
        }
        try takeVectors(of: candidate)
        outcome.libraryVersion = newLibraryVersion ?? present
        return outcome
    }

    /// Gives pending passages the vectors that another library has for their texts.
    private func takeVectors(of candidate: LibraryDatabase) throws {
        guard let encoder = try LibraryDatabase.encoder(database, path: path),
            let other = try candidate.encoder, encoder.isSameEncoder(as: other)
        else { return }
        // By bytes: strings that Swift calls equal may be encoded differently.
        var pending: [[UInt8]: [Int64]] = [:]
        try database.forEachRow("SELECT id, text FROM passage WHERE is_encoded = 0 ORDER BY id") { row in
            pending[Array((try row.value(1) as String).utf8), default: []].append(try row.value(0))
        }
        guard !pending.isEmpty else { return }
        var found: [(id: Int64, data: Data, checksum: Int64)] = []
        try candidate.read { database in
            let sql = "SELECT text, data, crc32c FROM vector CROSS JOIN passage ON id = passage ORDER BY passage"
            try database.forEachRow(sql) { row in
                let text = Array((try row.value(0) as String).utf8)
                guard let passages = pending.removeValue(forKey: text) else { return }
                let (data, checksum): (Data, Int64) = try (row.value(1), row.value(2))
                // A damaged one is not taken; the text is encoded instead.
                guard data.count == 4 * encoder.dimension, VectorCoding.checksum(data) == checksum else { return }
                found += passages.map { ($0, data, checksum) }
            }
        }
        for (id, data, checksum) in found {
            try database.change("UPDATE passage SET is_encoded = 1 WHERE id = ?", [id])
            try database.change(
                "INSERT INTO vector (passage, data, crc32c) VALUES (?, ?, ?)", [id, data, checksum])
        }
        hasChanges = true
    }

    /// How prominent this library's passages are by another library's adapter, which knows them by other ids.
    package func prominences(of candidate: LibraryDatabase, by prominences: [Int64: Float]) throws -> [Int64: Float] {
        guard !prominences.isEmpty else { return [:] }
        struct Place: Hashable {
            var guideline: String
            var field: String
            var ordinal: Int
        }
        let sql = """
            SELECT passage.id, guideline.id, field, ordinal FROM passage JOIN guideline ON row = guideline
            """
        var known: [Place: Float] = [:]
        try candidate.read { database in
            try database.forEachRow(sql) { row in
                guard let value = prominences[try row.value(0)] else { return }
                known[Place(guideline: try row.value(1), field: try row.value(2), ordinal: try row.value(3))] = value
            }
        }
        var own: [Int64: Float] = [:]
        try database.forEachRow(sql) { row in
            let place = Place(guideline: try row.value(1), field: try row.value(2), ordinal: try row.value(3))
            if let value = known[place] { own[try row.value(0)] = value }
        }
        return own
    }
}
