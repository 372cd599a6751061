#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A sliding view of an input of any length: what has been read and not yet consumed.
///
/// Memory stays within the longest stretch that a reader leaves unconsumed, which readers bound. Files are read, not
/// mapped, because a file that shrinks under a mapping kills the process.
final class ByteWindow {
    /// What errors call the input.
    let name: String
    /// Offset in the input of the first byte of ``bytes``.
    private(set) var offset = 0
    /// Whether no bytes follow those in the window.
    private(set) var isAtEnd = false

    private let descriptor: Int32
    private let ownsDescriptor: Bool
    private var storage: UnsafeMutableRawBufferPointer
    private var range = 0..<0

    /// - Throws: ``GuidelineStoreError`` if the file is missing or unreadable or begins with the mark of another encoding.
    ///   A UTF-8 byte order mark is skipped.
    init(_ source: InputSource, capacity: Int) throws(GuidelineStoreError) {
        name = source.name
        switch source {
        case .file(let url):
            descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
            ownsDescriptor = true
            guard descriptor >= 0 else {
                storage = .init(start: nil, count: 0)
                let code = errno
                throw code == ENOENT || code == ENOTDIR
                    ? .fileNotFound(path: source.name)
                    : .unreadable(path: source.name, reason: String(cString: strerror(code)))
            }
            storage = .allocate(byteCount: max(capacity, 64), alignment: 16)
        case .standardInput:
            (descriptor, ownsDescriptor) = (STDIN_FILENO, false)
            storage = .allocate(byteCount: max(capacity, 64), alignment: 16)
        case .bytes(let bytes, _):
            (descriptor, ownsDescriptor) = (-1, false)
            storage = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
            storage.copyBytes(from: bytes)
            range = 0..<bytes.count
            isAtEnd = true
        }
        try skipByteOrderMark()
    }

    deinit {
        storage.deallocate()
        if ownsDescriptor, descriptor >= 0 { close(descriptor) }
    }

    /// Valid until the next call of ``fill()`` or ``consume(_:)``.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[range]) }

    func consume(_ count: Int) {
        let count = min(max(0, count), range.count)
        offset += count
        range = (range.lowerBound + count)..<range.upperBound
    }

    /// Reads more bytes behind those of the window, waiting for at least one; false at the end of the input.
    func fill() throws(GuidelineStoreError) -> Bool {
        guard !isAtEnd else { return false }
        makeRoom()
        while true {
            let room = UnsafeMutableRawBufferPointer(rebasing: storage[range.upperBound...])
            let count = read(descriptor, room.baseAddress, room.count)
            if count > 0 {
                range = range.lowerBound..<(range.upperBound + count)
                return true
            }
            if count == 0 {
                isAtEnd = true
                return false
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitForInput()
            default: throw .unreadable(path: name, reason: String(cString: strerror(errno)))
            }
        }
    }

    private func makeRoom() {
        guard range.upperBound == storage.count else { return }
        if range.lowerBound >= storage.count / 2 {
            UnsafeMutableRawBufferPointer(rebasing: storage[0..<range.count]).copyMemory(from: bytes)
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: storage.count * 2, alignment: 16)
            larger.copyMemory(from: bytes)
            storage.deallocate()
            storage = larger
        }
        range = 0..<range.count
    }

    private func waitForInput() {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&request, 1, -1)
    }

    private func skipByteOrderMark() throws(GuidelineStoreError) {
        while range.count < 4, try fill() {}
        let start = bytes.prefix(4)
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            consume(3)
        } else if start.elementsEqual([0xFF, 0xFE, 0, 0]) || start.elementsEqual([0, 0, 0xFE, 0xFF]) {
            throw .unsupportedEncoding(path: name, encoding: "UTF-32")
        } else if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw .unsupportedEncoding(path: name, encoding: "UTF-16")
        }
    }
}
