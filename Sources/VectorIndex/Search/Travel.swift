/// How far a search goes through the graph.
struct Travel {
    /// Nodes that the beam holds: the search ends when all of them have been expanded.
    var beam: Int
    /// Acceptable rows that are kept, by the affinity of their codes.
    var keep: Int
    /// Under a filter: acceptable rows that have to be nearer than everything left for the search to end before its beam
    /// is used up. 0 without a filter.
    var matching = 0
    /// Under a filter: expansions that cost as much as looking at every matching row. A search that is going to need
    /// more gives up, early.
    var budget = Int.max

    /// Under a filter: only acceptable nodes are in the beam; see
    /// ``GraphView/searchMatching(query:travel:from:acceptance:workspace:kernels:statistics:)``.
    var keepsToMatches = false

    /// Without a filter.
    init(ef: Int, keep: Int) {
        beam = ef
        self.keep = keep
    }

    init(matchesAlone ef: Int, keep: Int) {
        beam = ef
        self.keep = keep
        keepsToMatches = true
    }

    init(beam: Int, keep: Int, matching: Int, budget: Int) {
        self.beam = beam
        self.keep = keep
        self.matching = matching
        self.budget = budget
    }

    var isFiltered: Bool { matching > 0 }

    /// Whether a filtered search that has expanded some nodes and found some acceptable rows should go on.
    func isHopeless(expanded: Int, found: Int) -> Bool {
        guard expanded >= 32 else { return false }
        if expanded > budget { return true }
        return found < matching && expanded * matching / max(found, 1) > budget + budget / 4
    }
}
