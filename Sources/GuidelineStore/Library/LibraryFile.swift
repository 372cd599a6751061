import Foundation
import Platform

/// The database file as the file system sees it, before and beside SQLite.
enum LibraryFile {
    /// Written into every library's header; spells "FPST".
    static let applicationID: UInt32 = 0x4650_5354

    static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }
    static func hasSharedMemory(_ path: String) -> Bool { access(path + "-shm", R_OK) == 0 }
    static func hasLog(_ path: String) -> Bool { (size(path + "-wal") ?? 0) > 0 }

    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The name under which SQLite opens a file that nobody changes, without locks or files beside it.
    static func immutableName(_ path: String) -> String {
        let allowed = CharacterSet(charactersIn: "/-._~").union(.alphanumerics)
        return "file:\(path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)?immutable=1"
    }

    /// Reads the header (https://www.sqlite.org/fileformat2.html, section 1.3) without SQLite, which may change a file
    /// by opening it.
    ///
    /// The application's id is there because a library is complete before it gets its name.
    static func checkHeader(_ path: String) throws(GuidelineStoreError) {
        let header = try readHeader(path)
        guard !header.isEmpty else { throw .notALibrary(path: path, reason: "the file is empty") }
        guard header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw .notALibrary(path: path, reason: "it is no SQLite database")
        }
        guard header.count == 100 else {
            throw .corrupt(path: path, sqliteCode: 26, reason: "the file is cut off in its header")
        }
        func number(at offset: Int) -> UInt32 {
            header[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard number(at: 68) == applicationID else {
            throw .notALibrary(path: path, reason: "it is another program's database")
        }
        let version = Int(number(at: 60))
        guard version <= LibrarySchema.version else {
            throw .newerVersion(path: path, found: version, supported: LibrarySchema.version)
        }
        let stored = Int(header[16]) << 8 | Int(header[17])
        let pageSize = stored == 1 ? 65536 : stored
        let expected = pageSize * Int(number(at: 28))
        // While there is a log, pages may live in it alone; it is looked for last, as a writer may just have come.
        guard let size = size(path), size >= expected || hasLog(path) else {
            throw .corrupt(
                path: path, sqliteCode: 11,
                reason: "the file is shorter than the \(expected) bytes that its header names")
        }
    }

    private static func readHeader(_ path: String) throws(GuidelineStoreError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, 100, 0) }
        guard count >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        return Array(header.prefix(count))
    }

    /// Has `write` make a file under a temporary name, syncs it, and gives it its name if nothing has that name yet.
    ///
    /// - Throws: ``GuidelineStoreError/libraryExists(path:)``, or what `write` throws.
    static func publish(as path: String, _ write: (_ temporary: String) throws -> Void) throws {
        let folder = (path as NSString).deletingLastPathComponent
        guard isWritable(folder) else { throw GuidelineStoreError.readOnly(path: folder) }
        AtomicFile.removeLeftovers(of: path)
        let temporary = "\(path).tmp-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(temporary + suffix) }
        }
        try write(temporary)
        try synchronize(temporary)
        // Unlike a rename, a link never replaces what is there.
        if link(temporary, path) != 0 {
            let code = errno
            // File systems without links remain; there, two processes must not make the same library at once.
            let hasLinks = ![EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(code)
            if code == EEXIST || !hasLinks && size(path) != nil {
                throw GuidelineStoreError.libraryExists(path: folder)
            }
            guard !hasLinks, rename(temporary, path) == 0 else {
                throw GuidelineStoreError(FileError(path: path, operation: "make", code: code))
            }
        }
        try synchronize(folder)
    }

    private static func synchronize(_ path: String) throws(GuidelineStoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw GuidelineStoreError(FileError.last("open", path)) }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and say so.
        if fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP {
            throw GuidelineStoreError(FileError.last("sync", path))
        }
    }
}
