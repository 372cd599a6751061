import Fingerpost
import Foundation
import GuidelineStore

/// What decisions have changed, by which they can be undone.
public struct ReviewReceipt: Sendable, Hashable {
    public struct Change: Sendable, Hashable {
        public var before: Guideline
        public var after: Guideline

        /// Whether the guideline says what it said after the decision, whatever versions it has had since: later decisions
        /// may have been undone.
        func isStanding(_ current: Guideline?) -> Bool {
            guard var current else { return false }
            current.version = after.version
            return current == after
        }
    }

    public var decisions: [GuidelineDecision]
    /// Every guideline that has a new version, each once: those decided about, those merged into, and those whose relations
    /// named a merged one.
    public var changes: [Change]

    public func count(_ kind: GuidelineDecision.Kind) -> Int { decisions.count { $0.kind == kind } }
}

extension GuidelineReview {
    /// Carries out a decision, in one transaction.
    ///
    /// - Throws: ``GuideAlignError/review(_:_:)`` where it cannot be carried out, `GuidelineStoreError` where the changed
    ///   guideline is none or the library cannot be written. Then nothing has changed. Errors of the encoder come after
    ///   the decision is kept.
    @discardableResult
    public func apply(_ decision: GuidelineDecision) throws -> ReviewReceipt { try apply([decision]) }

    /// Carries out decisions in their order and in one transaction: all of them or none. A guideline that several of them
    /// concern has one new version.
    ///
    /// - Parameters:
    ///   - decisions: one for a guideline at most.
    ///   - fault: Is called with what is wrong with a decision; the others are looked at, and then nothing is done. Without
    ///     it the first fault is thrown.
    ///   - alreadyAtFault: decisions of the same file that could not even be read, so that nothing is to be done.
    /// - Throws: As for one decision; ``ReviewProblem/notApplied(count:)`` after faults.
    /// - Complexity: O(decisions), and with merges O(guidelines that have relations).
    @discardableResult
    public func apply(
        _ decisions: [GuidelineDecision], fault: (any Error) throws -> Void = { throw $0 }, alreadyAtFault: Int = 0
    ) throws -> ReviewReceipt {
        // Before the transaction, in which the library cannot be searched.
        let similarities = try decisions.map { decision in
            try decision.target.flatMap { try library.similarity(of: decision.id, and: $0) }
        }
        return try library.change(nil) { transaction in
            var desk = ReviewDesk(transaction: transaction, review: self)
            var faults = alreadyAtFault
            for (decision, similarity) in zip(decisions, similarities) {
                do {
                    try desk.decide(decision, similarity: similarity ?? 0)
                } catch let error
                    where error is GuideAlignError || (error as? GuidelineStoreError)?.isInputError == true
                {
                    faults += 1
                    try fault(error)
                }
            }
            guard faults == 0 else { throw GuideAlignError.review(.notApplied(count: faults), nil) }
            return ReviewReceipt(decisions: decisions, changes: try desk.finish())
        }
    }

    /// Makes the guidelines what they were before, in one transaction. They have new versions with the old content.
    ///
    /// - Throws: ``ReviewProblem/changedMeanwhile(id:)`` where one of them has changed since. Then nothing has changed.
    public func undo(_ receipt: ReviewReceipt) throws {
        try library.change(nil) { transaction in
            for change in receipt.changes {
                guard try change.isStanding(transaction.guideline(id: change.before.id)) else {
                    throw GuideAlignError.review(.changedMeanwhile(id: change.before.id), nil)
                }
            }
            for change in receipt.changes { try transaction.restore(change.before) }
        }
    }
}

/// Guidelines as decisions change them, until all of them are made and each is stored once.
private struct ReviewDesk {
    let transaction: LibraryTransaction
    let review: GuidelineReview
    private var before: [String: Guideline] = [:]
    private var changed: [String: Guideline] = [:]
    private var decided: Set<String> = []
    /// The guideline that each merged one went into.
    private var kept: [String: String] = [:]
    private let date: String

    init(transaction: LibraryTransaction, review: GuidelineReview) {
        self.transaction = transaction
        self.review = review
        date = ISO8601DateFormatter().string(from: review.now())
    }

    private func guideline(_ id: String) throws -> Guideline? {
        try changed[id] ?? transaction.guideline(id: id)
    }

