import CKernels

extension HNSWIndex {
    /// The score of each of some keys, in full precision and in the order given; nil for a key that has no vector. Of a
    /// key with several vectors, the best one's.
    ///
    /// For candidates that are ranked by more than the vectors that found them.
    ///
    /// - Throws: ``VectorIndexError`` for a query of a wrong length or that is not finite, and for a damaged archive.
    /// - Complexity: O(keys * dimension).
    public func scores(of keys: [Key], query: [Float]) throws -> [Float?] {
        while true {
            let rows = rowsByKey.rows(ofEach: keys)
            let scores = try query.withUnsafeBufferPointer { query in
                try versions.withCurrent { state, workspace in
                    try state.scores(of: rows, keys: keys, query: query, workspace: workspace)
                }
            }
            // Rows just replaced are asked for once more.
            if let scores { return scores }
        }
    }
}

extension HNSWIndex {
    /// Calls `body` with every key that a search can find and its row: until the index is next changed, where ``scores(of:at:query:)``
    /// finds it without looking it up. O(count).
    package func forEachRow(_ body: (Key, UInt32) -> Void) {
        versions.withCurrent { state, _ in
            for row in 0..<UInt32(state.rows.count) where state.rows.isLive(row) { body(state.keys[row], row) }
        }
    }

    /// The score of each of some keys, in full precision and in the order given, at rows where they were once found;
    /// `UInt32.max` for a key that has none, whose score is not a number. Nil if a row has another key by now.
    ///
    /// - Throws: as ``scores(of:query:)``.
    package func scores(of keys: [Key], at rows: [UInt32], query: [Float]) throws -> [Float]? {
        try query.withUnsafeBufferPointer { query in
            try versions.withCurrent { state, workspace in
                try state.scores(of: keys, at: rows, query: query, workspace: workspace)
            }
        }
    }
}

extension IndexState {
    fileprivate func scores(
        of wanted: [Key], at rows: [UInt32], query: UnsafeBufferPointer<Float>, workspace: SearchWorkspace
    ) throws -> [Float]? {
        var found: [(place: Int, row: UInt32)] = []
        found.reserveCapacity(rows.count)
        for (place, row) in rows.enumerated() where row != .max { found.append((place, row)) }
        guard let scores = try scores(of: found, keys: wanted, query: query, workspace: workspace) else { return nil }
        return scores.map { $0 ?? .nan }
    }

    /// The best score of the rows of each key; nil if a row is no longer alive under its key.
    fileprivate func scores(
        of rows: [(place: Int, row: UInt32)], keys wanted: [Key], query: UnsafeBufferPointer<Float>,
        workspace: SearchWorkspace
    ) throws -> [Float?]? {
        let kernels = fp_kernels_current().pointee
        let view = graph.rows
        let prepared = try view.prepare(query, workspace: workspace, kernels: kernels)
        let regions = RegionGuard(view.vectorChecksums)
        workspace.damage = nil
        var scores = [Float?](repeating: nil, count: wanted.count)
        for start in stride(from: 0, to: rows.count, by: SearchWorkspace.runLength) {
            let run = rows[start..<min(start + SearchWorkspace.runLength, rows.count)]
            for (index, (place, row)) in run.enumerated() {
                guard row < UInt32(view.count), view.isLive(row), self.keys[row] == wanted[place] else { return nil }
                if !workspace.admits(row, regions), let damage = workspace.damage { throw damage }
                workspace.vectors[index] = view.vector(row)
            }
            kernels.dot_f32_gather(prepared.vector, workspace.vectors, view.dimension, run.count, workspace.floats)
            for (index, (place, row)) in run.enumerated() {
                let score = view.score(
                    affinity: workspace.floats[index] + view.bias(row), querySquaredLength: prepared.squaredLength)
                scores[place] = max(scores[place] ?? score, score)
            }
        }
        return scores
    }
}
