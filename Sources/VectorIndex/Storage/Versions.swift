import Platform

/// The states of an index that searches are looking at, the newest of which new searches get.
///
/// Searches never wait for the writer: it prepares a state and swaps it in. What a new state replaced stays until the
/// last search that may see it has ended (an epoch scheme: Fraser, "Practical lock-freedom", 2004).
final class Versions<State: Sendable>: Sendable {
    /// One state, and what became garbage when the next took its place.
    private final class Version: @unchecked Sendable {
        let state: State
        // Both guarded by the lock of `Versions`.
        var searches = 0
        var garbage = Garbage()

        init(_ state: State) { self.state = state }
    }

    private struct List: Sendable {
        /// Oldest first; the last is the newest. Never empty.
        var versions: [Version]
    }

    private let list: Locked<List>

    init(_ state: State) { list = Locked(List(versions: [Version(state)])) }

    /// Lends the newest state.
    func withCurrent<Value>(_ body: (State) throws -> Value) rethrows -> Value {
        let version = list.withLock { list in
            let newest = list.versions[list.versions.count - 1]
            newest.searches += 1
            return newest
        }
        defer { list.withLock { _ in version.searches -= 1 } }
        return try body(version.state)
    }

    /// Puts a state in the newest's place. Returns what no search can see any more.
    func publish(_ state: State, replacing garbage: Garbage) -> [Garbage] {
        list.withLock { list in
            list.versions[list.versions.count - 1].garbage = garbage
            list.versions.append(Version(state))
            return Self.collect(&list)
        }
    }

    /// What has become garbage since ``publish(_:replacing:)`` was last called.
    func collect() -> [Garbage] { list.withLock { Self.collect(&$0) } }

    private static func collect(_ list: inout List) -> [Garbage] {
        // A search may see what any later state was put in the place of, so only the oldest may go.
        var ended = 0
        while ended + 1 < list.versions.count, list.versions[ended].searches == 0 { ended += 1 }
        let garbage = list.versions.prefix(ended).map(\.garbage)
        list.versions.removeFirst(ended)
        return garbage
    }
}
