import CKernels
import Dispatch
import Synchronization

/// The processors of this machine.
package enum Processors {
    /// Hardware threads that this process may run on, as its affinity mask says; at least 1.
    package static var available: Int { Int(fp_available_processors()) }
}

/// Loops over several threads, the calling one among them.
package enum Parallel {
    /// Calls `body` once for each index below `count`, in no particular order, on at most `threads` threads, and
    /// returns when all calls have. With one thread it is a plain loop.
    package static func forEach(_ count: Int, threads: Int, _ body: @Sendable (_ index: Int) -> Void) {
        forEachRange(count, chunk: 1, threads: threads) { range, _ in
            for index in range { body(index) }
        }
    }

    /// Calls `body` for consecutive ranges of at most `chunk` indices that together cover `0..<count`.
    ///
    /// `worker`, below `threads`, is the same for calls on one thread and never shared by two calls that overlap, so
    /// it may index scratch space. The ranges do not depend on `threads`.
    package static func forEachRange(
        _ count: Int, chunk: Int, threads: Int, _ body: @Sendable (_ range: Range<Int>, _ worker: Int) -> Void
    ) {
        guard count > 0 else { return }
        let chunk = max(1, chunk)
        let chunks = (count - 1) / chunk + 1
        let workers = max(1, min(threads, chunks))
        guard workers > 1 else {
            for index in 0..<chunks {
                body((index * chunk)..<min(count, (index + 1) * chunk), 0)
            }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < chunks else { return }
                body((index * chunk)..<min(count, (index + 1) * chunk), worker)
            }
        }
    }
}
