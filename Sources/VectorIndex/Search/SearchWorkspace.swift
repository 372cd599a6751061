import Platform

/// Everything a search needs besides the index, reused so that a search allocates almost nothing.
final class SearchWorkspace {
    var beam = Beam()
    /// For filtered searches: nodes still to expand, and what was accepted.
    var frontier = CandidateHeap(bestFirst: true)
    /// Links of a hop that have not been seen before, and their dot products.
    let ids: UnsafeMutablePointer<UInt32>
    let integers: UnsafeMutablePointer<Int32>
    let floats: UnsafeMutablePointer<Float>
    static let runLength = 512

    private(set) var query: UnsafeMutablePointer<Float>
    private(set) var queryCode: UnsafeMutablePointer<Int8>
    private var queryRoom = 0

    private var marks: UnsafeMutablePointer<UInt16>
    private var markRoom = 0
    private var generation: UInt16 = 0

    init() {
        ids = .allocate(capacity: Self.runLength)
        integers = .allocate(capacity: Self.runLength)
        floats = .allocate(capacity: Self.runLength)
        query = .allocate(capacity: 1)
        queryCode = .allocate(capacity: 1)
        marks = .allocate(capacity: 1)
    }

    deinit {
        ids.deallocate()
        integers.deallocate()
        floats.deallocate()
        query.deallocate()
        queryCode.deallocate()
        marks.deallocate()
    }

    /// Room for a query of a dimension, padded with zeros as rows are.
    func prepareQuery(dimension: Int) {
        let room = VectorRows.codeStride(dimension)
        if room > queryRoom {
            query.deallocate()
            queryCode.deallocate()
            let floats = UnsafeMutableRawPointer.allocate(byteCount: room * 4, alignment: 64)
            query = floats.bindMemory(to: Float.self, capacity: room)
            let codes = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 64)
            queryCode = codes.bindMemory(to: Int8.self, capacity: room)
            queryRoom = room
        }
        query.update(repeating: 0, count: queryRoom)
        queryCode.update(repeating: 0, count: queryRoom)
    }

    /// Starts with no row visited. Costs a counter, and a sweep once in 65,535 searches.
    func beginVisiting(rows: Int) {
        if rows > markRoom {
            marks.deallocate()
            markRoom = rows + rows / 4 + 64
            marks = .allocate(capacity: markRoom)
            marks.initialize(repeating: 0, count: markRoom)
            generation = 0
        }
        if generation == .max {
            marks.update(repeating: 0, count: markRoom)
            generation = 0
        }
        generation += 1
    }

    /// True the first time a row is asked about.
    @inline(__always)
    func visit(_ row: UInt32) -> Bool {
        if marks[Int(row)] == generation { return false }
        marks[Int(row)] = generation
        return true
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
