import CKernels
import Platform

/// Builds one level of a graph over many rows at once: near rows are found by comparing all with all in overlapping
/// groups, as integer matrix products, and each row's neighbours are chosen among those.
///
/// After PiPNN (Rubel et al., arXiv:2602.21247). A row's candidates depend on the groups alone and are kept in order, so
/// that the outcome does not depend on the number of threads.
struct BulkLayer {
    let view: GraphView
    let configuration: HNSWConfiguration
    let threads: Int
    let pool: WorkspacePool
    let monitor: WorkMonitor
    /// The shares of the whole work that are done before and after.
    var start = 0.0
    let end: Double

    /// Candidates that a row keeps.
    private var poolSize: Int { max(2 * configuration.baseDegree, min(configuration.efConstruction / 3, 128)) }
    private var overlap: Int { max(4, min(32, configuration.efConstruction / 20)) }
    /// Candidates that a row takes from one group at most.
    private static var perGroup: Int { 16 }

    /// Links of each of `rows`, which are nodes of the level: places in `rows`, nearest first. Of some or of none if the
    /// monitor ends the work early.
    func links(_ rows: [UInt32], degree: Int) -> [[UInt32]] {
        let candidates = CandidatePools(count: rows.count, size: poolSize)
        collect(rows, into: candidates)
        // First the neighbours that a row asks for; then those that have asked for it have their turn too.
        let asked = choose(rows, candidates, limit: degree, fills: false)
        guard !monitor.isStopped else { return [] }
        var incoming = [[UInt32]](repeating: [], count: rows.count)
        for (place, targets) in asked.enumerated() {
            for target in targets { incoming[Int(target)].append(UInt32(place)) }
        }
        return choose(rows, candidates, limit: degree, fills: true, asked: asked, incoming: incoming)
    }

    private func collect(_ rows: [UInt32], into candidates: CandidatePools) {
        let partition = BulkPartition(
            view: view, overlap: overlap, seed: configuration.seed, threads: threads, monitor: monitor, share: start)
        // Groups of places, since those are what candidates are.
        var placeOfRow = [UInt32](repeating: 0, count: view.rows.count)
        for (place, row) in rows.enumerated() { placeOfRow[Int(row)] = UInt32(place) }
        let groups = partition.groups(of: rows)
        let (view, places, monitor) = (view, placeOfRow, monitor)
        let (first, length) = (share(0.1), share(0.7) - share(0.1))
        let done = Locked(0)
        Parallel.forEach(groups.count, threads: threads) { index in
            let finished = done.withLock { $0 }
            guard monitor.goesOn(first + length * Double(finished) / Double(groups.count)) else { return }
            let group = groups[index]
            let panel = CodePanel(view, rows: group)
            let graph = fp_kernels_current().pointee.graph.pointee
            var best = SortedCandidates()
            defer { best.deallocate() }
            let found = UnsafeMutablePointer<UInt32>.allocate(capacity: group.count + 16)
            defer { found.deallocate() }
            panel.withProducts(of: group[...], view) { own, affinities in
                best.reset(capacity: Self.perGroup)
                let place = Int(places[Int(group[own])])
                // In pieces, so that what the first have found spares work on the rest.
                let bound = candidates.threshold(place)
                var start = 0
                while start < group.count {
                    let run = min(128, group.count - start)
                    let count = graph.find_above(affinities + start, run, max(bound, best.threshold), found)
                    for index in 0..<count {
                        let other = start + Int(found[index])
                        if other != own { _ = best.insert(affinities[other], places[Int(group[other])], graph) }
                    }
                    start += run
                }
                candidates.add(place, best)
            }
            done.withLock { $0 += 1 }
        }
    }

    /// The share of the whole work when so much of this is done.
    private func share(_ own: Double) -> Double { start + (end - start) * own }

