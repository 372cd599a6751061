import Foundation
import GuidelineStore
import Platform

extension GuidelineLibrary {
    /// Finds the duplicates among the guidelines that are not retired. Nothing is changed.
    ///
    /// - Parameters:
    ///   - options: Thresholds, tiers and what bars a merge.
    ///   - progress: told on the calling thread how many guidelines are done; may throw to end the work.
    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``, ``GuidelineStoreError`` and what `progress`
    ///   throws.
    /// - Complexity: see ``DeduplicationOptions/exhaustiveLimit``; the texts are held in memory, with the semantic tier
    ///   their vectors too.
    public func deduplicationPlan(
        options: DeduplicationOptions = DeduplicationOptions(),
        progress: (_ completed: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> DeduplicationPlan {
        try options.validate()
        var corpus = DuplicateCorpus()
        var numbers: [Int64: Int32] = [:]
        let generation = try database.generation
        try database.forEachGuideline { row, guideline in
            guard guideline.status != .retired else { return }
            numbers[row] = Int32(clamping: corpus.count)
            corpus.append(guideline)
        }
        let vectors = try options.tiers.contains(.semantic) ? storedVectors(numbers) : nil
        let found = try DuplicateSearch(corpus: corpus, options: options).run(vectors: vectors, progress: progress)
        let texts = try entries(of: found, corpus.ids)
        return DeduplicationPlan(
            libraryID: try database.libraryID, generation: generation, tiers: options.tiers,
            fuzzyThreshold: options.fuzzyThreshold, semanticThreshold: options.semanticThreshold,
            acrossAuthority: options.acrossAuthority, guidelineCount: found.count,
            groups: found.groups.compactMap { group in
                guard let kept = texts[group.kept] else { return nil }
                let members = group.members.compactMap { member in
                    texts[member.index].map {
                        DeduplicationPlan.Member(entry: $0, tier: member.tier, similarity: member.similarity)
                    }
                }
                return members.isEmpty ? nil : DeduplicationPlan.Group(kept: kept, members: members)
            },
            conflicts: found.conflicts.compactMap { conflict in
                guard let first = texts[conflict.first], let second = texts[conflict.second] else { return nil }
                return .init(
                    first: first, second: second, tier: conflict.tier, similarity: conflict.similarity)
            })
    }

    /// What the plan says of the guidelines in it. One that another process has removed meanwhile is left out.
    private func entries(of found: DuplicateGroups, _ ids: [String]) throws -> [Int: DeduplicationPlan.Entry] {
        var wanted: Set<Int> = []
        for group in found.groups {
            wanted.insert(group.kept)
            wanted.formUnion(group.members.map(\.index))
        }
        for conflict in found.conflicts { wanted.formUnion([conflict.first, conflict.second]) }
        let numbers = wanted.sorted()
        var entries: [Int: DeduplicationPlan.Entry] = [:]
        for start in stride(from: 0, to: numbers.count, by: 1_024) {
            let part = numbers[start..<min(numbers.count, start + 1_024)]
            for (number, guideline) in zip(part, try database.guidelines(ids: part.map { ids[$0] })) {
                entries[number] = guideline.map(DeduplicationPlan.Entry.init)
            }
        }
        return entries
    }

    private func storedVectors(_ numbers: [Int64: Int32]) throws -> StoredVectors {
        var vectors = StoredVectors(dimension: encoder.dimension, count: numbers.count)
        try database.forEachVector { vector in
            guard vector.field == .text, let number = numbers[vector.guidelineRow] else { return }
            vectors.set(number, vector.values)
        }
        return vectors
    }

    // MARK: Applying

    /// Merges the accepted groups of a plan in one transaction, and brings the index up to date.
    ///
    /// - Parameters:
    ///   - plan: Made for this library, and perhaps edited since.
    ///   - maximumExamples: See ``DeduplicationOptions/maximumExamples``.
    ///   - removing: Whether to remove the guidelines that are dropped, rather than to retire them.
    ///   - skippingChanged: Whether to leave out groups with guidelines that have changed since the plan was made.
    /// - Throws: ``FingerpostError/foreignPlan(plan:library:)``, ``FingerpostError/outdatedPlan(library:ids:)`` unless such
    ///   groups are left out, and ``GuidelineStoreError``. Then nothing has changed.
    @discardableResult
    public func apply(
        _ plan: DeduplicationPlan, maximumExamples: Int = DeduplicationOptions().maximumExamples,
        removing: Bool = false, skippingChanged: Bool = false, progress: ProgressHandler? = nil
    ) throws -> DeduplicationOutcome {
        let id = try database.libraryID
        guard plan.libraryID == id else {
            throw FingerpostError.foreignPlan(plan: plan.libraryID, library: folder.path)
        }
        let accepted = plan.groups.filter { $0.accept && !$0.members.isEmpty }
        return try change(progress) { transaction in
            var outcome = DeduplicationOutcome()
            var changed: [String: Guideline] = [:]
            var keptIDs: [String: String] = [:]
            var dropped: [String] = []
            for group in accepted {
                let entries = [group.kept] + group.members.map(\.entry)
                let current = try entries.map { try transaction.guideline(id: $0.id) }
                let stale = zip(entries, current).filter { entry, guideline in
                    !(guideline.map(entry.matches) ?? false)
                }
                guard stale.isEmpty, var kept = current[0] else {
                    outcome.skipped += stale.map(\.0.id)
                    continue
                }
                var duplicates: [MergedDuplicate] = []
                for (member, guideline) in zip(group.members, current.dropFirst()) {
                    guard let guideline else { continue }
                    duplicates.append(
                        MergedDuplicate(guideline: guideline, tier: member.tier, similarity: member.similarity))
                    keptIDs[guideline.id] = kept.id
                    dropped.append(guideline.id)
                    if !removing {
                        var retired = guideline
                        retired.status = .retired
                        retired.additionalFields["merged_into"] = .string(kept.id)
                        changed[guideline.id] = retired
                    }
                }
                kept.merge(duplicates, maximumExamples: maximumExamples)
                changed[kept.id] = kept
                outcome.groups += 1
            }
            guard outcome.skipped.isEmpty || skippingChanged else {
                throw FingerpostError.outdatedPlan(library: folder.path, ids: outcome.skipped)
            }
            let removed = removing ? Set(dropped) : []
            for id in changed.keys { changed[id]?.retargetRelations(keptIDs) }
            try transaction.forEachGuidelineWithRelations { guideline in
                guard changed[guideline.id] == nil, !removed.contains(guideline.id) else { return }
                var guideline = guideline
                guard guideline.retargetRelations(keptIDs) else { return }
                changed[guideline.id] = guideline
                outcome.retargeted += 1
            }
            // The duplicates first, so that no two active guidelines say the same at any time.
            for id in dropped {
                if removing {
                    try transaction.remove(id: id)
                } else if let retired = changed.removeValue(forKey: id) {
                    try transaction.upsert(retired)
                }
            }
            for id in changed.keys.sorted() {
                if let guideline = changed[id] { try transaction.upsert(guideline) }
            }
            outcome.merged = dropped.count
            return outcome
        }
    }
}

/// The vectors of a library's guidelines, by their places.
private struct StoredVectors: VectorSource {
    let dimension: Int
    private var values: [Float]

    init(dimension: Int, count: Int) {
        self.dimension = dimension
        values = [Float](repeating: 0, count: dimension * count)
    }

    /// Takes a vector, scaled to unit length.
    mutating func set(_ number: Int32, _ vector: UnsafeBufferPointer<Float>) {
        guard vector.count == dimension else { return }
        var square = 0.0
        for value in vector { square += Double(value) * Double(value) }
        guard square > 0 else { return }
        let scale = Float(1 / square.squareRoot())
        for (index, value) in vector.enumerated() { values[Int(number) * dimension + index] = value * scale }
    }

    func vectors(of items: [Int32], threads: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(items.count * dimension)
        for item in items { result += values[(Int(item) * dimension)..<((Int(item) + 1) * dimension)] }
        return result
    }
}
