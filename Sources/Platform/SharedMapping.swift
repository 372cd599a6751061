import CKernels

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The beginning of a file that others write to, mapped so that what they write is seen at once.
package final class SharedMapping: Sendable {
    private nonisolated(unsafe) let address: UnsafeMutableRawPointer
    private let size: Int

    /// Nil if there is no such file, or if it has fewer than `size` bytes. Whoever writes to it must not cut it off.
    package init?(path: String, size: Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard size > 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= size,
            let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED
        else { return nil }
        self.address = address
        self.size = size
    }

    deinit { munmap(address, size) }

    /// Eight bytes at a multiple of eight, and with them all that was written before they were; 0 beyond the end.
    package func word(at offset: Int) -> UInt64 {
        guard offset >= 0, offset % 8 == 0, offset <= size - 8 else { return 0 }
        return fp_load_word(UnsafeRawPointer(address + offset).assumingMemoryBound(to: UInt64.self))
    }
}