    private func choose(
        _ rows: [UInt32], _ candidates: CandidatePools, limit: Int, fills: Bool, asked: [[UInt32]] = [],
        incoming: [[UInt32]] = []
    ) -> [[UInt32]] {
        let results = ParallelResults<[UInt32], Never>(count: rows.count)
        let (view, pool, monitor) = (view, pool, monitor)
        let (first, length) = fills ? (share(0.8), share(1) - share(0.8)) : (share(0.7), share(0.8) - share(0.7))
        var placeOfRow = [UInt32](repeating: 0, count: view.rows.count)
        for (place, row) in rows.enumerated() { placeOfRow[Int(row)] = UInt32(place) }
        let places = placeOfRow
        Parallel.forEachRange(rows.count, chunk: 64, threads: threads) { range, _ in
            guard monitor.goesOn(first + length * Double(range.lowerBound) / Double(rows.count)) else { return }
            let kernels = fp_kernels_current().pointee
            pool.withWorkspace { workspace in
                for place in range {
                    results.set(place) {
                        let own = rows[place]
                        let near = candidates.candidates(place).map {
                            Candidate(affinity: $0.affinity, row: rows[Int($0.row)])
                        }
                        guard fills else {
                            return view.selectNeighbors(
                                of: own, among: near, limit: limit, fills: false, workspace: workspace,
                                kernels: kernels
                            ).map { places[Int($0)] }
                        }
                        // The chosen ones compete with those that ask; what is near fills up the rest.
                        let others = asked[place] + incoming[place]
                        var chosen = view.selectNeighbors(
                            of: own,
                            among: view.ranked(
                                node: own, others: others.map { rows[Int($0)] }, workspace: workspace,
                                kernels: kernels), limit: limit, fills: false, workspace: workspace, kernels: kernels)
                        for candidate in near where chosen.count < limit && candidate.row != own {
                            if !chosen.contains(candidate.row) { chosen.append(candidate.row) }
                        }
                        return chosen.map { places[Int($0)] }
                    }
                }
            }
        }
        return results.values()
    }
}

/// The nearest rows found so far for each row.
final class CandidatePools: @unchecked Sendable {
    private let size: Int
    private let candidates: AlignedMemory
    private let counts: UnsafeMutablePointer<UInt16>
    /// Rows share locks by their number.
    private let locks: [Locked<Bool>]

    init(count: Int, size: Int) {
        self.size = size
        candidates = AlignedMemory(byteCount: max(1, count) * size * MemoryLayout<Candidate>.stride)
        counts = .allocate(capacity: max(1, count))
        counts.initialize(repeating: 0, count: max(1, count))
        locks = (0..<1024).map { _ in Locked(false) }
    }

    deinit {
        candidates.deallocate()
        counts.deallocate()
    }

    private func row(_ row: Int) -> UnsafeMutablePointer<Candidate> {
        (candidates.base + row * size * MemoryLayout<Candidate>.stride).assumingMemoryBound(to: Candidate.self)
    }

    /// What a candidate must be above to be kept; what it says may be out of date, but only too low.
    func threshold(_ row: Int) -> Float {
        locks[row % locks.count].withLock { _ in
            Int(counts[row]) == size ? self.row(row)[size - 1].affinity.nextDown : -.infinity
        }
    }

    /// Merges sorted candidates into those of a row. The same one may come from several groups.
    func add(_ row: Int, _ found: SortedCandidates) {
        locks[row % locks.count].withLock { _ in
            let kept = self.row(row)
            var count = Int(counts[row])
            for index in 0..<found.count {
                let candidate = Candidate(affinity: found.affinities[index], row: found.rows[index])
                var place = count
                while place > 0, candidate.isBefore(kept[place - 1]) { place -= 1 }
                // An equal one would stand just before.
                if place > 0, kept[place - 1] == candidate { continue }
                guard place < size else { break }
                let moved = min(count, size - 1) - place
                if moved > 0 { (kept + place + 1).update(from: kept + place, count: moved) }
                kept[place] = candidate
                count = min(size, count + 1)
            }
            counts[row] = UInt16(count)
        }
    }

    func candidates(_ row: Int) -> [Candidate] {
        Array(UnsafeBufferPointer(start: self.row(row), count: Int(counts[row])))
    }
}
