import GuidelineStore

extension GuidelineLibrary {
    /// Rises by one with every committed write that changes guidelines; 0 for a library that never had any. It names a
    /// state of the guidelines, which ``rollback(to:progress:)`` can bring back.
    public var libraryVersion: Int { get throws { try database.libraryVersion } }

    /// All states that a guideline has had, the oldest first; empty where the library has never had it.
    public func history(of id: String) throws -> [GuidelineVersion] { try database.history(of: id) }

    /// A version of a guideline, present or past, or nil where the library has never had it.
    public func guideline(id: String, version: Int) throws -> Guideline? {
        try database.guideline(id: id, version: version)
    }

    /// The guidelines that differ between two versions of the library, by id.
    ///
    /// - Throws: ``GuidelineStoreError`` where the library has no such version.
    public func changes(from: Int, to: Int) throws -> [GuidelineChange] { try database.changes(from: from, to: to) }

    /// Makes the guidelines what they were at a version of the library, in one transaction; then encodes what has no
    /// vector any more and takes it into the index. That is a new version of the library: nothing is lost of what happened
    /// since.
    ///
    /// - Throws: As ``add(_:progress:committed:)``; also where the library has no such version.
    @discardableResult
    public func rollback(to libraryVersion: Int, progress: ProgressHandler? = nil) throws -> RollbackOutcome {
        try writing.withLock { _ in
            let outcome = try database.rollback(to: libraryVersion)
            try update(progress)
            return outcome
        }
    }

    /// Makes a guideline what it was at one of its versions, or brings it back if it was removed. That is a new version
    /// of it.
    ///
    /// - Returns: The guideline as it is now.
    /// - Throws: As ``add(_:progress:committed:)``; also where the guideline has no such version.
    @discardableResult
    public func restore(id: String, version: Int) throws -> Guideline {
        try writing.withLock { _ in
            let guideline = try database.restore(id: id, version: version)
            try update(nil)
            return guideline
        }
    }
}
