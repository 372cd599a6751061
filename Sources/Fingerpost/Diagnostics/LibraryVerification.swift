import Foundation
import GuidelineStore
import VectorIndex

/// A check of everything in a library that can be checked, without changing it and without its encoder.
public struct LibraryVerification: Sendable {
    /// What is wrong, in words; empty if the library is sound.
    public var problems: [String] = []
    /// What is right but worth knowing.
    public var notes: [String] = []
    public var guidelineCount = 0
    public var passageCount = 0
    /// Passages that wait for a vector, as after a build that was killed; the next build encodes them.
    public var pendingPassageCount = 0
    /// Bytes of the archive that were checked.
    public var archiveBytes = 0

    public enum Stage: String, Sendable { case database, archive, vectors }

    /// Checks SQLite's own structures, every row, record and vector; every byte of the archive and its graph; and that
    /// the archive says what the database says.
    ///
    /// A missing archive is no problem: it is derived, and built when the library is next opened. A damaged one is,
    /// although the same happens to it.
    ///
    /// - Throws: ``GuidelineStoreError`` where there is no library or it cannot be opened at all.
    public static func run(
        at folder: URL, progress: (@Sendable (Stage, _ completed: Int, _ total: Int?) -> Void)? = nil
    ) throws -> LibraryVerification {
        var result = LibraryVerification()
        progress?(.database, 0, nil)
        let database = try open(folder)
        defer { try? database.close() }
        result.problems = try database.verify().map { "database: \($0)" }
        guard result.problems.isEmpty else {
            // Counts and vectors of a damaged database mean nothing.
            result.checkArchive(folder)
            return result
        }
        let statistics = try database.statistics()
        result.guidelineCount = statistics.guidelineCount
        result.passageCount = statistics.passageCount
        result.pendingPassageCount = statistics.pendingPassageCount
        if result.pendingPassageCount > 0 {
            result.notes.append(
                "\(result.pendingPassageCount) passages wait to be encoded; the next build does that")
        }
        progress?(.archive, 0, nil)
        if let index = result.checkArchive(folder) {
            try result.compare(index, with: database, folder, progress: progress)
        }
        return result
    }

    /// Opens for writing where that is possible, because SQLite can check the full text only then.
    private static func open(_ folder: URL) throws -> LibraryDatabase {
        do {
            return try LibraryDatabase.open(at: folder)
        } catch GuidelineStoreError.readOnly {
            return try LibraryDatabase.open(at: folder, mode: .readOnly)
        }
    }

    @discardableResult
    private mutating func checkArchive(_ folder: URL) -> HNSWIndex<Int64>? {
        let path = PassageIndex.path(in: folder)
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            notes.append("there is no index.hnsw; it is built when the library is next opened")
            return nil
        }
        archiveBytes = attributes[.size] as? Int ?? 0
        do {
            try HNSWIndex<Int64>.verifyArchive(at: path)
            return try HNSWIndex<Int64>(archive: path)
        } catch {
            problems.append("index: \(error)")
            return nil
        }
    }

    /// Compares an archive of sound bytes with the vectors that it should hold.
    private mutating func compare(
        _ index: HNSWIndex<Int64>, with database: LibraryDatabase, _ folder: URL,
        progress: (@Sendable (Stage, Int, Int?) -> Void)?
    ) throws {
        let path = PassageIndex.path(in: folder)
        let label = try HNSWIndex<Int64>.archiveLabel(at: path)
        guard try PassageIndex.isOwn(label, of: database) else {
            notes.append("index.hnsw belongs to another library; it is replaced when this one is next opened")
            return
        }
        let words = String(decoding: label, as: UTF8.self).split(separator: " ")
        let isCurrent = try words.dropFirst().first.map(String.init) == String(database.generation)
        if !isCurrent {
            notes.append("index.hnsw is older than the database; it catches up when the library is next opened")
        }
        guard try database.encoder?.dimension == index.dimension else {
            notes.append("index.hnsw is another encoder's; it is replaced when the library is next opened")
            return
        }

        var (missing, different, found, compared) = (0, 0, 0, 0)
        var total = 0
        try database.forEachVector(begin: { total = $0.count }) { vector in
            compared += 1
            if compared.isMultiple(of: 1_024) { progress?(.vectors, compared, total) }
            guard vector.values.contains(where: { $0 != 0 }) else { return }
            guard let indexed = try index.vector(for: vector.passageID) else {
                missing += 1
                return
            }
            found += 1
            if !Self.haveSameDirection(indexed, vector.values) { different += 1 }
        }
        if different > 0 {
            problems.append(
                "index: \(different) vectors are not those of the database. Delete index.hnsw to have it built again")
        }
        guard isCurrent else { return }
        if missing > 0 { problems.append("index: \(missing) passages are missing in it") }
        if index.count > found {
            problems.append("index: it holds \(index.count - found) passages that the database does not have")
        }
    }

    /// Whether one is the other at unit length, but for rounding.
    private static func haveSameDirection(_ unit: [Float], _ vector: UnsafeBufferPointer<Float>) -> Bool {
        guard unit.count == vector.count else { return false }
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        return zip(unit, vector).allSatisfy { abs(Double($0) - Double($1) / length) < 1e-5 }
    }
}
