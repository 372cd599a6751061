import CKernels
import Platform

/// The states of an index that searches are looking at, the newest of which new searches get.
///
/// Searches never wait for the writer, nor for each other: it prepares a state and swaps it in. What a new state
/// replaced stays until the last search that may see it has ended (an epoch scheme: Fraser, "Practical lock-freedom",
/// 2004): each publication begins an epoch, and readers leave word of that in which they began before they look at the
/// newest state.
final class Versions<State: AnyObject & Sendable>: @unchecked Sendable {
    private let readers = ReaderSlots()
    private let newest: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let epoch: UnsafeMutablePointer<UInt64>
    /// What the writer alone uses, who is one at a time.
    private let replaced: Locked<[Replaced]>

    /// A state that another was put in the place of, and what became garbage then.
    private struct Replaced: @unchecked Sendable {
        let state: Unmanaged<State>
        let garbage: Garbage
        /// The last in which a reader may have seen it.
        let epoch: UInt64
    }

    init(_ state: State) {
        newest = .allocate(capacity: 1)
        newest.initialize(to: Unmanaged.passRetained(state).toOpaque())
        epoch = .allocate(capacity: 1)
        epoch.initialize(to: 1)
        replaced = Locked([])
    }

    deinit {
        for old in replaced.withLock({ $0 }) { old.state.release() }
        current.release()
        newest.deallocate()
        epoch.deallocate()
    }

    private var current: Unmanaged<State> {
        // Never nil.
        Unmanaged.fromOpaque(fp_load_pointer_in_order(newest).unsafelyUnwrapped)
    }

    /// Lends the newest state.
    func withCurrent<Value>(_ body: (State) throws -> Value) rethrows -> Value {
        let slot = readers.enter(epoch)
        defer { slot.leave() }
        return try current._withUnsafeGuaranteedRef(body)
    }

    /// Lends the newest state, and a workspace that no other search has.
    @inline(__always)
    func withCurrent<Value>(_ body: (State, SearchWorkspace) throws -> Value) rethrows -> Value {
        let slot = readers.enter(epoch)
        defer { slot.leave() }
        return try current._withUnsafeGuaranteedRef { state in
            try slot.workspace._withUnsafeGuaranteedRef { try body(state, $0) }
        }
    }

    /// Puts a state in the newest's place. Returns what no search can see any more.
    func publish(_ state: State, replacing garbage: Garbage) -> [Garbage] {
        let old = current
        let last = epoch.pointee
        fp_store_pointer_in_order(newest, Unmanaged.passRetained(state).toOpaque())
        fp_store_word_in_order(epoch, last + 1)
        replaced.withLock { $0.append(Replaced(state: old, garbage: garbage, epoch: last)) }
        return collect()
    }

    /// What has become garbage since this or ``publish(_:replacing:)`` was last called.
    func collect() -> [Garbage] {
        let oldest = readers.oldest()
        let ended = replaced.withLock { replaced in
            let ended = replaced.prefix { $0.epoch < oldest }
            replaced.removeFirst(ended.count)
            return ended
        }
        for old in ended { old.state.release() }
        return ended.map(\.garbage)
    }
}
