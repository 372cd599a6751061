import CKernels
import Platform

/// Everything a search needs besides the index, reused so that a search allocates almost nothing.
final class SearchWorkspace {
    var beam = SortedCandidates()
    /// What a search found: the acceptable rows it has scored, by the affinity of their codes.
    var found = SortedCandidates()
    /// Under a filter: the acceptable rows among those that the beam has taken in.
    var matching = SortedCandidates()
    /// Set where a search came upon damage in an archive, which ended it.
    var damage: VectorIndexError?

    /// Links of a hop that have not been seen before, their codes and their dot products.
    let ids: UnsafeMutablePointer<UInt32>
    let codes: UnsafeMutablePointer<UnsafePointer<Int8>?>
    let vectors: UnsafeMutablePointer<UnsafePointer<Float>?>
    let integers: UnsafeMutablePointer<Int32>
    let floats: UnsafeMutablePointer<Float>
    static let runLength = 512

    private(set) var query: UnsafeMutablePointer<Float>
    private(set) var queryCode: UnsafeMutablePointer<Int8>
    /// The query turned, and its products with codewords, rounded and not.
    private(set) var rotated: UnsafeMutablePointer<Float>
    private(set) var rotatedIntegers: UnsafeMutablePointer<Int32>
    let products: UnsafeMutablePointer<Float>
    let table: UnsafeMutablePointer<UInt8>
    private var queryRoom = 0
    private var rotatedRoom = 0

    /// One bit a row, all zero between searches; ``seen`` lists the words to be cleared.
    private var visited: UnsafeMutablePointer<UInt64>
    private var visitedWords = 0
    private var seen: UnsafeMutablePointer<UInt32>
    private var seenCount = 0
    private var seenRoom = 0

    init() {
        ids = .allocate(capacity: Self.runLength)
        codes = .allocate(capacity: Self.runLength)
        vectors = .allocate(capacity: Self.runLength)
        integers = .allocate(capacity: Self.runLength)
        floats = .allocate(capacity: Self.runLength + 16)
        query = .allocate(capacity: 1)
        queryCode = .allocate(capacity: 1)
        rotated = .allocate(capacity: 1)
        rotatedIntegers = .allocate(capacity: 1)
        let entries = Int(FP_LARGEST_GROUPS * FP_CODEWORDS)
        products = .allocate(capacity: entries)
        table = UnsafeMutableRawPointer.allocate(byteCount: entries, alignment: 64)
            .bindMemory(to: UInt8.self, capacity: entries)
        visited = .allocate(capacity: 1)
        seen = .allocate(capacity: 1)
    }

    deinit {
        beam.deallocate()
        found.deallocate()
        matching.deallocate()
        ids.deallocate()
        codes.deallocate()
        vectors.deallocate()
        integers.deallocate()
        floats.deallocate()
        query.deallocate()
        queryCode.deallocate()
        rotated.deallocate()
        rotatedIntegers.deallocate()
        products.deallocate()
        table.deallocate()
        visited.deallocate()
        seen.deallocate()
    }

    /// Room for a query of a dimension, padded with zeros as rows are.
    func prepareQuery(dimension: Int) {
        let room = NodeLayout.lines(dimension)
        if room > queryRoom {
            query.deallocate()
            queryCode.deallocate()
            query = Self.aligned(room)
            queryCode = Self.aligned(room)
            queryRoom = room
        }
        query.update(repeating: 0, count: room)
        queryCode.update(repeating: 0, count: room)
    }

    /// Room for so many dimensions of a turned query.
    func prepareRotation(dimensions: Int) {
        guard dimensions > rotatedRoom else { return }
        rotated.deallocate()
        rotatedIntegers.deallocate()
        rotated = Self.aligned(dimensions)
        rotatedIntegers = Self.aligned(dimensions)
        rotatedRoom = dimensions
    }

    private static func aligned<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
        return memory.bindMemory(to: Element.self, capacity: count)
    }

    func begin(_ travel: Travel, rows: Int) {
        beginVisiting(rows: rows)
        beam.reset(capacity: travel.beam)
        found.reset(capacity: travel.keep)
        if travel.isFiltered { matching.reset(capacity: travel.matching) }
    }

    /// Whether what an archive has of a row may be used. If not, the search has to end: ``damage`` says why.
    @inline(__always)
    func admits(_ row: UInt32, _ regions: RegionGuard?) -> Bool {
        guard let regions, !regions.admits(row) else { return true }
        damage = regions.error(row)
        return false
    }

    // MARK: Visited rows

    /// Starts with no row visited. Costs as much as the search before it visited.
    func beginVisiting(rows: Int) {
        let words = (rows + 63) / 64
        if words > visitedWords {
            visited.deallocate()
            visitedWords = words + words / 4
            visited = .allocate(capacity: visitedWords)
            visited.initialize(repeating: 0, count: visitedWords)
        } else {
            for index in 0..<seenCount { visited[Int(seen[index])] = 0 }
        }
        seenCount = 0
    }

    /// True the first time a row is asked about.
    @inline(__always)
    func visit(_ row: UInt32) -> Bool {
        let word = Int(row >> 6)
        let bit: UInt64 = 1 << UInt64(row & 63)
        let old = visited[word]
        if old & bit != 0 { return false }
        if old == 0 { note(row >> 6) }
        visited[word] = old | bit
        return true
    }

    @inline(__always)
    private func note(_ word: UInt32) {
        if seenCount == seenRoom { growSeen() }
        seen[seenCount] = word
        seenCount += 1
    }

    @inline(never)
    private func growSeen() {
        let room = max(4096, seenRoom * 2)
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: room)
        larger.update(from: seen, count: seenCount)
        seen.deallocate()
        seen = larger
        seenRoom = room
    }
}

/// Lends workspaces to searches: at most as many exist as searches ran at once.
final class WorkspacePool: Sendable {
    private struct Idle: @unchecked Sendable { var workspaces: [SearchWorkspace] = [] }
    private let idle = Locked(Idle())

    func withWorkspace<Value>(_ body: (SearchWorkspace) throws -> Value) rethrows -> Value {
        let workspace = idle.withLock { $0.workspaces.popLast() }.map(Lent.init) ?? Lent(SearchWorkspace())
        defer { idle.withLock { $0.workspaces.append(workspace.value) } }
        return try body(workspace.value)
    }

    /// Moves a workspace, which only one search holds at a time, across the lock.
    private struct Lent: @unchecked Sendable {
        let value: SearchWorkspace
        init(_ value: SearchWorkspace) { self.value = value }
    }
}
