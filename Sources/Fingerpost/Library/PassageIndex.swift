import Foundation
import GuidelineStore
import Platform
import VectorIndex

/// The index over a library's passages, kept in step with its database: derived from it, never the other way round.
struct PassageIndex: Sendable {
    let index: HNSWIndex<Int64>
    /// The generation of the database that it shows.
    var generation: Int
    /// The library's version at that generation.
    var libraryVersion = 0
    var table: PassageTable
    /// The words of the guidelines; nil until a search first asks for them.
    var words: LexicalIndex?
    /// Guidelines that must not be retrieved.
    var inactive: Set<Int64>
    /// Where the library draws its lines, if it has learned any; what is wrong with them is told when they are used, so that
    /// they can be made again.
    var calibration = Result<Calibration?, any Error>.success(nil)
    /// How inputs are mapped before they are compared, if the library has learned that; what is wrong with it is told when it
    /// is used, so that it can be removed.
    var adapter = Result<AppliedAdapter?, any Error>.success(nil)
    /// Names what turns cosine similarities into evidence: the adapter, and the calibration's shift; nil where nothing does.
    var scoring: String?
    /// Passages that are not in the index: not encoded yet, or without any word that the encoder knows.
    var unindexed: Set<Int64>
    /// Rows added or removed since it was last saved.
    var unsavedChanges = 0
    /// How it came about, for those who want to know.
    var origin: IndexOrigin

    static let fileName = "index.hnsw"

    static func path(in folder: URL) -> String { folder.appendingPathComponent(fileName).path }

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
