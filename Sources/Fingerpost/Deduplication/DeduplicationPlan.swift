import GuidelineStore

/// What is to be merged in a library, for a person to look through before it is done.
public struct DeduplicationPlan: Sendable, Hashable {
    /// A guideline as it was when the plan was made.
    public struct Entry: Sendable, Hashable {
        public var id: String
        public var version: Int
        /// The start of its content hash.
        public var hash: String
        public var title: String?
        public var text: String
    }

    public struct Member: Sendable, Hashable {
        public var entry: Entry
        public var tier: DuplicateTier
        public var similarity: Double
    }

    /// A guideline to keep, and those to merge into it.
    public struct Group: Sendable, Hashable {
        public var kept: Entry
        public var members: [Member]
        /// Whether to merge them.
        public var accept = true
    }

    /// Two guidelines that are alike and of opposite polarity. Nothing is done about them.
    public struct Conflict: Sendable, Hashable {
        public var first: Entry
        public var second: Entry
        public var tier: DuplicateTier
        public var similarity: Double
    }

    /// The library's own name for itself.
    public var libraryID: String
    /// The generation of the library that was looked at.
    public var generation: Int
    public var tiers: Set<DuplicateTier>
    public var fuzzyThreshold: Double
    public var semanticThreshold: Double
    public var acrossAuthority: Bool
    /// Guidelines looked at: all that are not retired.
    public var guidelineCount: Int
    public var groups: [Group]
    public var conflicts: [Conflict]

    /// Guidelines to drop, of accepted groups.
    public var duplicateCount: Int { groups.reduce(0) { $0 + ($1.accept ? $1.members.count : 0) } }
}

extension DeduplicationPlan.Entry {
    init(_ guideline: Guideline) {
        self.init(
            id: guideline.id, version: guideline.version, hash: String(guideline.contentHash.prefix(16)),
            title: guideline.title, text: guideline.text)
    }

    /// Whether the guideline is as the plan has it.
    func matches(_ guideline: Guideline) -> Bool {
        guideline.version == version && guideline.contentHash.hasPrefix(hash) && guideline.status != .retired
    }
}

/// What applying a plan has done.
public struct DeduplicationOutcome: Sendable, Hashable {
    /// Groups that were merged.
    public var groups = 0
    /// Guidelines that were retired or removed.
    public var merged = 0
    /// Guidelines that have changed since the plan was made, whose groups were left out.
    public var skipped: [String] = []
    /// Other guidelines whose relations now name the kept guidelines.
    public var retargeted = 0
}
