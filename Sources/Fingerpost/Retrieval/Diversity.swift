/// How guidelines that say nearly the same are kept from filling an answer.
public enum Diversity: Sendable, Hashable {
    /// Leaves out a guideline whose letters are as alike to those of a better one, by ``TextSimilarity/ratio(_:_:)`` of what
    /// they say. Guide-Align (2024) does so at 0.5, which unrelated sentences of a length come close to.
    case fuzzy(Double)
    /// Takes, one after the other, the guideline with the largest `weight * score - (1 - weight) * likeness`, where likeness
    /// is the cosine similarity of what it says to that of the nearest one taken before: maximal marginal relevance (Carbonell
    /// and Goldstein, 1998). The weight is 0 to 1; at 1 nothing changes.
    case marginalRelevance(weight: Double)
}

extension Diversity {
    /// Chooses at most `limit` of the candidates, which come best first.
    ///
    /// - Parameter likeness: the cosine similarity of what two of them say.
    /// - Returns: Those chosen, best first, and the ids of those that would be among them but for others that are alike.
    func choose(
        _ limit: Int, of candidates: [Selection.Candidate],
        likeness: (Selection.Candidate, Selection.Candidate) throws -> Float
    ) rethrows -> (chosen: [Selection.Candidate], nearDuplicates: Set<String>) {
        guard limit > 0 else { return ([], []) }
        switch self {
        case .fuzzy(let threshold):
            var chosen: [Selection.Candidate] = []
            var nearDuplicates: Set<String> = []
            for candidate in candidates where chosen.count < limit {
                let text = candidate.match.guideline.statement
                let isAlike = chosen.contains {
                    TextSimilarity.ratio($0.match.guideline.statement, text) >= threshold
                }
                if isAlike { nearDuplicates.insert(candidate.match.id) } else { chosen.append(candidate) }
            }
            return (chosen, nearDuplicates)
        case .marginalRelevance(let weight):
            var left = Array(candidates.enumerated())
            var places: [Int] = []
            // Of each that is left, to the nearest that is taken.
            var nearest = [Float](repeating: 0, count: candidates.count)
            while places.count < limit, !left.isEmpty {
                func gain(_ item: (offset: Int, element: Selection.Candidate)) -> Double {
                    weight * Double(item.element.match.score) - (1 - weight) * Double(nearest[item.offset])
                }
                // Of equal ones the first, which ranks higher.
                var best = 0
                for index in left.indices where gain(left[index]) > gain(left[best]) { best = index }
                let (place, taken) = left.remove(at: best)
                for (other, candidate) in left {
                    nearest[other] = max(places.isEmpty ? -1 : nearest[other], try likeness(taken, candidate))
                }
                places.append(place)
            }
            places.sort()
            let last = places.last ?? 0
            let skipped = (0..<last).filter { !places.contains($0) }
            return (places.map { candidates[$0] }, Set(skipped.map { candidates[$0].match.id }))
        }
    }
}
