import CKernels

extension HNSWIndex {
    public func search(
        _ query: [Float], limit: Int, options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        try query.withUnsafeBufferPointer { try search($0, limit: limit, options: options) }
    }

    /// As ``search(_:limit:options:)-([Float],_,_)``, for a query that lies in memory of the caller's.
    public func search(
        _ query: UnsafeBufferPointer<Float>, limit: Int, options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        try versions.withCurrent { state, workspace in
            try IndexSearch(
                state: state, configuration: configuration, options: options, isMultiple: isMultiple,
                workspace: workspace
            ).run(query, limit: limit)
        }
    }
}
