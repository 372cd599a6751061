import Foundation
import GuidelineStore
import TextEncoder
import VectorIndex

/// What is in a library, and how big it is.
public struct LibraryInformation: Sendable {
    public var statistics: LibraryStatistics
    public var encoder: EncoderIdentity
    /// Vectors that a search can find.
    public var indexedVectors: Int
    /// Passages that are not in the index because none of their words is known to the encoder.
    public var unindexedPassages: Int
    public var configuration: HNSWConfiguration
    /// Where the library draws its lines; nil if it has learned none.
    public var calibration: Calibration?
    /// Whether ``calibration`` was made with another adapter than there is; it is refused then.
    public var isCalibrationStale: Bool
    /// How inputs are mapped before they are compared; nil if the library has not learned that.
    public var adapter: RetrieverAdapter?
    /// Size of the archive; 0 where there is none.
    public var archiveBytes: Int
    /// How the index was obtained when the library was opened.
    public var indexOrigin: IndexOrigin
}

extension GuidelineLibrary {
    /// Counts what is in the library.
    public func information() throws -> LibraryInformation {
        let statistics = try database.statistics()
        let current = passages.withLock { $0 }
        let attributes = try? FileManager.default.attributesOfItem(atPath: PassageIndex.path(in: folder))
        return LibraryInformation(
            statistics: statistics, encoder: encoder.identity, indexedVectors: current.index.count,
            unindexedPassages: current.unindexed.count, configuration: current.index.configuration,
            calibration: try current.calibration.get(), isCalibrationStale: try isCalibrationStale,
            adapter: try current.adapter.get()?.adapter,
            archiveBytes: attributes?[.size] as? Int ?? 0, indexOrigin: current.origin)
    }

    /// Tells this library, and copies of it, from all others.
    public var libraryID: String { get throws { try database.libraryID } }

    /// What evidence is made with beside the encoder; see ``Retrieval/scoring``.
    public var scoring: String? { get throws { try currentPassages(withWords: false).scoring } }

    /// Checks every checksum and invariant of the files, as ``LibraryVerification`` does, and of the index in use.
    ///
    /// - Returns: What is wrong, in words; empty if the library is sound.
    public func verify() throws -> [String] {
        var problems = try LibraryVerification.run(at: folder).problems
        let current = passages.withLock { $0 }
        problems += current.index.violations().map { "index in memory: \($0)" }
        let expected = Set(current.table.passages).subtracting(current.unindexed)
        let indexed = Set(current.index.keys)
        if expected != indexed {
            problems.append(
                "index in memory: \(expected.subtracting(indexed).count) passages are missing in it,"
                    + " \(indexed.subtracting(expected).count) are too many")
        }
        return problems
    }
}
