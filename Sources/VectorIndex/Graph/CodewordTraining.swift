import CKernels
import LinearAlgebra
import Platform

/// Lloyd's algorithm for many small problems at once: sixteen centres in each group of columns.
struct CodewordTraining {
    /// By group: its first column; one more at the end.
    let starts: [UInt32]
    let threads: Int

    private static var rounds: Int { 10 }
    /// Rows whose sums are taken together: fixed, so that the result does not depend on the number of threads.
    private static var blockRows: Int { 1024 }

    private var groups: Int { starts.count - 1 }

    /// - Parameter samples: one a row, in units in which all columns count the same.
    /// - Returns: by column, its element of each of the sixteen centres of its group.
    func centres(of samples: Matrix) -> [Float] {
        let (count, width) = (samples.rows, samples.columns)
        // Evenly spread samples to start from.
        var centres = [Float](repeating: 0, count: width * 16)
        samples.withUnsafeElements { elements in
            for d in 0..<width {
                for c in 0..<16 { centres[d * 16 + c] = elements[c * count / 16 * width + d] }
            }
        }
        for round in 0..<Self.rounds { improve(&centres, samples, round: round) }
        return centres
    }

    private func improve(_ centres: inout [Float], _ samples: Matrix, round: Int) {
        let width = samples.columns
        let current = centres
        let blocks = (samples.rows + Self.blockRows - 1) / Self.blockRows
        let results = ParallelResults<Sums, Never>(count: blocks)
        Parallel.forEach(blocks, threads: threads) { block in
            results.set(block) {
                let rows = (block * Self.blockRows)..<min(samples.rows, (block + 1) * Self.blockRows)
                return sums(rows, samples, centres: current)
            }
        }
        var total = Sums(width: width, groups: groups)
        for block in results.values() { total.add(block) }
        samples.withUnsafeElements { elements in
            for group in 0..<groups {
                for c in 0..<16 {
                    let members = total.members[group * 16 + c]
                    // A centre without points takes up one of the samples.
                    let substitute = ((round * 16 + c) * 7919 + group) % samples.rows
                    for d in Int(starts[group])..<Int(starts[group + 1]) {
                        centres[d * 16 + c] =
                            members > 0 ? total.sums[d * 16 + c] / Float(members) : elements[substitute * width + d]
                    }
                }
            }
        }
    }

    private struct Sums: Sendable {
        /// As the centres.
        var sums: [Float]
        /// By group and centre.
        var members: [Int]

        init(width: Int, groups: Int) {
            sums = [Float](repeating: 0, count: width * 16)
            members = [Int](repeating: 0, count: groups * 16)
        }

        mutating func add(_ other: Sums) {
            for index in sums.indices { sums[index] += other.sums[index] }
            for index in members.indices { members[index] += other.members[index] }
        }

        mutating func add(_ sample: UnsafePointer<Float>, codes: [UInt8], starts: UnsafeBufferPointer<UInt32>) {
            for group in 0..<codes.count {
                let code = Int(codes[group])
                members[group * 16 + code] += 1
                for d in Int(starts[group])..<Int(starts[group + 1]) { sums[d * 16 + code] += sample[d] }
            }
        }
    }

    /// Sums of the samples nearest to each centre.
    private func sums(_ rows: Range<Int>, _ samples: Matrix, centres: [Float]) -> Sums {
        let width = samples.columns
        var halfSquares = [Float](repeating: 0, count: groups * 16)
        for group in 0..<groups {
            for d in Int(starts[group])..<Int(starts[group + 1]) {
                for c in 0..<16 { halfSquares[group * 16 + c] += 0.5 * centres[d * 16 + c] * centres[d * 16 + c] }
            }
        }
        var result = Sums(width: width, groups: groups)
        var codes = [UInt8](repeating: 0, count: groups)
        let graph = fp_kernels_current().pointee.graph.pointee
        starts.withUnsafeBufferPointer { starts in
            centres.withUnsafeBufferPointer { centres in
                halfSquares.withUnsafeBufferPointer { halfSquares in
                    samples.withUnsafeElements { elements in
                        guard let base = elements.baseAddress else { return }
                        var codebook = fp_codebook(
                            groups: groups, starts: starts.baseAddress, codewords: centres.baseAddress,
                            half_squares: halfSquares.baseAddress)
                        for row in rows {
                            let sample = base + row * width
                            _ = graph.encode(&codebook, sample, &codes)
                            result.add(sample, codes: codes, starts: starts)
                        }
                    }
                }
            }
        }
        return result
    }
}
