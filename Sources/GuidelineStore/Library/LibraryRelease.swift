/// A version of a library that was promoted: another library's guidelines, taken over whole.
public struct LibraryRelease: Sendable, Hashable {
    public var libraryVersion: Int
    /// When, in ISO 8601 and UTC.
    public var time: String
    public var name: String?
    public var note: String?
    /// What was measured before, as whoever promoted it wrote it.
    public var figures: JSONValue?

    public init(
        libraryVersion: Int, time: String, name: String? = nil, note: String? = nil, figures: JSONValue? = nil
    ) {
        (self.libraryVersion, self.time, self.name) = (libraryVersion, time, name)
        (self.note, self.figures) = (note, figures)
    }
}

/// What taking over another library's guidelines did.
public struct PromotionOutcome: Sendable, Hashable {
    /// The library's new version; its present one where no guideline had to change.
    public var libraryVersion: Int
    /// The version before.
    public var previousVersion: Int
    /// Ids, in the order of the other library.
    public var added: [String] = []
    public var updated: [String] = []
    /// Ids of the guidelines that the other library does not have.
    public var removed: [String] = []
    public var unchangedCount = 0

    /// Of nothing so far.
    public init(libraryVersion: Int, previousVersion: Int) {
        (self.libraryVersion, self.previousVersion) = (libraryVersion, previousVersion)
    }
}
