import CKernels

/// One search of a graph index: which way it goes, and what comes of it.
struct IndexSearch<Key: IndexKey> {
    // Plain pointers: the state that they are of would be counted up and down by all threads at once.
    let graph: GraphView
    let keys: KeyView<Key>
    let epoch: UInt64
    let configuration: HNSWConfiguration
    let options: SearchOptions<Key>
    let isMultiple: Bool
    let workspace: SearchWorkspace
    private let kernels = fp_kernels_current().pointee

    init(
        state: IndexState<Key>, configuration: HNSWConfiguration, options: SearchOptions<Key>, isMultiple: Bool,
        workspace: SearchWorkspace
    ) {
        self.isMultiple = isMultiple
        graph = state.graph
        keys = state.keys
        epoch = state.epoch
        self.configuration = configuration
        self.options = options
        self.workspace = workspace
    }

    func run(_ query: UnsafeBufferPointer<Float>, limit: Int) throws(VectorIndexError) -> SearchResult<Key> {
        try options.check(limit: limit, epoch: epoch)
        let prepared = try graph.rows.prepare(query, workspace: workspace, kernels: kernels)
        var statistics = SearchStatistics()
        workspace.damage = nil
        let neighbors = graph.rows.neighbors(
            limit: limit, isMultiple: isMultiple, keys: keys, query: prepared,
            minimumScore: options.minimumScore
        ) { wanted in
            candidates(prepared, limit: wanted, statistics: &statistics)
        }
        if let damage = workspace.damage { throw damage }
        return SearchResult(neighbors: neighbors, statistics: statistics)
    }

    private func candidates(
        _ query: PreparedQuery, limit: Int, statistics: inout SearchStatistics
    ) -> [Candidate] {
        let rows = graph.rows
        let live = Acceptance.rows(rows.live)
        switch options.filter {
        case .none:
            return search(
                query, limit: limit, matching: nil, isFiltered: false,
                through: rows.liveCount == rows.count ? .all : live, statistics: &statistics)
        case .rows(let filter):
            let (bits, count) = rows.living(filter)
            return bits.words.withUnsafeBufferPointer { words in
                search(
                    query, limit: limit, matching: count, isFiltered: true, through: .rows(words),
                    statistics: &statistics)
            }
        case .predicate(let predicate):
            return search(
                query, limit: limit, matching: nil, isFiltered: true,
                through: .rows(rows.live, where: { predicate(keys[$0]) }), statistics: &statistics)
        }
    }

    /// The graph, if it pays, then a scan if it has to be.
    private func search(
        _ query: PreparedQuery, limit: Int, matching: Int?, isFiltered: Bool, through acceptance: Acceptance,
        statistics: inout SearchStatistics
    ) -> [Candidate] {
        let rows = graph.rows
        let wanted = min(limit, rows.liveCount)
        guard wanted > 0 else { return [] }
        let planner = SearchPlanner(
            graph: graph, ef: max(options.efSearch ?? configuration.efSearch, wanted), wanted: wanted,
            strategy: options.strategy)
        if let travel = planner.travel(matching: matching, isFiltered: isFiltered) {
            var isComplete = self.travel(query, travel, acceptance: acceptance, statistics: &statistics)
            if workspace.damage != nil { return [] }
            if !isComplete, !travel.keepsToMatches, let matching, let detour = planner.travelAmongMatches(matching) {
                isComplete = self.travel(query, detour, acceptance: acceptance, statistics: &statistics)
                if workspace.damage != nil { return [] }
            }
            if isComplete, workspace.found.count >= min(wanted, matching ?? wanted) {
                statistics.plan = .graph
                return rerank(query, limit: wanted)
            }
            // With an unknown number of matches, what the graph found may be all there is; only a scan can tell.
            statistics.plan = .graphThenExact
        }
        return ExactScan.search(
            rows, query: query.vector, limit: wanted, acceptance: acceptance, workspace: workspace,
            statistics: &statistics)
    }

    /// Leaves the nearest acceptable rows in the workspace; false if it gave up.
    private func travel(
        _ query: PreparedQuery, _ travel: Travel, acceptance: Acceptance, statistics: inout SearchStatistics
    ) -> Bool {
        let scale = VectorMath.quantize(query.vector, graph.rows.dimension, into: workspace.queryCode, kernels)
        let coded = CodedQuery(code: UnsafePointer(workspace.queryCode), scale: scale)
        guard
            let place = graph.descend(
                query: coded, to: 0, workspace: workspace, kernels: kernels, statistics: &statistics)
        else { return false }
        if travel.keepsToMatches {
            return graph.searchMatching(
                query: coded, travel: travel, from: place.row, acceptance: acceptance, workspace: workspace,
                kernels: kernels, statistics: &statistics)
        }
        guard let codebook = graph.codebook else {
            return graph.searchCodes(
                query: coded, travel: travel, from: CollectionOfOne(place.row), acceptance: acceptance,
                workspace: workspace, kernels: kernels, statistics: &statistics)
        }
        let table = graph.table(coded, codebook, workspace: workspace, kernels: kernels)
        return graph.searchPanels(
            query: coded, table: table, travel: travel, from: place.row, acceptance: acceptance,
            workspace: workspace, kernels: kernels, statistics: &statistics)
    }

    /// Ranks what was found again in full precision.
    private func rerank(_ query: PreparedQuery, limit: Int) -> [Candidate] {
        let rows = graph.rows
        var candidates = workspace.found.prefix(.max)
        let regions = RegionGuard(rows.vectorChecksums)
        guard candidates.allSatisfy({ workspace.admits($0.row, regions) }) else { return [] }
        var start = 0
        while start < candidates.count {
            let run = min(SearchWorkspace.runLength, candidates.count - start)
            for index in 0..<run { workspace.vectors[index] = rows.vector(candidates[start + index].row) }
            kernels.dot_f32_gather(query.vector, workspace.vectors, rows.dimension, run, workspace.floats)
            for index in 0..<run {
                candidates[start + index].affinity = workspace.floats[index] + rows.bias(candidates[start + index].row)
            }
            start += run
        }
        candidates.sort { $0.isBefore($1) }
        return Array(candidates.prefix(limit))
    }
}
