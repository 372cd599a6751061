/// One state of a guideline in the history of its library.
public struct GuidelineVersion: Sendable, Hashable {
    /// How the state came about.
    public enum Change: String, Sendable, Hashable, Codable, CaseIterable {
        /// Also what the library held when its history began.
        case added
        case updated
        case removed
        /// By going back to a version of the guideline or of the library.
        case restored
    }

    public var id: String
    /// Of the guideline; for a removal, the version that was removed.
    public var version: Int
    /// The library's version since which this is the state.
    public var libraryVersion: Int
    /// When it became so, in ISO 8601 and UTC.
    public var time: String
    public var change: Change
    /// Nil where it was removed.
    public var guideline: Guideline?
}

/// What became of a guideline between two versions of a library.
public struct GuidelineChange: Sendable, Hashable {
    public var id: String
    /// Nil where there was none.
    public var before: Guideline?
    /// Nil where there is none.
    public var after: Guideline?
}

/// What going back to a version of a library did.
public struct RollbackOutcome: Sendable, Hashable {
    /// The library's new version; its present one where nothing had to change.
    public var libraryVersion: Int
    /// Ids of the guidelines that were changed back or brought back.
    public var restored: [String] = []
    /// Ids of the guidelines that were not there at that version.
    public var removed: [String] = []
    /// Whether a calibration or a fitted retriever came back, or went. They are known of versions that were promoted, and of
    /// those that a promotion or a rollback left; otherwise what the library has stays.
    public var restoresThresholds = false
}
