import CKernels
import Platform

/// Where readers say that they are reading, each in a place of its own, so that they do not meet in one cache line.
///
/// A slot holds the epoch in which its reader began, or 0, and a workspace that whoever has the slot may use.
final class ReaderSlots: @unchecked Sendable {
    private let first: UnsafeMutableRawPointer
    private let count: Int
    /// For more readers at once than there are slots.
    private let further: Locked<Further>

    private struct Further: @unchecked Sendable { var slots: [ReaderSlot] = [] }

    init() {
        // A thread finds its slot by its number; more slots than threads that run at once make collisions rare.
        var wanted = 8
        while wanted < 2 * Processors.available { wanted *= 2 }
        count = wanted
        first = .allocate(byteCount: wanted * ReaderSlot.size, alignment: ReaderSlot.size)
        first.initializeMemory(as: UInt8.self, repeating: 0, count: wanted * ReaderSlot.size)
        further = Locked(Further())
    }

    deinit {
        for index in 0..<count { ReaderSlot(base: first + index * ReaderSlot.size).releaseWorkspace() }
        first.deallocate()
        for slot in further.withLock({ $0.slots }) {
            slot.releaseWorkspace()
            slot.base.deallocate()
        }
    }

    /// Takes a slot that nobody has.
    @inline(__always)
    func enter(_ epoch: UnsafePointer<UInt64>) -> ReaderSlot {
        let slot = ReaderSlot(base: first + (Int(fp_thread_number()) & (count - 1)) * ReaderSlot.size)
        if slot.take(fp_load_word_in_order(epoch)) { return slot }
        return enterAnother(epoch)
    }

    @inline(never)
    private func enterAnother(_ epoch: UnsafePointer<UInt64>) -> ReaderSlot {
        for index in 0..<count {
            let slot = ReaderSlot(base: first + index * ReaderSlot.size)
            if slot.take(fp_load_word_in_order(epoch)) { return slot }
        }
        return further.withLock { further in
            for slot in further.slots where slot.take(fp_load_word_in_order(epoch)) { return slot }
            let memory = UnsafeMutableRawPointer.allocate(byteCount: ReaderSlot.size, alignment: ReaderSlot.size)
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: ReaderSlot.size)
            let slot = ReaderSlot(base: memory)
            _ = slot.take(fp_load_word_in_order(epoch))
            further.slots.append(slot)
            return slot
        }
    }

    /// The epoch of the reader that began first; the largest number if nobody reads.
    func oldest() -> UInt64 {
        var oldest = UInt64.max
        func look(_ slot: ReaderSlot) {
            let epoch = slot.epoch
            if epoch != 0 { oldest = min(oldest, epoch) }
        }
        for index in 0..<count { look(ReaderSlot(base: first + index * ReaderSlot.size)) }
        further.withLock { $0.slots.forEach(look) }
        return oldest
    }
}

/// A reader's place: its epoch, and behind it a workspace.
struct ReaderSlot: @unchecked Sendable {
    let base: UnsafeMutableRawPointer

    /// Two cache lines, which processors fetch together.
    static let size = 128

    private var word: UnsafeMutablePointer<UInt64> { base.assumingMemoryBound(to: UInt64.self) }
    private var held: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
        (base + 8).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    }

    var epoch: UInt64 { fp_load_word_in_order(word) }

    @inline(__always)
    func take(_ epoch: UInt64) -> Bool { fp_exchange_word_in_order(word, 0, epoch) }

    @inline(__always)
    func leave() { fp_store_word(word, 0) }

    /// For whoever has the slot.
    @inline(__always)
    var workspace: Unmanaged<SearchWorkspace> {
        if let pointer = held.pointee { return Unmanaged.fromOpaque(pointer) }
        let made = Unmanaged.passRetained(SearchWorkspace())
        held.pointee = made.toOpaque()
        return made
    }

    fileprivate func releaseWorkspace() {
        if let pointer = held.pointee { Unmanaged<SearchWorkspace>.fromOpaque(pointer).release() }
    }
}
