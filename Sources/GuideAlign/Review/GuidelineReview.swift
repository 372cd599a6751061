import Fingerpost
import Foundation
import GuidelineStore

/// The review of guidelines that wait for somebody to decide about them, such as the drafts of a model.
///
/// Each decision is committed when the call returns: nothing is lost by ending the program. It is a new version of the
/// guideline, whose `source.review` says what was decided, when, by whom and why.
///
/// ```swift
/// let review = GuidelineReview(library, reviewer: "R. Lee")
/// for entry in try review.entries() {
///     guard let item = try review.item(entry.id) else { continue }
///     try review.apply(GuidelineDecision(id: item.guideline.id, .approve, version: item.guideline.version))
/// }
/// ```
public struct GuidelineReview: Sendable {
    public let library: GuidelineLibrary
    /// Who decides; nil where nobody said so.
    public var reviewer: String?
    /// The statuses of guidelines that may be decided about.
    public var statuses: Set<Guideline.Status>
    /// Examples that a guideline has at most after a merge.
    public var maximumExamples = DeduplicationOptions().maximumExamples
    let now: @Sendable () -> Date

    /// - Parameters:
    ///   - library: open for writing, unless it is only looked at.
    ///   - reviewer: who decides, as the records are to say it.
    ///   - statuses: of the guidelines that may be decided about; never the retired ones.
    ///   - now: the time of decisions.
    public init(
        _ library: GuidelineLibrary, reviewer: String? = nil, statuses: Set<Guideline.Status> = [.draft],
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.library = library
        self.reviewer = reviewer
        self.statuses = statuses.subtracting([.retired])
        self.now = now
    }

    // MARK: The queue

    /// A guideline that waits for a decision.
    public struct Entry: Sendable, Hashable, Identifiable {
        public var id: String
        public var support: Int
        public var severity: Guideline.Severity
    }

    /// What comes first. Those that are equal are in the order of their ids' bytes.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// What most inputs stand for.
        case support
        /// The gravest, and among them what most inputs stand for.
        case severity
        case id
    }

    /// The guidelines that wait for a decision. O(guidelines) for finding them; those found are in memory without their
    /// texts.
    public func entries(filter: GuidelineFilter? = nil, order: Order = .support) throws -> [Entry] {
        let waiting = GuidelineFilter.status(Guideline.Status.allCases.filter(statuses.contains))
        var entries: [Entry] = []
        try library.forEachGuideline(matching: filter.map { .all([waiting, $0]) } ?? waiting) { guideline in
            entries.append(Entry(id: guideline.id, support: guideline.support, severity: guideline.severity))
        }
        return entries.sorted { one, other in
            if order == .severity, one.severity != other.severity { return one.severity > other.severity }
            if order != .id, one.support != other.support { return one.support > other.support }
            return one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
        }
    }

    /// A guideline with what a reviewer wants to know beside it.
    public struct Item: Sendable, Hashable {
        public var guideline: Guideline
        /// What says nearly the same, or the opposite: the nearest first.
        public var nearest: [GuidelineNeighbor]
        public var findings: [LintFinding]
    }

    /// The guideline with what is known beside it; nil where it is gone or waits for no decision any more.
    ///
    /// - Complexity: One search of the index.
    public func item(_ id: String, nearest limit: Int = 5) throws -> Item? {
        guard let guideline = try library.guideline(id: id), statuses.contains(guideline.status) else { return nil }
        let nearest = try library.nearest(to: id, limit: limit)
        return Item(
            guideline: guideline, nearest: nearest,
            findings: try library.lint(guideline, beside: nearest.map(\.guideline)))
    }
}
