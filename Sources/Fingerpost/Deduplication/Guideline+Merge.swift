import GuidelineStore

/// A guideline that is merged into another one, and why.
public struct MergedDuplicate: Sendable, Hashable {
    public var guideline: Guideline
    public var tier: DuplicateTier
    public var similarity: Double

    public init(guideline: Guideline, tier: DuplicateTier, similarity: Double) {
        self.guideline = guideline
        self.tier = tier
        self.similarity = similarity
    }
}

extension Guideline {
    /// Takes over what duplicates say beside the text: examples, counterexamples, risks, tags and relations that it does
    /// not have; the highest severity; their support, which is added to its own; and their origin, as entries of the field
    /// `merged` with `id`, `version`, `source`, `support`, `tier` and `similarity`. What was merged into a duplicate
    /// before comes along.
    ///
    /// - Parameter maximumExamples: examples, and counterexamples, that it has at most afterwards, unless it has more
    ///   now. An example of one that is a counterexample of the other is not taken over.
    public mutating func merge(_ duplicates: [MergedDuplicate], maximumExamples: Int) {
        guard !duplicates.isEmpty else { return }
        let others = duplicates.map(\.guideline)
        let (ownExamples, ownCounterexamples) = (Set(examples), Set(counterexamples))
        examples = Self.union(
            examples, others.map(\.examples), maximum: maximumExamples, except: ownCounterexamples)
        counterexamples = Self.union(
            counterexamples, others.map(\.counterexamples), maximum: maximumExamples,
            except: ownExamples.union(examples))
        risk = Self.union(risk, others.map(\.risk))
        tags = Self.union(tags, others.map(\.tags))
        let severities = Severity.allCases
        severity =
            ([severity] + others.map(\.severity))
            .max { (severities.firstIndex(of: $0) ?? 0) < (severities.firstIndex(of: $1) ?? 0) } ?? severity

        var total = support
        var merged = mergedEntries
        for duplicate in duplicates {
            let (sum, isTooLarge) = total.addingReportingOverflow(duplicate.guideline.support)
            total = isTooLarge ? .max : sum
            merged.append(duplicate.mergedEntry)
            merged += duplicate.guideline.mergedEntries
        }
        additionalFields["support"] = .integer(total)
        additionalFields["merged"] = .array(merged)
        var known = Set(relations)
        for relation in others.flatMap(\.relations) where known.insert(relation).inserted { relations.append(relation) }
    }

    /// Points relations at the guidelines that others were merged into.
    ///
    /// - Parameter kept: The id of the guideline kept for each dropped one.
    /// - Returns: Whether anything has changed. Relations to itself and repeated ones go.
    @discardableResult
    public mutating func retargetRelations(_ kept: [String: String]) -> Bool {
        var known: Set<Relation> = []
        let changed = relations.compactMap { relation -> Relation? in
            let relation = Relation(type: relation.type, target: kept[relation.target] ?? relation.target)
            return relation.target != id && known.insert(relation).inserted ? relation : nil
        }
        guard changed != relations else { return false }
        relations = changed
        return true
    }

    var mergedEntries: [JSONValue] {
        guard case .array(let entries)? = additionalFields["merged"] else { return [] }
        return entries
    }

    private static func union(
        _ own: [String], _ others: [[String]], maximum: Int = .max, except: Set<String> = []
    ) -> [String] {
        var result = own
        var known = Set(own).union(except)
        for item in others.joined() {
            guard result.count < maximum else { break }
            if known.insert(item).inserted { result.append(item) }
        }
        return result
    }
}

extension MergedDuplicate {
    fileprivate var mergedEntry: JSONValue {
        var entry: [String: JSONValue] = [
            "id": .string(guideline.id), "version": .integer(guideline.version),
            "support": .integer(guideline.support), "tier": .string(tier.rawValue),
            "similarity": .number((similarity * 10_000).rounded() / 10_000),
        ]
        if !guideline.source.isEmpty { entry["source"] = .object(guideline.source) }
        return .object(entry)
    }
}
