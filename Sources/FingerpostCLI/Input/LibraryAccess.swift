import Fingerpost
import Foundation
import GuidelineStore

/// Opening libraries for verbs that only read them.
enum LibraryAccess {
    /// Opens a library for reading, beside whoever writes to it.
    ///
    /// Where a build was killed or the index is gone, what is missing is made up for once, if the library may be written.
    static func reading(_ folder: URL, progress: ProgressBar) throws -> GuidelineLibrary {
        defer { progress.finish() }
        Interruption.willWrite(folder.appendingPathComponent("index.hnsw").path)
        let handler: ProgressHandler = { progress.update($0) }
        let library: GuidelineLibrary
        do {
            library = try GuidelineLibrary.open(at: folder, mode: .readOnly, progress: handler)
        } catch FingerpostError.incomplete {
            return try GuidelineLibrary.open(at: folder, progress: handler)
        }
        guard case .rebuilt = try library.information().indexOrigin else { return library }
        // Saved, it is there for the next one too. That it cannot be is no reason not to answer.
        guard let repaired = try? GuidelineLibrary.open(at: folder, progress: handler) else { return library }
        return repaired
    }
}

extension ProgressBar {
    func update(_ progress: LibraryProgress) {
        let label =
            switch progress.stage {
            case .importing: "Reading"
            case .encoding: "Encoding"
            case .indexing: "Indexing"
            case .saving: "Saving"
            case .calibrating: "Calibrating"
            case .fitting: "Fitting"
            case .choosing: "Choosing"
            case .checking: "Checking"
            }
        update(label, completed: progress.completed, total: progress.total)
    }
}
