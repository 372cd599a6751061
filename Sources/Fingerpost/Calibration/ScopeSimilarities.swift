import LinearAlgebra
import Platform
import VectorIndex

/// The similarity of inputs to every guideline of a scope, computed in full.
struct ScopeSimilarities {
    /// Rows of the guidelines in the database.
    let guidelines: [Int64]
    let vectors: Matrix
    /// Where the passages of each guideline begin among the rows of ``vectors``, and an end.
    let starts: [Int]
    let isExample: [Bool]
    let adapter: RetrieverAdapter?
    /// What the adapter takes off for each passage; empty without one.
    let prominences: [Float]

    /// - Parameter isIncluded: by slot.
    init(_ passages: PassageIndex, where isIncluded: (Int) -> Bool) throws {
        var elements: [Float] = []
        var starts = [0]
        var isExample: [Bool] = []
        var guidelines: [Int64] = []
        var prominences: [Float] = []
        let table = passages.table
        adapter = try passages.adapter.get()?.adapter
        let zeros = [Float](repeating: 0, count: adapter == nil ? 0 : passages.index.dimension)
        for slot in table.guidelines.indices
        where isIncluded(slot) && !passages.inactive.contains(table.guidelines[slot]) {
            for member in table.passages(ofSlot: slot) {
                guard let vector = try passages.index.vector(for: member.id) else { continue }
                // With an adapter, what guidelines say is compared with the mapped input and examples with the input, which
                // stand side by side.
                elements += member.isExample ? zeros + vector : vector + zeros
                if adapter != nil { prominences.append(member.prominence) }
                isExample.append(member.isExample)
            }
            guidelines.append(table.guidelines[slot])
            starts.append(isExample.count)
        }
        vectors = try Matrix(rows: isExample.count, columns: passages.index.dimension + zeros.count, elements: elements)
        self.prominences = prominences
        (self.guidelines, self.starts, self.isExample) = (guidelines, starts, isExample)
    }

    /// Calls `body` with every input's similarities to all guidelines in their order, -1 where one has no vector; from
    /// several threads at once, in no particular order. O(inputs * passages * dimension).
    func forEach(
        _ inputs: Matrix, threads: Int, _ body: @Sendable (_ input: Int, _ similarities: [Float]) -> Void
    ) throws {
        guard vectors.rows > 0 else { return }
        // Blocks of sixteen megabytes at most.
        let block = max(1, min(64, (4 << 20) / vectors.rows))
        let inputs = try sideBySide(inputs)
        let (starts, isExample, passages) = (starts, isExample, vectors.rows)
        let (adapter, prominences) = (adapter, prominences)
        let count = guidelines.count
        try inputs.forEachProductBlock(by: vectors, transposingOther: true, blockRows: block, threads: threads) {
            rows, scores in
            var similarities = [Float](repeating: -1, count: count)
            for (place, row) in rows.enumerated() {
                let base = place * passages
                for guideline in 0..<count {
                    var similarity = Similarity()
                    for passage in starts[guideline]..<starts[guideline + 1] {
                        var score = scores[base + passage]
                        if let adapter, !isExample[passage] {
                            score = adapter.similarity(cosine: score, prominence: prominences[passage])
                        }
                        similarity.add(score, isExample: isExample[passage])
                    }
                    similarities[guideline] = similarity.value ?? -1
                }
                body(row, similarities)
            }
        }
    }

    /// With an adapter, each input mapped and as it is.
    func sideBySide(_ inputs: Matrix) throws -> Matrix {
        guard let adapter else { return inputs }
        var elements: [Float] = []
        elements.reserveCapacity(2 * inputs.count)
        for row in 0..<inputs.rows {
            let input = inputs.row(row)
            elements += adapter.apply(input)
            elements += input
        }
        return try Matrix(rows: inputs.rows, columns: 2 * inputs.columns, elements: elements)
    }
}
