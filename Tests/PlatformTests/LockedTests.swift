import Dispatch
import Testing

@testable import Platform

@Suite("Values that one thread at a time may use")
struct LockedTests {
    @Test("Changes from many threads are all kept")
    func excludes() {
        let count = Locked(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<1_000 { count.withLock { $0 += 1 } }
        }
        #expect(count.withLock(\.self) == 8_000)
    }

    @Test("Who does not wait gets nothing while another thread is in it, and the value otherwise")
    func ifAvailable() {
        let value = Locked(7)
        let (entered, leave, left) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        DispatchQueue.global().async {
            value.withLock { _ in
                entered.signal()
                leave.wait()
            }
            left.signal()
        }
        entered.wait()
        #expect(value.withLockIfAvailable(\.self) == nil)
        leave.signal()
        left.wait()
        #expect(value.withLockIfAvailable(\.self) == 7)
    }

    @Test("An error leaves it free")
    func throwing() {
        struct Failure: Error {}
        let value = Locked(1)
        #expect(throws: Failure.self) { try value.withLock { _ in throw Failure() } }
        #expect(throws: Failure.self) { try value.withLockIfAvailable { _ in throw Failure() } }
        #expect(value.withLockIfAvailable(\.self) == 1)
    }
}
