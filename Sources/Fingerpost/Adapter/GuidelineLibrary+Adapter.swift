import GuidelineStore
import LinearAlgebra
import Platform

extension GuidelineLibrary {
    /// The adapter that searches use; nil where there is none.
    ///
    /// - Throws: ``FingerpostError/invalidAdapter(library:problem:)`` and ``GuidelineStoreError`` if it cannot be used.
    public var adapter: RetrieverAdapter? {
        get throws { try currentPassages(withWords: false).adapter.get()?.adapter }
    }

    /// Keeps an adapter in the library, in one transaction, and uses it from now on; nil removes the one there is.
    ///
    /// Thresholds that the library has learned were learned for the similarities that were there before: a
    /// ``Calibration`` is refused from then on until it is made again.
    ///
    /// - Throws: ``FingerpostError/invalidAdapter(library:problem:)`` for one that was made for another encoder.
    /// - Complexity: O(passages * anchors * dimension).
    public func setAdapter(_ adapter: RetrieverAdapter?) throws {
        guard let adapter else {
            try change(nil) { _ = try $0.setAdapter(nil) }
            return
        }
        guard adapter.dimension == encoder.dimension, adapter.origin.encoderSHA256 == encoder.identity.sha256 else {
            throw FingerpostError.invalidAdapter(
                library: folder.path, problem: "it was made for the encoder \(adapter.origin.encoder)")
        }
        let prominences = try passages(with: adapter).adapter.get()?.prominences ?? [:]
        let stored = try adapter.stored(prominences: prominences)
        try change(nil) { _ = try $0.setAdapter(stored) }
    }

    /// Removes the adapter that the library has, also one that is damaged; false if it has none.
    @discardableResult
    public func removeAdapter() throws -> Bool {
        guard try database.adapterChecksum != nil else { return false }
        try setAdapter(nil)
        return true
    }

    /// Whether there is a calibration that was made with another adapter than the library has, or without one.
    public var isCalibrationStale: Bool {
        get throws {
            let passages = try currentPassages(withWords: false)
            guard let calibration = try passages.calibration.get() else { return false }
            return calibration.adapter != (try passages.adapter.get()?.id)
        }
    }

    // MARK: Learning one

    /// What the active guidelines say, as vectors of unit length.
    package func statements() throws -> (ids: [String], vectors: Matrix) {
        let passages = try currentPassages(withWords: false)
        var byRow: [Int64: String] = [:]
        try database.forEachGuideline { row, guideline in byRow[row] = guideline.id }
        var ids: [String] = []
        var elements: [Float] = []
        for slot in passages.table.guidelines.indices {
            let row = passages.table.guidelines[slot]
            guard !passages.inactive.contains(row), let id = byRow[row],
                let statement = passages.table.passages(ofSlot: slot).first, !statement.isExample,
                let vector = try passages.index.vector(for: statement.id)
            else { continue }
            ids.append(id)
            elements += vector
        }
        return (ids, try Matrix(rows: ids.count, columns: passages.index.dimension, elements: elements))
    }

    /// The ids of the guidelines that a search would rank first for each input, before thresholds, relations and diversity
    /// have their say, as if the library had another adapter.
    ///
    /// - Parameters:
    ///   - vectors: of the inputs, as rows, by the library's own encoder.
    ///   - texts: the same inputs.
    ///   - adapter: nil for none.
    ///   - threads: the result does not depend on it.
    package func rankings(
        of vectors: Matrix, texts: [String], adapter: RetrieverAdapter?, limit: Int, options: RetrievalOptions,
        threads: Int
    ) throws -> [[String]] {
        let passages = try passages(with: adapter, withWords: true)
        var byRow: [Int64: String] = [:]
        try database.forEachGuideline { row, guideline in byRow[row] = guideline.id }
        let ids = byRow
        let results = ParallelResults<[String], any Error>(count: texts.count)
        Parallel.forEachRange(texts.count, chunk: 16, threads: threads) { range, _ in
            for place in range {
                results.set(place) {
                    let vector = vectors.row(place)
                    let words = options.method == .dense ? nil : passages.wordRanking(of: texts[place])
                    let known = vector.contains { $0 != 0 } ? vector : nil
                    guard known != nil || words != nil else { return [] }
                    let ranking = try passages.rank(vector: known, words: words, wanted: limit, options: options)
                    return ranking.items.lazy.filter { !passages.inactive.contains($0.row) }.prefix(limit)
                        .compactMap { ids[$0.row] }
                }
            }
        }
        return try results.values()
    }

    /// The index as it would be with another adapter.
    private func passages(with adapter: RetrieverAdapter?, withWords: Bool = false) throws -> PassageIndex {
        var passages = try currentPassages(withWords: withWords)
        try passages.use(
            adapter.map { AppliedAdapter(adapter: $0, checksum: 0, prominences: [:]) }, threads: options.threads)
        return passages
    }
}
