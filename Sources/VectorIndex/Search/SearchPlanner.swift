extension Double {
    /// Of a number from 0 to 1, near enough for planning: Newton's method from above.
    fileprivate var cubeRoot: Double {
        guard self > 0 else { return 0 }
        var root = 1.0
        for _ in 0..<24 { root -= (root - self / (root * root)) / 3 }
        return root
    }
}

/// Decides between a scan of all matching rows and a way through the graph, by what each would cost.
///
/// Costs are in the unit of one row scanned in full precision. What an expansion costs was measured on sentence vectors
/// of 384 dimensions: reading the node's neighbours is about as much memory as reading a few rows.
struct SearchPlanner {
    let graph: GraphView
    /// Length of the beam without a filter.
    let ef: Int
    let wanted: Int
    let strategy: SearchStrategy

    /// Rows scanned in the time in which a node is expanded.
    var expansionCost: Int { graph.codebook == nil ? 18 : 9 }
    /// The same where only matching nodes are gone through.
    private static var matchingCost: Int { 80 }
    /// Of matching nodes: where more match, going through the others as well is faster.
    private static var commonShare: Double { 0.15 }
    /// Rows scanned in the time that goes by before the first node is expanded.
    private static var descentCost: Int { 150 }
    /// Expansions beside those of the beam's nodes, before it is among the nearest.
    private static var approach: Int { 16 }

    /// What is kept for ranking in full precision: enough that the rounding of codes loses nothing.
    private var keep: Int { wanted + max(8, wanted / 2) }

    /// Nil if a scan costs less, or is asked for.
    ///
    /// - Parameters:
    ///   - matching: how many rows match, if that is known.
    ///   - isFiltered: false if all rows match but the dead.
    func travel(matching: Int?, isFiltered: Bool) -> Travel? {
        guard strategy != .exact else { return nil }
        let live = graph.rows.liveCount
        let matches = matching ?? live
        guard graph.entry != nil, strategy == .graph || matches > wanted else { return nil }
        let share = Double(matches) / Double(max(1, graph.nodeCount))
        if isFiltered, graph.codebook == nil, share < Self.commonShare, let travel = travelAmongMatches(matches) {
            return travel
        }
        let needed = isFiltered ? self.needed(share: share) : ef
        let expansions = Int(Double(needed) / max(share, 1e-9)) + Self.approach
        // A scan that takes little longer is worth it: what it finds is exact.
        guard strategy == .graph || 3 * (Self.descentCost + expansions * expansionCost) < 2 * matches else {
            return nil
        }
        // Dead rows take up places of the beam.
        guard isFiltered else { return Travel(ef: Int(Double(ef) / max(share, 0.5)), keep: keep) }
        // Matches may be rarer near the query than elsewhere, so that the search may take longer than expected: up to
        // two thirds of what there is in its place.
        let other = min(matches, Self.descentCost + matchesAhead(of: matches) * Self.matchingCost)
        let budget = max(expansions, 2 * other / (3 * expansionCost))
        return Travel(
            beam: min(max(4 * expansions, ef), 1 << 14), keep: keep, matching: max(needed, keep), budget: budget)
    }

    /// A way through matching nodes alone. Nil if a scan of all of them costs less, or they are too rare to meet a few of
    /// them within two links of each other.
    func travelAmongMatches(_ matches: Int) -> Travel? {
        let degree = graph.layout.degree
        guard matches * degree * degree >= 16 * graph.nodeCount else { return nil }
        let beam = matchesAhead(of: matches)
        guard strategy == .graph || 3 * (Self.descentCost + beam * Self.matchingCost) < 2 * matches else {
            return nil
        }
        return Travel(matchesAlone: beam, keep: keep)
    }

    /// What the beam of a search holds that goes through matching nodes alone: at each it sees more of them than links,
    /// unless they are rare.
    private func matchesAhead(of matches: Int) -> Int {
        let rare = ef * graph.nodeCount / max(1, matches * 32)
        return max(min(max(2 * ef / 3, rare), 2 * ef), keep)
    }

    /// Acceptable rows to be found before a filtered search may end. The rarer they are, the farther apart, and the more
    /// of the way to the last is spent on the others: fewer will do.
    private func needed(share: Double) -> Int {
        max(wanted + wanted / 2, Int(Double(ef) * share.cubeRoot))
    }
}
