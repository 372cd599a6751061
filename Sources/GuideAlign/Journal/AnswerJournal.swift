import Dispatch
import Foundation
import GuidelineStore
import Platform

/// Answers kept in a file of JSON Lines as they come, so that a second run asks only for what is missing.
///
/// Each line is written whole before ``record(_:for:)`` returns, so the end of the process, by whatever means, loses no
/// answer; it reaches the medium within ``syncInterval``. One process at a time may have a journal open.
public final class AnswerJournal: Sendable {
    private struct Line: Codable {
        var key: String
        var answer: ChatAnswer
    }
    private struct State {
        var descriptor: Int32
        var answers: [String: ChatAnswer] = [:]
        var length: off_t = 0
        var isSyncPending = false
        var problem: String?
    }

    public let path: String
    /// The longest time between the writing of an answer and its being synced to the medium, in milliseconds.
    public let syncInterval: Int
    private let state: Locked<State>

    /// Opens a journal, or begins one. Reads the file once; a last line that was cut off is removed.
    ///
    /// - Throws: ``GuideAlignError/journalInUse(path:)``, ``GuideAlignError/journalFile(path:problem:)``, and
    ///   ``GuideAlignError/journalDamaged(location:problem:)`` for a whole line that is not an answer.
    public init(path: String, syncInterval: Int = 200) throws(GuideAlignError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        var state = State(descriptor: descriptor)
        do throws(GuideAlignError) {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw errno == EWOULDBLOCK ? GuideAlignError.journalInUse(path: path) : Self.failure("lock", path)
            }
            try Self.load(&state, path)
        } catch {
            Foundation.close(descriptor)
            throw error
        }
        self.path = path
        self.syncInterval = max(0, syncInterval)
        self.state = Locked(state)
    }

    deinit { try? close() }

    /// How many answers there are.
    public var count: Int { state.withLock { $0.answers.count } }

    public func answer(for key: String) -> ChatAnswer? { state.withLock { $0.answers[key] } }

    /// Writes an answer. One that is there already stays as it is.
    public func record(_ answer: ChatAnswer, for key: String) throws(GuideAlignError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(Line(key: key, answer: answer)) else {
            throw .journalFile(path: path, problem: "an answer cannot be written as JSON")
        }
        line.append(0x0A)
        let mustSchedule = try state.withLock { state throws(GuideAlignError) in
            if let problem = state.problem { throw .journalFile(path: path, problem: problem) }
            guard state.descriptor >= 0 else { throw .journalFile(path: path, problem: "the journal is closed") }
            guard state.answers[key] == nil else { return false }
            guard Self.writeAll(line, to: state.descriptor) else {
                let failure = Self.failure("write", path)
                // Half a line must not stand before the next.
                if ftruncate(state.descriptor, state.length) != 0 { state.problem = "an earlier write failed" }
                throw failure
            }
            state.length += off_t(line.count)
            state.answers[key] = answer
            defer { state.isSyncPending = true }
            return !state.isSyncPending
        }
        guard mustSchedule else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(syncInterval)) { [weak self] in
            // A failure stays, and the next call throws it.
            try? self?.synchronize()
        }
    }

    /// Waits until all answers are on the medium.
    public func synchronize() throws(GuideAlignError) {
        try state.withLock { state throws(GuideAlignError) in
            guard state.descriptor >= 0 else { return }
            state.isSyncPending = false
            if fsync(state.descriptor) != 0 { state.problem = "cannot sync: \(String(cString: strerror(errno)))" }
            if let problem = state.problem { throw .journalFile(path: path, problem: problem) }
        }
    }

    /// Syncs and closes the file, and lets others open it.
    public func close() throws(GuideAlignError) {
        defer {
            state.withLock { state in
                if state.descriptor >= 0 { Foundation.close(state.descriptor) }
                state.descriptor = -1
            }
        }
        try synchronize()
    }

    private static func load(_ state: inout State, _ path: String) throws(GuideAlignError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw failure("read", path) }
        let decoder = JSONDecoder()
        var start = data.startIndex
        var number = 0
        while let end = data[start...].firstIndex(of: 0x0A) {
            number += 1
            guard let line = try? decoder.decode(Line.self, from: data[start..<end]) else {
                throw .journalDamaged(
                    location: InputLocation(file: path, line: number), problem: "the line is not one that was written")
            }
            if state.answers[line.key] == nil { state.answers[line.key] = line.answer }
            start = end + 1
        }
        state.length = off_t(start - data.startIndex)
        if start < data.endIndex, ftruncate(state.descriptor, state.length) != 0 { throw failure("cut", path) }
    }

    private static func writeAll(_ data: Data, to descriptor: Int32) -> Bool {
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if written < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                done += written
            }
            return true
        }
    }

    private static func failure(_ operation: String, _ path: String) -> GuideAlignError {
        .journalFile(path: path, problem: "cannot \(operation) it: \(String(cString: strerror(errno)))")
    }
}
