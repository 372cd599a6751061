import CKernels

/// One search of a graph index: which way it goes, and what comes of it.
struct IndexSearch<Key: IndexKey> {
    let state: IndexState<Key>
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
        self.state = state
        self.configuration = configuration
        self.options = options
        self.workspace = workspace
    }

    func run(_ query: UnsafeBufferPointer<Float>, limit: Int) throws(VectorIndexError) -> SearchResult<Key> {
        try options.check(limit: limit, epoch: state.epoch)
        let prepared = try state.rows.prepare(query, workspace: workspace, kernels: kernels)
        var statistics = SearchStatistics()
        workspace.damage = nil
        let neighbors = state.rows.neighbors(
            limit: limit, isMultiple: isMultiple, keys: state.keys, query: prepared,
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
        let rows = state.rows
        let live = Acceptance.rows(rows.live)
        switch options.filter {
        case .none where rows.liveCount == rows.count:
            return search(query, limit: limit, matching: nil, through: .all, statistics: &statistics)
        case .none:
            return search(query, limit: limit, matching: nil, through: live, statistics: &statistics)
        case .rows(let filter):
            let bits = filter.bits.intersection(rows.live)
            return bits.words.withUnsafeBufferPointer { words in
                search(
                    query, limit: limit, matching: bits.count, through: .rows(words),
                    statistics: &statistics)
            }
        case .predicate(let predicate):
            return search(
                query, limit: limit, matching: nil,
                through: .rows(rows.live, where: { predicate(state.keys[$0]) }), statistics: &statistics)
        }
    }

    /// The graph, if it pays, then a scan if it has to be.
    private func search(
        _ query: PreparedQuery, limit: Int, matching: Int?, through acceptance: Acceptance,
        statistics: inout SearchStatistics
    ) -> [Candidate] {
        let rows = state.rows
        let wanted = min(limit, rows.liveCount)
        guard wanted > 0 else { return [] }
        let planner = SearchPlanner(
            graph: state.graph, ef: max(options.efSearch ?? configuration.efSearch, wanted), wanted: wanted,
            strategy: options.strategy)
        if let travel = planner.travel(matching: matching, acceptance: acceptance) {
            let isComplete = self.travel(query, travel, acceptance: acceptance, statistics: &statistics)
            if workspace.damage != nil { return [] }
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
        let graph = state.graph
        let scale = VectorMath.quantize(query.vector, graph.rows.dimension, into: workspace.queryCode, kernels)
        let coded = CodedQuery(code: UnsafePointer(workspace.queryCode), scale: scale)
        guard
            let place = graph.descend(
                query: coded, to: 0, workspace: workspace, kernels: kernels, statistics: &statistics)
        else { return false }
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
        let rows = state.rows
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
