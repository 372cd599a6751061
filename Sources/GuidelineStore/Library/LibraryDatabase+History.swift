import GRDB

/// Every change of a guideline is a version that can be looked up. A library that was made before there was a history, and
/// is open for reading alone, has what it holds as its first version.
extension LibraryDatabase {
    /// Rises by one with every committed write that changes guidelines; 0 for a library that never had any. Unlike
    /// ``generation`` it does not rise with vectors, so that it names a state of the guidelines.
    public var libraryVersion: Int {
        get throws { try read(Self.libraryVersion) }
    }

    static func libraryVersion(_ database: Database) throws -> Int {
        guard try LibrarySchema.hasHistory(database) else {
            return try database.number("SELECT EXISTS (SELECT 1 FROM guideline)")
        }
        return try database.number("SELECT value FROM meta WHERE key = 'library_version'")
    }

    /// All states that a guideline has had, the oldest first; empty where the library has never had it. O(versions).
    public func history(of id: String) throws -> [GuidelineVersion] {
        try read { database in
            let table = try Self.states(database, where: "id = ?1")
            var versions: [GuidelineVersion] = []
            try database.forEachRow("\(table) ORDER BY library_version", [id]) { row in
                try versions.append(version(in: row, id: id))
            }
            return versions
        }
    }

    /// A version of a guideline, present or past, or nil where the library has never had it. O(versions).
    public func guideline(id: String, version: Int) throws -> Guideline? {
        try read { database in
            let table = try Self.states(database, where: "id = ?1 AND version = ?2 AND record IS NOT NULL")
            return try database.firstRow(table, [id, version]) { try record(in: $0, at: 4) }
        }
    }

    /// What a guideline was at a version of the library, or nil where there was none. O(log library).
    ///
    /// - Throws: ``GuidelineStoreError/unknownLibraryVersion(path:version:newest:)``.
    public func guideline(id: String, libraryVersion: Int) throws -> Guideline? {
        try read { database in
            try checkLibraryVersions([libraryVersion], database)
            return try guideline(id: id, at: libraryVersion, database)
        }
    }

    /// The guidelines that differ between two versions of the library, by id, in either direction of time. A guideline
    /// that changed and changed back is not among them: what differs in its version alone is the same. O(changes made
    /// between the two); all of them are in memory.
    ///
    /// - Throws: ``GuidelineStoreError/unknownLibraryVersion(path:version:newest:)``.
    public func changes(from: Int, to: Int) throws -> [GuidelineChange] {
        try read { database in
            try checkLibraryVersions([from, to], database)
            var changes: [GuidelineChange] = []
            for id in try Self.idsChanged(between: from, and: to, database) {
                if let change = try change(of: id, from: from, to: to, database) { changes.append(change) }
            }
            return changes
        }
    }

    /// Makes the guidelines what they were at a version of the library, in one transaction. That is a new version of the
    /// library, and of each guideline that changes: what happened since stays in the history. Passages whose text is the
    /// same keep their vectors. Where the version is one that was promoted, or that a promotion or a rollback left, the
    /// calibration and the adapter that it had come back too. O(changes made since).
    ///
    /// - Throws: ``GuidelineStoreError/unknownLibraryVersion(path:version:newest:)`` or another ``GuidelineStoreError``;
    ///   then nothing has changed.
    @discardableResult
    public func rollback(to libraryVersion: Int) throws -> RollbackOutcome {
        try write { transaction in
            let database = transaction.database
            try checkLibraryVersions([libraryVersion], database)
            let present = try Self.libraryVersion(database)
            try transaction.keepState(of: present)
            var outcome = RollbackOutcome(libraryVersion: present)
            var restored: [String] = []
            for id in try Self.idsChanged(between: libraryVersion, and: present, database) {
                guard let change = try change(of: id, from: present, to: libraryVersion, database) else { continue }
                if change.after == nil {
                    try transaction.remove(id: id)
                    outcome.removed.append(id)
                } else {
                    restored.append(id)
                }
            }
            for id in restored {
                guard let guideline = try guideline(id: id, at: libraryVersion, database) else { continue }
                if try transaction.restore(guideline) { outcome.restored.append(id) }
            }
            outcome.libraryVersion = transaction.newLibraryVersion ?? present
            outcome.restoresThresholds = try transaction.restoreState(of: libraryVersion)
            return outcome
        }
    }

