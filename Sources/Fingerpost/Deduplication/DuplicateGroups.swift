/// Duplicates as they were found, by the places of the guidelines in the order in which they were given.
public struct DuplicateGroups: Sendable, Hashable {
    /// A guideline that is to be kept, and those that are each as alike to it as their tier asks for: a star, never a
    /// chain.
    public struct Group: Sendable, Hashable {
        public var kept: Int
        /// In the order in which they were given.
        public var members: [Member]
    }

    public struct Member: Sendable, Hashable {
        public var index: Int
        public var tier: DuplicateTier
        /// 1 for exact duplicates, a ratio or a cosine for the others.
        public var similarity: Double
    }

    /// Two guidelines that would be duplicates, were they not of opposite polarity. Both are kept.
    public struct Conflict: Sendable, Hashable {
        public var first: Int
        public var second: Int
        public var tier: DuplicateTier
        public var similarity: Double
    }

    /// Number of guidelines looked at.
    public var count: Int
    /// By the place of the kept guideline.
    public var groups: [Group]
    public var conflicts: [Conflict]

    /// Number of guidelines that are to be dropped.
    public var duplicateCount: Int { groups.reduce(0) { $0 + $1.members.count } }
    /// How many are left.
    public var remaining: Int { count - duplicateCount }

    /// Duplicates found in each tier.
    public var countsByTier: [DuplicateTier: Int] {
        var counts: [DuplicateTier: Int] = [:]
        for group in groups {
            for member in group.members { counts[member.tier, default: 0] += 1 }
        }
        return counts
    }
}
