import Dispatch
import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// A disk that counts how often it is told to keep what it has, and can be made to fail.
private final class CountingDisk: Sendable {
    private let counts = Locked((calls: 0, failures: 0))
    private let happened = DispatchSemaphore(value: 0)
    private let gate = Locked<DispatchSemaphore?>(nil)

    var calls: Int { counts.withLock { $0.calls } }
    func fail(times: Int) { counts.withLock { $0.failures = times } }

    /// Calls are held up until the gate is opened.
    func close() { gate.withLock { $0 = DispatchSemaphore(value: 0) } }
    func open() { gate.withLock(\.self)?.signal() }

    /// Waits for a call; that it comes is what is tested, not when.
    func wait() -> Bool { happened.wait(timeout: .now() + 60) == .success }

    var disk: LogDisk {
        LogDisk { [self] _ in
            let fails = counts.withLock { counts in
                counts.calls += 1
                counts.failures -= 1
                return counts.failures >= 0
            }
            gate.withLock(\.self)?.wait()
            defer { happened.signal() }
            if fails { errno = EIO }
            return fails ? -1 : 0
        }
    }
}

@Suite("When a log is forced to the disk")
struct DecisionLogSyncTests {
    private let folder: TemporaryFolder
    private let disk = CountingDisk()

    init() throws { folder = try TemporaryFolder() }

    private func log(_ sync: DecisionLog.Options.Sync, segmentBytes: Int = 1 << 20) throws -> DecisionLog {
        var options = DecisionLog.Options()
        (options.sync, options.segmentBytes) = (sync, segmentBytes)
        return try DecisionLog(in: folder.url, options: options, disk: disk.disk)
    }

    private let records = [DecisionRecord.of("text", id: "d1")]

    @Test("By a timer after an append, although no other append follows")
    func timer() throws {
        let log = try log(.every(.milliseconds(1)))
        for round in 1...3 {
            try log.append(records)
            #expect(disk.wait() && disk.calls >= round)
        }
    }

    @Test("Once for all that is appended before the timer, and when the log is closed")
    func together() throws {
        let log = try log(.every(.seconds(3_600)))
        for _ in 0..<50 { try log.append(records) }
        #expect(disk.calls == 0)
        try log.close()
        #expect(disk.calls == 1)
    }

    @Test("When a log is let go whose timer has not come")
    func letGo() throws {
        func appendAndForget() throws { try log(.every(.seconds(3_600))).append(records) }
        try appendAndForget()
        #expect(disk.calls == 1)
    }

    @Test("A disk that failed behind an append's back is told by the next one, once")
    func failure() throws {
        let log = try log(.every(.milliseconds(1)))
        disk.fail(times: 1)
        try log.append(records)
        #expect(disk.wait())
        // The disk has answered; the log hears of it a moment later.
        var error: GuidelineStoreError?
        for _ in 0..<60_000 where error == nil {
            error = storeError { try log.append(records) }
            if error == nil { usleep(1_000) }
        }
        #expect(error != nil)
        try log.append(records)
    }

    @Test("A disk that fails when a log is closed is told then")
    func failureAtTheEnd() throws {
        let log = try log(.every(.seconds(3_600)))
        try log.append(records)
        disk.fail(times: 1)
        #expect(storeError { try log.close() } != nil)
    }

    @Test("No append waits for a file to be finished; closing does, and tells what became of it")
    func finishing() throws {
        let log = try log(.system, segmentBytes: 1)
        disk.close()
        disk.fail(times: 1)
        try log.append(records)
        try log.append(records)
        #expect(LogSegment.all(in: log.folder).count == 2)
        disk.open()
        #expect(disk.wait())
        disk.open()
        #expect(storeError { try log.close() } != nil)
        #expect(disk.calls == 2)
        #expect(storeError { try log.append(records) } != nil)
        #expect(storeError { try log.close() } == nil)
    }

    @Test("With every append, or never but at the end")
    func others() throws {
        let always = try log(.always)
        for _ in 0..<3 { try always.append(records) }
        #expect(disk.calls == 3)
        try always.close()
        let system = try log(.system)
        for _ in 0..<3 { try system.append(records) }
        #expect(disk.calls == 4)
        try system.close()
        #expect(disk.calls == 5)
    }
}
