import Foundation
import GuidelineStore
import Platform
import VectorIndex

/// The index over a library's passages, kept in step with its database: derived from it, never the other way round.
struct PassageIndex: Sendable {
    let index: HNSWIndex<Int64>
    /// The generation of the database that it shows.
    var generation: Int
    /// All passages in ascending order, and the guideline of each.
    var passageIDs: [Int64]
    var guidelineRows: [Int64] { didSet { guidelineCount = Set(guidelineRows).count } }
    private(set) var guidelineCount = 0
    /// Guidelines that must not be retrieved.
    var inactive: Set<Int64>
    /// Passages that are not in the index: not encoded yet, or without any word that the encoder knows.
    var unindexed: Set<Int64>
    /// Rows added or removed since it was last saved.
    var unsavedChanges = 0
    /// How it came about, for those who want to know.
    var origin: IndexOrigin

    static let fileName = "index.hnsw"

    static func path(in folder: URL) -> String { folder.appendingPathComponent(fileName).path }

    /// The guideline that a passage belongs to.
    func guidelineRow(of passage: Int64) -> Int64? {
        var low = 0
        var high = passageIDs.count
        while low < high {
            let middle = (low + high) / 2
            if passageIDs[middle] < passage { low = middle + 1 } else { high = middle }
        }
        return low < passageIDs.count && passageIDs[low] == passage ? guidelineRows[low] : nil
    }

    // MARK: Opening

    /// Opens the archive of a library, brings it up to date with the database, or builds it where it is missing,
    /// damaged or another library's.
    static func open(
        _ database: LibraryDatabase, dimension: Int, options: LibraryOptions, progress: ProgressHandler?
    ) throws -> PassageIndex {
        let path = path(in: database.folder)
        var cause = IndexOrigin.Cause.missing
        do {
            let index = try HNSWIndex<Int64>(archive: path, verification: verification(path))
            let label = try HNSWIndex<Int64>.archiveLabel(at: path)
            if index.dimension == dimension, try isOwn(label, of: database) {
                var opened = PassageIndex(index: index, origin: .opened)
                let changes = try opened.refresh(database, options: options, progress: progress)
                if changes > 0 { opened.origin = .updated(passages: changes) }
                return opened
            }
            cause = .foreign
        } catch let error as VectorIndexError {
            if case .file(_, _, isMissing: true, _) = error {} else { cause = .unreadable(error) }
        }
        return try build(database, dimension: dimension, cause: cause, options: options, progress: progress)
    }

    /// Checksums of the vectors too where that takes no time to speak of; `verify` checks the rest.
    private static func verification(_ path: String) -> ArchiveVerification {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        return size <= 256 << 20 ? .everything : .structure
    }
}
