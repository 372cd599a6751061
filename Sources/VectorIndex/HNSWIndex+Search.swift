import CKernels

extension HNSWIndex {
    /// Rows below which a scan beats the graph.
    static var scanThreshold: Int { 2_048 }

    public func search(
        _ query: [Float], limit: Int, options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        try query.withUnsafeBufferPointer { try search($0, limit: limit, options: options) }
    }

    /// As ``search(_:limit:options:)-([Float],_,_)``, for a query that lies in memory of the caller's.
    public func search(
        _ query: UnsafeBufferPointer<Float>, limit: Int, options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        try pool.withWorkspace { workspace in
            try lock.read {
                try state.check(limit: limit, options: options)
                let kernels = fp_kernels_current().pointee
                let prepared = try state.prepare(query, workspace: workspace, kernels: kernels)
                var statistics = SearchStatistics()
                let candidates = candidates(
                    prepared, limit: limit, options: options, workspace: workspace, kernels: kernels,
                    statistics: &statistics)
                let neighbors = state.neighbors(candidates, query: prepared, minimumScore: options.minimumScore)
                return SearchResult(neighbors: neighbors, statistics: statistics)
            }
        }
    }

    private func candidates(
        _ query: KeyedRows<Key>.PreparedQuery, limit: Int, options: SearchOptions<Key>, workspace: SearchWorkspace,
        kernels: fp_kernels, statistics: inout SearchStatistics
    ) -> [Candidate] {
        let wanted = min(limit, state.count)
        guard wanted > 0 else { return [] }
        let ef = max(options.efSearch ?? configuration.efSearch, wanted)

        /// The graph, if it pays, then a scan if it has to be.
        func search(matching: Int?, through acceptance: some Acceptance) -> [Candidate] {
            let rows = matching ?? state.count
            if options.strategy == .automatic, rows > max(Self.scanThreshold, ef) {
                // Once as many rows have been scored as match, the scan would have been cheaper.
                let isComplete = travel(
                    query, ef: ef, acceptance: acceptance, budget: rows, workspace: workspace, kernels: kernels,
                    statistics: &statistics)
                if isComplete, workspace.beam.count >= min(wanted, rows) {
                    statistics.plan = .graph
                    return rerank(query, limit: wanted, workspace: workspace, kernels: kernels)
                }
                // With an unknown number of matches, what the graph found may be all there is; only a scan can tell.
                statistics.plan = .graphThenExact
            }
            return state.scan(
                query, limit: wanted, filter: options.filter, workspace: workspace, statistics: &statistics)
        }

        switch options.filter {
        case .none where state.rows.liveCount == state.rows.count:
            return search(matching: nil, through: AcceptAll())
        case .none:
            return search(matching: nil, through: AcceptRows(bits: state.rows.live))
        case .rows(let filter):
            let bits = state.rows.live.intersection(filter.bits)
            return search(matching: bits.count, through: AcceptRows(bits: bits))
        case .predicate(let predicate):
            return search(
                matching: nil,
                through: AcceptKeys(live: state.rows.live, keys: state.keys.keys, predicate: predicate))
        }
    }

    /// Leaves the nearest acceptable nodes in the beam; false if it gave up.
    private func travel(
        _ query: KeyedRows<Key>.PreparedQuery, ef: Int, acceptance: some Acceptance, budget: Int,
        workspace: SearchWorkspace, kernels: fp_kernels, statistics: inout SearchStatistics
    ) -> Bool {
        let scale = state.rows.quantize(query.vector, into: workspace.queryCode, kernels)
        let coded = CodedQuery(code: UnsafePointer(workspace.queryCode), scale: scale)
        guard
            let entry = graph.descend(
                state.rows, query: coded, to: 0, workspace: workspace, kernels: kernels, statistics: &statistics)
        else { return false }
        if acceptance is AcceptAll {
            graph.searchLayer(
                state.rows, query: coded, level: 0, ef: ef, from: [entry], workspace: workspace, kernels: kernels,
                statistics: &statistics)
            return true
        }
        return graph.searchAccepting(
            state.rows, query: coded, ef: ef, from: entry, acceptance: acceptance, budget: budget,
            workspace: workspace, kernels: kernels, statistics: &statistics)
    }

    /// Ranks the head of the beam again in full precision.
    private func rerank(
        _ query: KeyedRows<Key>.PreparedQuery, limit: Int, workspace: SearchWorkspace, kernels: fp_kernels
    ) -> [Candidate] {
        var candidates = workspace.beam.candidates(prefix: max(2 * limit, limit + 16))
        let rows = state.rows
        var start = 0
        while start < candidates.count {
            let run = min(SearchWorkspace.runLength, candidates.count - start)
            for index in 0..<run { workspace.ids[index] = candidates[start + index].row }
            kernels.dot_f32_gather(
                query.vector, rows.vectors.base, rows.vectors.stride, rows.dimension, workspace.ids, run,
                workspace.floats)
            for index in 0..<run {
                candidates[start + index].affinity = workspace.floats[index] + rows.bias(workspace.ids[index])
            }
            start += run
        }
        candidates.sort { $0.isBefore($1) }
        return Array(candidates.prefix(limit))
    }
}
