import CKernels

/// Candidates sorted by falling affinity, at most `capacity` of them: the beam of a search, and what it found.
///
/// Affinities and rows stand in arrays of their own, as the kernels take them. Beyond the candidates affinities are
/// minus infinity, so that the last place always tells what a candidate has to beat.
struct SortedCandidates {
    private(set) var affinities: UnsafeMutablePointer<Float>
    /// Rows, with marks of the search's own in the two top bits.
    private(set) var rows: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    private(set) var capacity = 0
    private var room = 0

    init() {
        affinities = .allocate(capacity: 1)
        rows = .allocate(capacity: 1)
    }

    func deallocate() {
        affinities.deallocate()
        rows.deallocate()
    }

    mutating func reset(capacity wanted: Int) {
        let padded = (wanted + 15) / 16 * 16 + 16
        if padded > room {
            deallocate()
            room = padded + padded / 2
            affinities = .allocate(capacity: room)
            rows = .allocate(capacity: room)
            rows.initialize(repeating: 0, count: room)
        }
        capacity = wanted
        count = 0
        affinities.initialize(repeating: -.infinity, count: padded)
    }

    /// What a candidate must be above to be let in.
    @inline(__always) var threshold: Float { affinities[capacity - 1] }

    /// Lets a candidate in if it is good enough; returns its place, or the capacity. Candidates that are no numbers
    /// are not.
    @inline(__always)
    mutating func insert(_ affinity: Float, _ row: UInt32, _ graph: fp_graph) -> Int {
        guard affinity > threshold else { return capacity }
        let place = graph.insert(affinities, rows, count, capacity, affinity, row)
        if count < capacity { count += 1 }
        return place
    }

    /// The first candidates, without their marks.
    func prefix(_ length: Int) -> [Candidate] {
        (0..<min(length, count)).map { Candidate(affinity: affinities[$0], row: rows[$0] & Self.rowMask) }
    }

    /// The node's links have been followed, or are about to be.
    static let expanded: UInt32 = 1 << 31
    static let rowMask: UInt32 = expanded - 1
}
