#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Writes a file so that a reader sees the old one or the whole new one, also after a crash.
package enum AtomicFile {
    /// Writes through `body` to a temporary name in the same folder, syncs the file, renames it over `path` and syncs the folder.
    ///
    /// If anything throws, `path` is as it was and the temporary file is removed.
    package static func write(to path: String, _ body: (inout FileWriter) throws -> Void) throws {
        let folder = folder(of: path)
        let temporary = "\(path).tmp-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.last("create", temporary) }
        var isFinished = false
        defer { if !isFinished { unlink(temporary) } }
        do {
            defer { close(descriptor) }
            var writer = FileWriter(descriptor: descriptor, path: temporary)
            try body(&writer)
            try writer.flush()
            try synchronize(descriptor, temporary)
        }
        guard rename(temporary, path) == 0 else { throw FileError.last("replace", path) }
        isFinished = true
        let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw FileError.last("open", folder) }
        defer { close(folderDescriptor) }
        // Some file systems cannot sync a folder and say so; the rename itself has succeeded.
        if fsync(folderDescriptor) != 0, errno != EINVAL, errno != ENOTSUP { throw FileError.last("sync", folder) }
    }

    /// Removes temporary files that a killed writer left beside `path`, but not those of running processes.
    package static func removeLeftovers(of path: String) {
        let folder = folder(of: path)
        let name = String(path.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
        guard let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let file = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            let prefix = "\(name).tmp-"
            guard file.hasPrefix(prefix),
                let owner = file.dropFirst(prefix.count).split(separator: "-").first.flatMap({ pid_t($0) })
            else { continue }
            if kill(owner, 0) != 0, errno == ESRCH { unlink("\(folder)/\(file)") }
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func synchronize(_ descriptor: Int32, _ path: String) throws(FileError) {
        #if canImport(Darwin)
        // fsync on Apple systems does not reach the medium; this does.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }
}

/// A buffered writer over a file descriptor that it does not own.
package struct FileWriter: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    /// Bytes accepted so far.
    package private(set) var position = 0

    private static let bufferSize = 1 << 18

    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        buffer.reserveCapacity(Self.bufferSize)
    }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        position += bytes.count
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            try writeAll(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    package mutating func write(_ text: String) throws(FileError) {
        var failure: FileError?
        var text = text
        text.withUTF8 { utf8 in
            do throws(FileError) { try write(UnsafeRawBufferPointer(utf8)) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    package mutating func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        var failure: FileError?
        buffer.withUnsafeBytes { bytes in
            do throws(FileError) { try writeAll(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard var address = bytes.baseAddress else { return }
        var left = bytes.count
        while left > 0 {
            #if canImport(Darwin)
            let written = Darwin.write(descriptor, address, left)
            #elseif canImport(Musl)
            let written = Musl.write(descriptor, address, left)
            #else
            let written = Glibc.write(descriptor, address, left)
            #endif
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("write", path)
            }
            left -= written
            address += written
        }
    }
}
