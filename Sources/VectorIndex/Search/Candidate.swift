/// A row and its affinity to a query.
struct Candidate: Sendable {
    var affinity: Float
    var row: UInt32

    /// Marks nodes of a beam whose links have been followed.
    static let expandedBit: UInt32 = 1 << 31

    /// Larger affinities first; equal ones in the order of the rows. NaN is never before anything.
    @inline(__always)
    func isBefore(_ other: Candidate) -> Bool {
        affinity > other.affinity || (affinity == other.affinity && row < other.row)
    }
}

/// The best few of many, kept in order in a fixed array.
///
/// Insertion is a binary search and a move: for the few hundred places of a beam that beats any heap.
struct Beam: ~Copyable {
    private var storage: UnsafeMutablePointer<Candidate>
    private var room: Int
    private(set) var count = 0
    private(set) var limit = 0

    init(limit: Int = 0) {
        room = max(limit, 1) + 1
        storage = .allocate(capacity: room)
        self.limit = limit
    }

    deinit { storage.deallocate() }

    mutating func reset(limit newLimit: Int) {
        if newLimit + 1 > room {
            storage.deallocate()
            room = newLimit + 1
            storage = .allocate(capacity: room)
        }
        limit = newLimit
        count = 0
    }

    var isFull: Bool { count >= limit }

    /// The affinity below which nothing enters.
    @inline(__always)
    var worst: Float { count < limit || count == 0 ? -.infinity : storage[count - 1].affinity }

    subscript(index: Int) -> Candidate {
        @inline(__always) get { storage[index] }
    }

    @inline(__always)
    mutating func markExpanded(_ index: Int) { storage[index].row |= Candidate.expandedBit }

    /// Where the candidate was put; nil if it is not among the best.
    @inline(__always)
    mutating func insert(_ candidate: Candidate) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let other = storage[middle]
            let otherRow = other.row & ~Candidate.expandedBit
            if other.affinity > candidate.affinity
                || (other.affinity == candidate.affinity && otherRow < candidate.row)
            {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < limit else { return nil }
        let moved = min(count, limit - 1) - low
        if moved > 0 { (storage + low + 1).update(from: storage + low, count: moved) }
        storage[low] = candidate
        if count < limit { count += 1 }
        return low
    }

    /// The candidates without their marks, best first.
    func candidates(prefix: Int = .max) -> [Candidate] {
        (0..<min(prefix, count)).map {
            Candidate(affinity: storage[$0].affinity, row: storage[$0].row & ~Candidate.expandedBit)
        }
    }
}

/// A binary heap of candidates with the one that is before all others, or after all others, at its root.
struct CandidateHeap {
    private(set) var items: [Candidate] = []
    /// Whether the root is the best rather than the worst.
    let bestFirst: Bool

    init(bestFirst: Bool) { self.bestFirst = bestFirst }

    var count: Int { items.count }
    var root: Candidate? { items.first }

    mutating func removeAll() { items.removeAll(keepingCapacity: true) }

    private func ordered(_ a: Candidate, _ b: Candidate) -> Bool { bestFirst ? a.isBefore(b) : b.isBefore(a) }

    mutating func push(_ candidate: Candidate) {
        items.append(candidate)
        var index = items.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard ordered(items[index], items[parent]) else { return }
            items.swapAt(index, parent)
            index = parent
        }
    }

    mutating func pop() -> Candidate? {
        guard let root = items.first else { return nil }
        let last = items.removeLast()
        if !items.isEmpty { replaceRoot(with: last) }
        return root
    }

    mutating func replaceRoot(with candidate: Candidate) {
        items[0] = candidate
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < items.count else { return }
            if child + 1 < items.count, ordered(items[child + 1], items[child]) { child += 1 }
            guard ordered(items[child], items[index]) else { return }
            items.swapAt(index, child)
            index = child
        }
    }
}
