#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A whole file mapped read-only into memory. The mapping lives as long as the object; replacing the file by renaming
/// another over it does not disturb it.
package final class MappedFile: Sendable {
    package let path: String
    package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// - Throws: ``FileError`` if the file cannot be opened, is not a regular file, or cannot be mapped.
    package init(path: String) throws(FileError) {
        // Without O_NONBLOCK, opening a pipe waits for somebody to write to it; for a regular file it changes nothing.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last("read the size of", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(
                path: path, operation: "map", code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        self.path = path
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .last("map", path)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    /// Tells the kernel that all of it will be read soon.
    package func willNeed() {
        guard let address = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: address), bytes.count, MADV_WILLNEED)
    }

    /// How a part of the file is going to be read.
    package enum AccessPattern: Sendable { case sequential, random }

    /// Tells the kernel how the pages that lie wholly within `range` are going to be read, so that it reads ahead or not.
    package func advise(_ pattern: AccessPattern, for range: Range<Int>) {
        guard let address = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let range = range.clamped(to: 0..<bytes.count)
        let start = (range.lowerBound + page - 1) / page * page
        guard start < range.upperBound else { return }
        madvise(
            UnsafeMutableRawPointer(mutating: address + start), range.upperBound - start,
            pattern == .random ? MADV_RANDOM : MADV_SEQUENTIAL)
    }

    /// Gives back the memory of the pages that lie wholly within `range` of the bytes. They may still be used: the
    /// kernel then maps them again.
    package func release(_ range: Range<Int>) {
        guard let address = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let range = range.clamped(to: 0..<bytes.count)
        // The mapping begins with a page, and what follows its last byte in the last one is its own too.
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound == bytes.count ? bytes.count : range.upperBound / page * page
        guard start < end else { return }
        madvise(UnsafeMutableRawPointer(mutating: address + start), end - start, MADV_DONTNEED)
    }
}
