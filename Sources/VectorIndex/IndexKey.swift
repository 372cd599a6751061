/// What rows of an index are called by: stable, unique, ordered (equal scores are returned in key order) and able to be
/// written into an archive.
public protocol IndexKey: Hashable, Comparable, Sendable {
    /// Names the encoding in an archive, so that one kind of key is never read as another.
    static var archiveTag: UInt32 { get }
    /// Bytes of every key, where all have the same number.
    static var archiveWidth: Int? { get }
    /// Appends this key's bytes.
    func archive(into bytes: inout [UInt8])
    /// Reads a key back from exactly the bytes that ``archive(into:)`` wrote; nil if they are none.
    init?(archived bytes: UnsafeRawBufferPointer)
    /// Reads many keys of one width. Nil if the bytes are none. There is a version for every key; types for which a
    /// faster one exists have their own.
    static func keys(archived bytes: UnsafeRawBufferPointer, width: Int) -> [Self]?
}

extension IndexKey {
    public static var archiveWidth: Int? { nil }

    public static func keys(archived bytes: UnsafeRawBufferPointer, width: Int) -> [Self]? {
        guard width > 0, bytes.count % width == 0 else { return nil }
        var keys: [Self] = []
        keys.reserveCapacity(bytes.count / width)
        for start in stride(from: 0, to: bytes.count, by: width) {
            guard let key = Self(archived: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + width)])) else {
                return nil
            }
            keys.append(key)
        }
        return keys
    }
}

extension IndexKey where Self: FixedWidthInteger {
    public static var archiveWidth: Int? { MemoryLayout<Self>.size }

    public func archive(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: littleEndian) { bytes.append(contentsOf: $0) }
    }

    public init?(archived bytes: UnsafeRawBufferPointer) {
        guard bytes.count == MemoryLayout<Self>.size else { return nil }
        self.init(littleEndian: bytes.loadUnaligned(as: Self.self))
    }

    public static func keys(archived bytes: UnsafeRawBufferPointer, width: Int) -> [Self]? {
        guard width == MemoryLayout<Self>.size, bytes.count % width == 0 else { return nil }
        return (0..<(bytes.count / width)).map {
            Self(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: Self.self))
        }
    }
}

extension Int: IndexKey {
    public static var archiveTag: UInt32 { 1 }
    public static var archiveWidth: Int? { 8 }

    public func archive(into bytes: inout [UInt8]) { Int64(self).archive(into: &bytes) }

    public init?(archived bytes: UnsafeRawBufferPointer) {
        guard let value = Int64(archived: bytes) else { return nil }
        self.init(exactly: value)
    }

    public static func keys(archived bytes: UnsafeRawBufferPointer, width: Int) -> [Int]? {
        Int64.keys(archived: bytes, width: width)?.map { Int(truncatingIfNeeded: $0) }
    }
}

extension Int64: IndexKey { public static var archiveTag: UInt32 { 1 } }
extension UInt64: IndexKey { public static var archiveTag: UInt32 { 2 } }
extension UInt32: IndexKey { public static var archiveTag: UInt32 { 3 } }

extension String: IndexKey {
    public static var archiveTag: UInt32 { 16 }

    public func archive(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    public init?(archived bytes: UnsafeRawBufferPointer) {
        self.init(validating: bytes, as: UTF8.self)
    }
}
