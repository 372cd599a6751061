import Foundation
import Platform

/// The lines that come through a descriptor, read no further than they are asked for, until the input ends or ``stop()``
/// is called.
///
/// One thread at a time may ask for lines; any may stop them. Nothing more is read then, and what has been read is still
/// handed out.
final class RequestLines: @unchecked Sendable {
    enum Line: Equatable {
        /// Without its line break.
        case text([UInt8], number: Int)
        /// Longer than the limit; it has been passed over.
        case tooLong(number: Int)
    }

    private let descriptor: Int32
    private let limit: Int
    // A byte in this pipe wakes the reader.
    private let wake: (read: Int32, write: Int32)
    private let isStopped = Locked(false)

    // What follows belongs to the thread that asks for lines.
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var number = 0
    private let chunk: UnsafeMutableRawBufferPointer

    /// - Parameter limit: the longest line in bytes; memory stays within it and one read.
    init(descriptor: Int32 = STDIN_FILENO, limit: Int) throws {
        self.descriptor = descriptor
        self.limit = limit
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure(
                code: "failed", message: "A pipe cannot be made: \(String(cString: strerror(errno))).",
                isInputError: false)
        }
        wake = (ends[0], ends[1])
        chunk = .allocate(byteCount: 1 << 16, alignment: 16)
    }

    deinit {
        close(wake.read)
        close(wake.write)
        chunk.deallocate()
    }

    /// Ends the input where it is.
    func stop() {
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = true
            var byte: UInt8 = 0
            _ = write(wake.write, &byte, 1)
        }
    }

    /// The next line, or nil at the end. A last line needs no line break, unless the input was stopped inside it: then it is
    /// no whole request.
    func next() throws -> Line? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                number += 1
                defer { start = end + 1 }
                return end - start > limit
                    ? .tooLong(number: number) : .text(Array(buffer[start..<end]), number: number)
            }
            if buffer.count - start > limit {
                number += 1
                try passLongLine()
                return .tooLong(number: number)
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            guard try fill() else { break }
        }
        guard !buffer.isEmpty, !isStopped.withLock({ $0 }) else { return nil }
        number += 1
        defer { buffer = [] }
        return .text(buffer, number: number)
    }

    private func passLongLine() throws {
        start = 0
        while true {
            buffer.removeAll(keepingCapacity: false)
            guard try fill() else { return }
            if let end = buffer.firstIndex(of: 0x0A) {
                start = end + 1
                return
            }
        }
    }

    /// Reads what is there, waiting for at least one byte; false at the end of the input or once it is stopped.
    private func fill() throws -> Bool {
        while !isAtEnd {
            var requests = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&requests, 2, -1) >= 0 else {
                if errno == EINTR { continue }
                throw failure()
            }
            guard requests[1].revents == 0 else {
                isAtEnd = true
                return false
            }
            let count = read(descriptor, chunk.baseAddress, chunk.count)
            if count > 0 {
                buffer.append(contentsOf: chunk[..<count])
                return true
            }
            if count == 0 {
                isAtEnd = true
            } else if errno != EINTR, errno != EAGAIN {
                throw failure()
            }
        }
        return false
    }

    private func failure() -> Failure {
        Failure(
            code: "unreadable", message: "Standard input cannot be read: \(String(cString: strerror(errno))).",
            file: "standard input", isInputError: true)
    }
}
