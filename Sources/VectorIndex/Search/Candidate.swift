/// A row and how near it is.
struct Candidate: Sendable, Hashable {
    var affinity: Float
    var row: UInt32

    /// Nearer first; of equally near rows the lower number.
    @inline(__always)
    func isBefore(_ other: Candidate) -> Bool {
        affinity > other.affinity || (affinity == other.affinity && row < other.row)
    }
}

/// A binary heap of candidates with the one that comes after all others at its root: the best so far of a long run.
struct CandidateHeap {
    private(set) var items: [Candidate] = []

    var count: Int { items.count }
    var worst: Candidate? { items.first }

    mutating func push(_ candidate: Candidate) {
        items.append(candidate)
        var index = items.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard items[parent].isBefore(items[index]) else { return }
            items.swapAt(index, parent)
            index = parent
        }
    }

    mutating func replaceWorst(with candidate: Candidate) {
        items[0] = candidate
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < items.count else { return }
            if child + 1 < items.count, items[child].isBefore(items[child + 1]) { child += 1 }
            guard items[index].isBefore(items[child]) else { return }
            items.swapAt(index, child)
            index = child
        }
    }
}
