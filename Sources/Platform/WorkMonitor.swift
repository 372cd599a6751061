import CKernels

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Long work on several threads: tells how far it has come, and ends early if the one who asked for it wants that.
///
/// Progress is told on the thread that made the monitor alone, and never less than before. The work ends early when that thread's task is cancelled,
/// or the closure that is told throws.
package final class WorkMonitor: @unchecked Sendable {
    private let thread = pthread_self()
    private let tell: ((Double) throws -> Void)?
    /// Used by the thread alone.
    private var failure: (any Error)?
    private var isTelling = false
    private var told = -1.0
    private let stopped: UnsafeMutablePointer<UInt64>
    private let mayEnd: Bool

    /// - Parameter tell: told the share that is done, from 0 to 1.
    package init(_ tell: ((_ share: Double) throws -> Void)?) {
        self.tell = tell
        mayEnd = true
        stopped = .allocate(capacity: 1)
        stopped.initialize(to: 0)
    }

    /// Of work that nobody is told of, and that cannot be left undone.
    package init() {
        tell = nil
        mayEnd = false
        stopped = .allocate(capacity: 1)
        stopped.initialize(to: 0)
    }

    deinit { stopped.deallocate() }

    /// Whether to go on. To be called by all threads, often, with the share that is done.
    package func goesOn(_ share: @autoclosure () -> Double) -> Bool {
        guard mayEnd else { return true }
        guard fp_load_word(stopped) == 0 else { return false }
        guard pthread_equal(pthread_self(), thread) != 0, !isTelling else { return true }
        isTelling = true
        defer { isTelling = false }
        do {
            try Task.checkCancellation()
            let share = share()
            if share > told {
                told = share
                try tell?(share)
            }
            return true
        } catch {
            failure = error
            fp_store_word(stopped, 1)
            return false
        }
    }

    package var isStopped: Bool { fp_load_word(stopped) != 0 }

    /// Throws what ended the work, if anything has. To be called by the thread that made the monitor.
    package func check() throws {
        if let failure { throw failure }
    }
}