    mutating func decide(_ decision: GuidelineDecision, similarity: Double) throws {
        func problem(_ problem: ReviewProblem) -> GuideAlignError { .review(problem, decision.location) }
        let id = decision.id
        if let words = decision.inconsistency { throw problem(.invalid(id: id, problem: words)) }
        guard !decided.contains(id) else { throw problem(.decidedTwice(id: id)) }
        guard let current = try guideline(id) else { throw problem(.unknownGuideline(id: id)) }
        guard review.statuses.contains(current.status) else {
            throw problem(.notInReview(id: id, status: current.status))
        }
        if let version = decision.version, version != current.version {
            throw problem(.changedMeanwhile(id: id))
        }
        var guideline = current
        var target: Guideline?
        switch decision.kind {
        case .approve: guideline.status = .active
        case .shadow: guideline.status = .shadow
        case .reject: guideline.status = .retired
        case .edit:
            decision.changes.apply(to: &guideline)
            guideline.status = .active
            guideline = try guideline.validated(at: decision.location)
        case .merge:
            guideline.status = .retired
            target = try merged(current, by: decision, similarity: similarity)
            guideline.additionalFields["merged_into"] = target.map { .string($0.id) }
        }
        guideline.source["review"] = note(decision, from: current, to: guideline)
        try keep(guideline)
        decided.insert(id)
        if let target {
            try keep(target)
            kept[id] = target.id
        }
    }

    /// The target with what the guideline adds to it.
    private func merged(
        _ guideline: Guideline, by decision: GuidelineDecision, similarity: Double
    ) throws -> Guideline {
        let id = decision.target ?? ""
        func problem(_ words: String) -> GuideAlignError {
            .review(.invalidTarget(id: decision.id, target: id, problem: words), decision.location)
        }
        guard id != decision.id else { throw problem("it is the guideline itself") }
        guard var target = try self.guideline(id) else { throw problem("the library has no such guideline") }
        guard target.status != .retired else { throw problem("that guideline is retired") }
        let duplicate = MergedDuplicate(guideline: guideline, tier: .semantic, similarity: similarity)
        target.merge([duplicate], maximumExamples: review.maximumExamples)
        return target
    }

    private func note(_ decision: GuidelineDecision, from before: Guideline, to after: Guideline) -> JSONValue {
        var note: [String: JSONValue] = ["decision": .string(decision.kind.rawValue), "date": .string(date)]
        if let reviewer = review.reviewer { note["reviewer"] = .string(reviewer) }
        if let reason = decision.reason, !reason.isEmpty { note["reason"] = .string(reason) }
        if let target = decision.target { note["into"] = .string(target) }
        if decision.kind == .edit {
            let fields = [
                ("risk", before.risk != after.risk), ("severity", before.severity != after.severity),
                ("text", before.text != after.text), ("title", before.title != after.title),
            ]
            note["changed"] = .array(fields.filter(\.1).map { .string($0.0) })
        }
        return .object(note)
    }

    private mutating func keep(_ guideline: Guideline) throws {
        if before[guideline.id] == nil { before[guideline.id] = try transaction.guideline(id: guideline.id) }
        changed[guideline.id] = guideline
    }

    /// Stores what has changed.
    mutating func finish() throws -> [ReviewReceipt.Change] {
        if !kept.isEmpty { try retarget() }
        // The retired ones first, so that no two that are active say the same at any time.
        let ids = changed.keys.sorted { one, other in
            let (first, second) = (changed[one]?.status == .retired, changed[other]?.status == .retired)
            return first != second ? first : one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        var changes: [ReviewReceipt.Change] = []
        for id in ids {
            guard let guideline = changed[id], let old = before[id] else { continue }
            try transaction.upsert(guideline)
            guard let after = try transaction.guideline(id: id), after.version != old.version else { continue }
            changes.append(.init(before: old, after: after))
        }
        return changes
    }

    /// Points relations at the guidelines that others were merged into.
    private mutating func retarget() throws {
        var last: [String: String] = [:]
        for id in kept.keys {
            // What was merged into is not retired then, so that there are no circles.
            var target = id
            while let next = kept[target] { target = next }
            last[id] = target
        }
        for id in changed.keys { changed[id]?.retargetRelations(last) }
        var others: [Guideline] = []
        try transaction.forEachGuidelineWithRelations { guideline in
            guard changed[guideline.id] == nil else { return }
            var guideline = guideline
            if guideline.retargetRelations(last) { others.append(guideline) }
        }
        for guideline in others { try keep(guideline) }
    }
}
