import Foundation
import GRDB

extension LibraryDatabase {
    /// Copies the library's database, as it is now, into another folder, while it may be read and written.
    ///
    /// The copy appears under its name only when it is complete.
    ///
    /// - Throws: ``GuidelineStoreError/libraryExists(path:)`` if the folder holds a library, or another
    ///   ``GuidelineStoreError``.
    public func backup(to target: URL) throws {
        guard !Self.exists(at: target) else { throw GuidelineStoreError.libraryExists(path: target.path) }
        do {
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        } catch {
            throw GuidelineStoreError.unreadable(path: target.path, reason: "the folder cannot be made")
        }
        try LibraryFile.publish(as: Self.path(in: target)) { temporary in
            try Self.translatingErrors(target.path, configuration) {
                let copy = try DatabaseQueue(path: temporary)
                try pool.backup(to: copy)
                try copy.close()
            }
        }
    }
}
