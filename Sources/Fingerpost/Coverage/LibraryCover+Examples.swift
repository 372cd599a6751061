import LinearAlgebra
import Platform

extension LibraryCover {
    /// Examples that are looked at; of more, every so manieth.
    private static let mostExamples = 1_024

    /// Vectors of inputs that the library is known to cover: the examples of its guidelines, in their order; of a guideline
    /// without any, none. As rows.
    package func exampleVectors() throws -> Matrix { try matrix(of: passagePlaces(areExamples: true)) }

    /// Vectors of what the guidelines say, as rows.
    package func statementVectors() throws -> Matrix { try matrix(of: passagePlaces(areExamples: false)) }

    /// The similarity of each example to its nearest guideline where the example itself is not known, ascending: what inputs
    /// reach that the library covers. Of more than 1,024 examples every so manieth.
    ///
    /// - Complexity: O(examples * passages * dimension).
    package func exampleSimilarities(threads: Int) throws -> [Float] {
        let all = passagePlaces(areExamples: true)
        let count = min(all.count, Self.mostExamples)
        let places = (0..<count).map { all[$0 * all.count / count] }
        guard !places.isEmpty else { return [] }
        let owners = places.map { place in ownerOf(passage: place) }
        let vectors = try matrix(of: places)
        let results = ParallelResults<Float, any Error>(count: places.count)
        try similarities.forEach(vectors, threads: threads) { row, values in
            results.set(row) {
                let owner = owners[row]
                var best = try similarity(of: vectors, row: row, to: owner, without: places[row]) ?? -1
                for (guideline, value) in values.enumerated() where guideline != owner { best = max(best, value) }
                return best
            }
        }
        return try results.values().sorted()
    }

    /// The guideline that a passage belongs to.
    private func ownerOf(passage: Int) -> Int {
        var (low, high) = (0, guidelines.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if similarities.starts[middle] <= passage { low = middle } else { high = middle }
        }
        return low
    }

    /// The similarity of an input to a guideline by all of its passages but one.
    private func similarity(of inputs: Matrix, row: Int, to guideline: Int, without left: Int) throws -> Float? {
        let places = (similarities.starts[guideline]..<similarities.starts[guideline + 1]).filter { $0 != left }
        guard !places.isEmpty else { return nil }
        let input = try similarities.sideBySide(Matrix([inputs.row(row)])).row(0)
        var similarity = Similarity()
        for place in places {
            var score = similarities.vectors.withRow(place) { passage in
                var sum: Float = 0
                for column in 0..<min(passage.count, input.count) { sum += passage[column] * input[column] }
                return sum
            }
            if let adapter = similarities.adapter, !similarities.isExample[place] {
                score = adapter.similarity(cosine: score, prominence: similarities.prominences[place])
            }
            similarity.add(score, isExample: similarities.isExample[place])
        }
        return similarity.value
    }

    private func passagePlaces(areExamples: Bool) -> [Int] {
        similarities.isExample.indices.filter { similarities.isExample[$0] == areExamples }
    }

    /// Passages as the encoder gave them: with an adapter they stand on one side of a row and zeros on the other.
    private func matrix(of places: [Int]) throws -> Matrix {
        let columns = similarities.vectors.columns
        let dimension = similarities.adapter == nil ? columns : columns / 2
        var elements: [Float] = []
        elements.reserveCapacity(places.count * dimension)
        for place in places {
            similarities.vectors.withRow(place) { row in
                let isBehind = similarities.adapter != nil && similarities.isExample[place]
                elements += isBehind ? row[dimension..<columns] : row[0..<dimension]
            }
        }
        return try Matrix(rows: places.count, columns: dimension, elements: elements)
    }
}
