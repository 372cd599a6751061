import Platform

/// Tells at the cost of a few loads whether anything was committed to a database since its generation was last read, by
/// this process or another. A question put to SQLite costs a hundred times as much.
///
/// The shared memory of a database in WAL mode begins with two copies of a header that every commit changes before it is
/// acknowledged: a counter of commits, the number of pages in the log and a checksum over all of them (SQLite's own
/// documentation, "WAL-mode file format", section 2.1). As long as it is what it was, so is the database. A header that is
/// being written, or of a layout unknown here, is never taken for unchanged.
final class CommitWatch: Sendable {
    private typealias Header = SIMD8<UInt64>

    private struct State {
        var mapping: SharedMapping?
        var header = Header.zero
        var generation: Int?
        var isClosed = false
    }

    /// Of the header's two copies.
    private static let headerSize = 48
    /// The only version there is, which it begins with.
    private static let layout: UInt32 = 3_007_000

    private let path: String
    private let state = Locked(State())

    /// - Parameter path: of the database file.
    init(path: String) { self.path = path + "-shm" }

    /// The generation that was last read, if nothing was committed since; else what `read` says. Connections must be
    /// open, which keep the shared memory where it is.
    func generation(_ read: () throws -> Int) throws -> Int {
        let (known, before): (Int?, Header?) = state.withLock { state in
            guard let mapping = state.mapping else { return (nil, nil) }
            let now = Self.header(in: mapping)
            return (now == state.header ? state.generation : nil, now)
        }
        if let known { return known }
        let generation = try read()
        state.withLock { state in
            guard !state.isClosed else { return }
            guard let before else {
                // It is there once something was read.
                if state.mapping == nil { state.mapping = SharedMapping(path: path, size: 2 * Self.headerSize) }
                return
            }
            (state.header, state.generation) = (before, generation)
        }
        return generation
    }

    /// Has every later question put to the database, which has closed.
    func close() {
        state.withLock { state in state = State(isClosed: true) }
    }

    /// Nil while it is being written, and if it is of another layout.
    private static func header(in mapping: SharedMapping) -> Header? {
        var first = Header.zero
        var second = Header.zero
        // A writer changes the second copy first.
        for word in 0..<(headerSize / 8) { first[word] = mapping.word(at: 8 * word) }
        for word in 0..<(headerSize / 8) { second[word] = mapping.word(at: headerSize + 8 * word) }
        let version = withUnsafeBytes(of: first) { $0.load(as: UInt32.self) }
        return first == second && version == layout ? first : nil
    }
}
