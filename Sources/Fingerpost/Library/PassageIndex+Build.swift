import Foundation
import GuidelineStore
import Platform
import VectorIndex

extension PassageIndex {
    init(index: HNSWIndex<Int64>, origin: IndexOrigin) {
        self.index = index
        self.origin = origin
        generation = -1
        table = PassageTable(passages: index.keys.sorted())
        inactive = []
        unindexed = []
    }

    /// Builds the index from all vectors of the database.
    static func build(
        _ database: LibraryDatabase, dimension: Int, cause: IndexOrigin.Cause, options: LibraryOptions,
        progress: ProgressHandler?
    ) throws -> PassageIndex {
        let index = try HNSWIndex<Int64>(dimension: dimension, metric: .cosine, configuration: options.configuration)
        var keys: [Int64] = []
        var values: [Float] = []
        try database.forEachVector(
            begin: { scan in
                keys.reserveCapacity(scan.count)
                values.reserveCapacity(scan.count * dimension)
            },
            { vector in
                guard vector.values.contains(where: { $0 != 0 }) else { return }
                keys.append(vector.passageID)
                values.append(contentsOf: vector.values)
            })
        let total = keys.count
        try index.insert(contentsOf: values, keys: keys, threads: options.threads) { inserted in
            progress?(LibraryProgress(stage: .indexing, completed: inserted, total: total))
        }
        var built = PassageIndex(index: index, origin: .rebuilt(cause))
        try built.refresh(database, options: options, progress: nil)
        built.unsavedChanges = max(total, 1)
        return built
    }

    /// Takes in what has changed in the database, and returns how many passages that were.
    ///
    /// - Complexity: O(passages) to compare, and an insertion for each new one.
    @discardableResult
    mutating func refresh(
        _ database: LibraryDatabase, options: LibraryOptions, progress: ProgressHandler?
    ) throws -> Int {
        let map = try database.passageMap()
        let (removed, added) = Self.difference(from: table.passages, to: map.passageIDs)
        inactive = try database.inactiveGuidelineRows()
        let (folder, dimension) = (database.folder.path, index.dimension)
        calibration = Result {
            try database.calibration.map { try Calibration($0, library: folder, dimension: dimension) }
        }
        var changed = Set(removed.compactMap(table.guideline))
        table = PassageTable(map)
        changed.formUnion(added.compactMap(table.guideline))

        // If this is ended early, the next time goes on from here.
        generation = -1
        unindexed.subtract(removed)
        unindexed.formUnion(added)
        try updateWords(of: changed, database)
        var changes = 0
        for passage in removed where index.remove(passage) { changes += 1 }
        let wanted = unindexed.sorted()
        for start in stride(from: 0, to: wanted.count, by: Self.batchSize) {
            let batch = Array(wanted[start..<min(start + Self.batchSize, wanted.count)])
            let (ids, values) = try database.vectors(passageIDs: batch)
            changes += try insert(ids, values, options: options)
            // Not encoded yet, or without any word that the encoder knows.
            for passage in batch where index.contains(passage) { unindexed.remove(passage) }
            progress?(LibraryProgress(stage: .indexing, completed: start + batch.count, total: wanted.count))
        }
        table.setRows(of: index)
        try refreshAdapter(database, options: options)
        scoring = scoringName
        generation = map.generation
        libraryVersion = map.libraryVersion
        unsavedChanges += changes
        return changes
    }

    /// Equal for two states of libraries whose evidence for an input and a guideline is the same.
    private var scoringName: String? {
        let parts = [try? adapter.get()?.id, (try? calibration.get()).flatMap(\.shiftName).map { "shift-\($0)" }]
        let names = parts.compactMap(\.self)
        return names.isEmpty ? nil : names.joined(separator: "+")
    }

    /// Reads the words of guidelines that have changed, if words were asked for before.
    private mutating func updateWords(of changed: Set<Int64>, _ database: LibraryDatabase) throws {
        guard var updated = words, !changed.isEmpty else { return }
        // Should this fail, all of them are read again when a search next asks for words.
        words = nil
        var builder = LexicalSegment.Builder()
        try database.forEachPassage(ofGuidelines: changed.sorted()) { builder.append($1, guideline: $0) }
        updated.remove(changed)
        updated.add(builder)
        words = updated
    }

    /// How much each guideline shares of the words of a text; nil where there is no text, or words were not read.
    func wordRanking(of text: String?) -> LexicalRanking? {
        guard let text, let words else { return nil }
        return LexicalRanking(text, in: words)
    }

    /// Reads the words of all guidelines, if that has not happened yet.
    ///
    /// - Complexity: O(texts).
    mutating func readWords(_ database: LibraryDatabase) throws {
        guard words == nil else { return }
        var builder = LexicalSegment.Builder()
        try database.forEachPassage { builder.append($1, guideline: $0) }
        var index = LexicalIndex()
        index.add(builder)
        words = index
    }

    /// Passages whose vectors are held at a time. The first that an empty index is given are linked together, which is
    /// faster than one after the other: better many.
    private static var batchSize: Int { 32_768 }

    private func insert(_ ids: [Int64], _ values: [Float], options: LibraryOptions) throws -> Int {
        let dimension = index.dimension
        var keys: [Int64] = []
        var vectors: [Float] = []
        for (place, id) in ids.enumerated() where !index.contains(id) {
            let vector = values[(place * dimension)..<((place + 1) * dimension)]
            guard vector.contains(where: { $0 != 0 }) else { continue }
            keys.append(id)
            vectors.append(contentsOf: vector)
        }
        try index.insert(contentsOf: vectors, keys: keys, threads: options.threads)
        return keys.count
    }

    /// What one ascending list has that the other has not.
    static func difference(from old: [Int64], to new: [Int64]) -> (removed: [Int64], added: [Int64]) {
        var removed: [Int64] = []
        var added: [Int64] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if j == new.count || (i < old.count && old[i] < new[j]) {
                removed.append(old[i])
                i += 1
            } else if i == old.count || new[j] < old[i] {
                added.append(new[j])
                j += 1
            } else {
                i += 1
                j += 1
            }
        }
        return (removed, added)
    }

    // MARK: Archive

    /// Whether an archive was saved by this library.
    static func isOwn(_ label: [UInt8], of database: LibraryDatabase) throws -> Bool {
        String(decoding: label, as: UTF8.self).split(separator: " ").first.map(String.init) == (try database.libraryID)
    }

    /// Writes the archive if anything has changed since it was written.
    mutating func save(_ database: LibraryDatabase, progress: ProgressHandler?) throws {
        guard unsavedChanges > 0 else { return }
        progress?(LibraryProgress(stage: .saving, completed: 0))
        let path = Self.path(in: database.folder)
        AtomicFile.removeLeftovers(of: path)
        try index.save(to: path, label: Array("\(try database.libraryID) \(generation)".utf8))
        unsavedChanges = 0
    }
}
