import CKernels
import Platform

/// Splits rows into overlapping groups of near ones, small enough to compare all with all.
///
/// Randomized ball carving, after PiPNN (Rubel et al., arXiv:2602.21247): rows go to the nearest of randomly chosen
/// leaders, on the first level to several of them, and groups that are still too large are split again.
struct BulkPartition {
    let view: GraphView
    /// Groups that each row is in.
    let overlap: Int
    let seed: UInt64
    let threads: Int
    let monitor: WorkMonitor
    /// Of the whole work, what is done.
    let share: Double

    /// Rows of a group, at most.
    static var groupSize: Int { 1024 }
    private static var leaderLimit: Int { 1000 }

    func groups(of rows: [UInt32]) -> [[UInt32]] {
        var result: [[UInt32]] = []
        split(rows, depth: 0, seed: seed, into: &result)
        return result
    }

    private func split(_ rows: [UInt32], depth: Int, seed: UInt64, into result: inout [[UInt32]]) {
        guard monitor.goesOn(share) else { return }
        if rows.count <= Self.groupSize {
            if rows.count > 1 { result.append(rows) }
            return
        }
        let fan = depth == 0 ? overlap : 1
        var leaderCount = min(Self.leaderLimit, max(2, rows.count * fan * 3 / Self.groupSize))
        // Rows that are all alike never part: after a few attempts they are cut by number.
        if depth > 6 {
            for start in stride(from: 0, to: rows.count, by: Self.groupSize) {
                result.append(Array(rows[start..<min(rows.count, start + Self.groupSize)]))
            }
            return
        }
        var random = SplitMix64(seed: seed)
        var shuffled = rows
        for index in 0..<leaderCount { shuffled.swapAt(index, index + Int(random.next() % UInt64(rows.count - index))) }
        let leaders = Array(shuffled.prefix(leaderCount))
        leaderCount = leaders.count
        let chosen = nearestLeaders(of: rows, leaders: leaders, count: min(fan, leaderCount))
        guard !monitor.isStopped else { return }
        let perRow = min(fan, leaderCount)
        var members = [[UInt32]](repeating: [], count: leaderCount)
        for (index, row) in rows.enumerated() {
            for place in 0..<perRow { members[Int(chosen[index * perRow + place])].append(row) }
        }
        for (leader, group) in members.enumerated() {
            split(
                group, depth: depth + 1, seed: seed &* 6_364_136_223_846_793_005 &+ UInt64(leader) &+ 1, into: &result)
        }
    }

    /// By row, the numbers of its nearest leaders.
    private func nearestLeaders(of rows: [UInt32], leaders: [UInt32], count: Int) -> [UInt32] {
        let panel = CodePanel(view, rows: leaders)
        let blocks = (rows.count + CodePanel.blockRows - 1) / CodePanel.blockRows
        let results = ParallelResults<[UInt32], Never>(count: blocks)
        let (view, monitor, share) = (view, monitor, share)
        Parallel.forEach(blocks, threads: threads) { block in
            guard monitor.goesOn(share) else { return }
            results.set(block) {
                let first = block * CodePanel.blockRows
                let run = rows[first..<min(rows.count, first + CodePanel.blockRows)]
                var nearest: [UInt32] = []
                nearest.reserveCapacity(run.count * count)
                var best = SortedCandidates()
                defer { best.deallocate() }
                let graph = fp_kernels_current().pointee.graph.pointee
                panel.withProducts(of: run, view) { _, affinities in
                    best.reset(capacity: count)
                    for leader in 0..<leaders.count where affinities[leader] > best.threshold {
                        _ = best.insert(affinities[leader], UInt32(leader), graph)
                    }
                    // Affinities that are no numbers, from a damaged archive, beat nobody: any leader will do.
                    for place in 0..<count { nearest.append(place < best.count ? best.rows[place] : UInt32(place)) }
                }
                return nearest
            }
        }
        return results.values().flatMap { $0 }
    }
}

/// Codes of rows packed for products with many others.
final class CodePanel: @unchecked Sendable {
    private let network: fp_network
    private let panels: UnsafeMutablePointer<UInt8>
    private let scales: UnsafeMutablePointer<Float>
    private let biases: UnsafeMutablePointer<Float>
    private let count: Int
    private let inputs: Int

    /// Rows that are multiplied at a time.
    static var blockRows: Int { 48 }

    init(_ view: GraphView, rows: [UInt32]) {
        let kernels = fp_kernels_current().pointee
        var network = kernels.network.pointee
        count = rows.count
        inputs = view.layout.codeSize
        let size = fp_packed_size(&network, count, inputs)
        let padded = fp_padded_outputs(&network, count)
        panels = .allocate(capacity: max(1, size))
        panels.initialize(repeating: 0, count: max(1, size))
        scales = .allocate(capacity: padded)
        biases = .allocate(capacity: padded)
        scales.initialize(repeating: 0, count: padded)
        biases.initialize(repeating: 0, count: padded)
        for (place, row) in rows.enumerated() {
            fp_pack_row(&network, view.rows.code(row), inputs, place, panels)
            scales[place] = view.rows.scale(row)
            biases[place] = view.rows.bias(row)
        }
        self.network = network
    }

    deinit {
        panels.deallocate()
        scales.deallocate()
        biases.deallocate()
    }

    /// Lends the affinities of each of some rows to all rows of the panel.
    func withProducts(
        of rows: ArraySlice<UInt32>, _ view: GraphView,
        _ body: (_ place: Int, _ affinities: UnsafePointer<Float>) -> Void
    ) {
        let kernels = fp_kernels_current().pointee
        let capacity = min(Self.blockRows, rows.count)
        guard capacity > 0 else { return }
        let codes = UnsafeMutablePointer<Int8>.allocate(capacity: capacity * inputs)
        let rowScales = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
        let sums = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
        let out = UnsafeMutablePointer<Float>.allocate(capacity: capacity * count)
        let ones = UnsafeMutablePointer<Int8>.allocate(capacity: inputs)
        ones.initialize(repeating: 1, count: inputs)
        defer {
            codes.deallocate()
            rowScales.deallocate()
            sums.deallocate()
            out.deallocate()
            ones.deallocate()
        }
        var start = rows.startIndex
        while start < rows.endIndex {
            let run = min(capacity, rows.endIndex - start)
            for index in 0..<run {
                let row = rows[start + index]
                let code = view.rows.code(row)
                (codes + index * inputs).update(from: code, count: inputs)
                rowScales[index] = view.rows.scale(row)
                sums[index] = kernels.dot_i8(code, ones, inputs)
            }
            var activations = fp_activations(codes: codes, stride: inputs, scales: rowScales, sums: sums)
            var linear = fp_linear(outputs: count, inputs: inputs, panels: panels, scales: scales, bias: biases)
            network.multiply(&linear, &activations, run, FP_STORE, out, count)
            for index in 0..<run { body(start - rows.startIndex + index, out + index * count) }
            start += run
        }
    }
}
