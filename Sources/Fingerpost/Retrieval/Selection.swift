import GuidelineStore

/// Decides which candidates are returned, and why the others are not.
///
/// In this order: status, threshold, diversity, then relations among those that would be returned. Whatever a relation takes
/// out makes room for the next candidate, which may bring relations of its own, until nothing changes.
struct Selection {
    /// A guideline that was found, with how well it fits.
    struct Candidate {
        var match: GuidelineMatch
        var slot: Int
    }

    private(set) var matches: [Candidate] = []
    private(set) var dropped: [DroppedGuideline] = []

    /// - Parameters:
    ///   - candidates: best first, each guideline once.
    ///   - always: ids of guidelines that are returned beside the matches, on which others may depend.
    ///   - lines: what the library has learned about thresholds.
    ///   - likeness: the cosine similarity of what two guidelines say, for diversity.
    ///   - lookUp: an active guideline by its id, for those that others entail.
    init(
        _ candidates: [Candidate], always: Set<String> = [], options: RetrievalOptions,
        lines: CalibratedLines? = nil, likeness: (Candidate, Candidate) throws -> Float = { _, _ in 0 },
        lookUp: (String) throws -> Guideline?
    ) throws {
        var candidates = candidates
        var reasons: [String: DroppedGuideline.Reason] = [:]
        for index in candidates.indices {
            candidates[index].judge(options, lines)
            reasons[candidates[index].match.id] = candidates[index].match.reasonAgainst
        }
        var nearDuplicates: Set<String> = []
        func choose() throws {
            let eligible = candidates.filter { reasons[$0.match.id] == nil }
            guard let diversity = options.diversity else {
                return matches = Array(eligible.prefix(options.limit))
            }
            (matches, nearDuplicates) = try diversity.choose(options.limit, of: eligible, likeness: likeness)
        }
        try choose()
        if options.honorsRelations, matches.contains(where: { !$0.match.guideline.relations.isEmpty }) {
            var winners: [String: String] = [:]
            var restored: Set<String> = []
            while let conflict = Self.conflict(among: matches.map(\.match), always: always) {
                reasons[conflict.loser] = conflict.reason
                winners[conflict.loser] = conflict.winner
                // What was taken out by a guideline that does not apply after all has another chance, but only one.
                for (loser, winner) in winners where winner == conflict.loser && restored.insert(loser).inserted {
                    reasons[loser] = nil
                }
                try choose()
            }
            try addEntailed(always: always, unless: reasons, lookUp: lookUp)
        }
        for id in nearDuplicates { reasons[id] = .nearDuplicate }
        dropped = candidates.compactMap { candidate in
            reasons[candidate.match.id].map { DroppedGuideline(candidate.match, reason: $0) }
        }
    }

    // MARK: Relations

    private typealias Conflict = (loser: String, winner: String?, reason: DroppedGuideline.Reason)

    /// The first match that a relation takes out, and by whom.
    private static func conflict(among matches: [GuidelineMatch], always: Set<String>) -> Conflict? {
        let places = Dictionary(matches.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        func targets(_ match: GuidelineMatch, _ type: Guideline.Relation.Kind) -> [Int] {
            match.guideline.relations.lazy.filter { $0.type == type }.compactMap { places[$0.target] }
        }
        for match in matches.reversed() {
            func isMet(_ relation: Guideline.Relation) -> Bool {
                places[relation.target] != nil || always.contains(relation.target)
            }
            let all = match.guideline.relations.filter { $0.type == .dependsOnAll }
            let any = match.guideline.relations.filter { $0.type == .dependsOnAny }
            if !all.allSatisfy(isMet) || (!any.isEmpty && !any.contains(where: isMet)) {
                return (match.id, nil, .unmetDependency)
            }
        }
        for (place, match) in matches.enumerated() {
            for other in targets(match, .priority) {
                // Of two that claim priority over each other the one that ranks higher has it.
                let isMutual = targets(matches[other], .priority).contains(place)
                if !isMutual || place < other { return (matches[other].id, match.id, .deprioritized) }
            }
        }
        for (place, match) in matches.enumerated() {
            guard let other = targets(match, .excludes).first else { continue }
            let prevails = match.prevails(over: matches[other], ranksHigher: place < other)
            let (winner, loser) = prevails ? (match, matches[other]) : (matches[other], match)
            return (loser.id, winner.id, .excluded)
        }
        return nil
    }

    /// Adds the guidelines that matches entail, each after the first that does, beyond the limit if need be.
    private mutating func addEntailed(
        always: Set<String>, unless reasons: [String: DroppedGuideline.Reason], lookUp: (String) throws -> Guideline?
    ) throws {
        var present = always.union(matches.map(\.match.id))
        var place = 0
        while place < matches.count {
            let match = matches[place].match
            var next = place + 1
            for relation in match.guideline.relations where relation.type == .entails {
                guard reasons[relation.target] != .excluded, reasons[relation.target] != .deprioritized,
                    !present.contains(relation.target), let guideline = try lookUp(relation.target),
                    !matches.contains(where: { $0.match.guideline.excludes(guideline) })
                else { continue }
                present.insert(guideline.id)
                let via = MatchedPassage(field: .text, ordinal: 0, text: guideline.statement, score: 0)
                matches.insert(
                    Candidate(
                        match: GuidelineMatch(guideline: guideline, score: match.score, via: via, entailedBy: match.id),
                        slot: -1),
                    at: next)
                next += 1
            }
            place += 1
        }
    }
}

extension GuidelineMatch {
    /// Whether it prevails over another that excludes it or that it excludes: by authority, then priority, then rank.
    fileprivate func prevails(over other: GuidelineMatch, ranksHigher: Bool) -> Bool {
        let (own, its) = (guideline, other.guideline)
        if own.authority != its.authority { return own.authority > its.authority }
        if own.priority != its.priority { return own.priority > its.priority }
        return ranksHigher
    }
}

extension Guideline {
    /// Whether either of two guidelines excludes the other.
    fileprivate func excludes(_ other: Guideline) -> Bool {
        relations.contains { $0.type == .excludes && $0.target == other.id }
            || other.relations.contains { $0.type == .excludes && $0.target == id }
    }
}

extension GuidelineMatch {
    /// What speaks against a match by itself.
    fileprivate var reasonAgainst: DroppedGuideline.Reason? {
        guard guideline.status == .active else { return .status }
        guard let threshold else { return nil }
        guard let evidence, evidence >= threshold else { return .belowThreshold }
        return nil
    }
}

/// A library's calibration as it is for one input.
struct CalibratedLines {
    let calibration: Calibration
    /// See ``Calibration/shift(for:)``.
    let shift: Float
    /// By slot; nil where the calibration is about all guidelines.
    let isInScope: [Bool]?
}

extension Selection.Candidate {
    /// Sets what the match is compared with: its own threshold, else the lowest of those for its risks, else the one for
    /// all, else what the library has learned.
    fileprivate mutating func judge(_ options: RetrievalOptions, _ lines: CalibratedLines?) {
        let given: Float? =
            if options.usesThresholds, let own = match.guideline.threshold {
                Float(own)
            } else {
                match.guideline.risk.compactMap { options.riskThresholds[$0] }.min() ?? options.minimumScore
            }
        if given == nil, let lines, lines.isInScope?[slot] ?? true {
            match.threshold = lines.calibration.threshold(for: match.id)
            match.evidence = match.similarity.map { $0 + lines.shift }
        } else {
            match.threshold = given
            match.evidence = given == nil ? nil : match.similarity ?? match.score
        }
    }
}