    /// Makes a guideline what it was at one of its versions, or brings it back if it was removed. That is a new version
    /// of it with the content of the old one, whichever other guideline has that too.
    ///
    /// - Returns: The guideline as it is now.
    /// - Throws: ``GuidelineStoreError/unknownGuidelineVersion(path:id:version:known:)`` or another
    ///   ``GuidelineStoreError``; then nothing has changed.
    @discardableResult
    public func restore(id: String, version: Int) throws -> Guideline {
        try write { transaction in
            let database = transaction.database
            let table = try Self.states(database, where: "id = ?1 AND version = ?2 AND record IS NOT NULL")
            guard let old = try database.firstRow(table, [id, version], { try record(in: $0, at: 4) }) else {
                var known: [Int] = []
                let all = try Self.states(database, where: "id = ?1 AND record IS NOT NULL")
                try database.forEachRow("\(all) ORDER BY library_version", [id]) { try known.append($0.value(1)) }
                throw GuidelineStoreError.unknownGuidelineVersion(
                    path: folder.path, id: id, version: version, known: known)
            }
            _ = try transaction.restore(old)
            let sql = "SELECT record FROM guideline WHERE id = ?"
            return try database.firstRow(sql, [id]) { try record(in: $0, at: 0) } ?? old
        }
    }

    // MARK: States

    /// Selects library version, version, change, time and record of present and past states.
    private static func states(_ database: Database, where condition: String) throws -> String {
        guard try LibrarySchema.hasHistory(database) else {
            return """
                SELECT 1 AS library_version, version, 'added' AS change, updated_at AS changed_at, record
                FROM guideline WHERE \(condition)
                """
        }
        return """
            SELECT library_version, version, change, changed_at, record FROM guideline_history WHERE \(condition)
            UNION ALL
            SELECT library_version, version, change, updated_at, record FROM guideline WHERE \(condition)
            """
    }

    private func version(in row: Row, id: String) throws -> GuidelineVersion {
        let name: String = try row.value(2)
        guard let change = GuidelineVersion.Change(rawValue: name) else {
            throw GuidelineStoreError.corrupt(
                path: folder.path, sqliteCode: 0, reason: "the history of \"\(id)\" holds an unknown change")
        }
        return try GuidelineVersion(
            id: id, version: row.value(1), libraryVersion: row.value(0), time: row.value(3), change: change,
            guideline: row.hasNull(atIndex: 4) ? nil : record(in: row, at: 4))
    }

    private func guideline(id: String, at libraryVersion: Int, _ database: Database) throws -> Guideline? {
        let table = try Self.states(database, where: "id = ?1 AND library_version <= ?2")
        // Without a history all is of the first version.
        guard try LibrarySchema.hasHistory(database) else {
            return libraryVersion < 1
                ? nil
                : try database.firstRow("SELECT record FROM guideline WHERE id = ?", [id]) { try record(in: $0, at: 0) }
        }
        return try database.firstRow("\(table) ORDER BY library_version DESC LIMIT 1", [id, libraryVersion]) { row in
            row.hasNull(atIndex: 4) ? nil : try record(in: row, at: 4)
        } ?? nil
    }

    private func change(of id: String, from: Int, to: Int, _ database: Database) throws -> GuidelineChange? {
        let before = try guideline(id: id, at: from, database)
        let after = try guideline(id: id, at: to, database)
        guard var same = after else { return before.map { GuidelineChange(id: id, before: $0, after: nil) } }
        if let before {
            same.version = before.version
            if same.jsonText.utf8.elementsEqual(before.jsonText.utf8) { return nil }
        }
        return GuidelineChange(id: id, before: before, after: after)
    }

    /// Ids of the guidelines that changed after the earlier of the versions, up to the later one, in the order of their
    /// bytes.
    private static func idsChanged(between from: Int, and to: Int, _ database: Database) throws -> [String] {
        let (low, high) = (min(from, to), max(from, to))
        let sql =
            try LibrarySchema.hasHistory(database)
            ? """
            SELECT id FROM guideline WHERE library_version > ?1 AND library_version <= ?2
            UNION SELECT id FROM guideline_history WHERE library_version > ?1 AND library_version <= ?2 ORDER BY 1
            """ : "SELECT id FROM guideline WHERE ?1 < 1 AND ?2 >= 1 ORDER BY 1"
        var ids: [String] = []
        try database.forEachRow(sql, [low, high]) { try ids.append($0.value(0)) }
        return ids
    }

    private func checkLibraryVersions(_ versions: [Int], _ database: Database) throws {
        let newest = try Self.libraryVersion(database)
        for version in versions where !(0...max(0, newest)).contains(version) {
            throw GuidelineStoreError.unknownLibraryVersion(path: folder.path, version: version, newest: newest)
        }
    }
}
