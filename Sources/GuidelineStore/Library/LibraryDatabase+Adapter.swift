import Foundation
import GRDB
import Platform

/// What a library has learned about how inputs lie towards its guidelines: a record for people and programs, and numbers that
/// belong to it. This module keeps both and understands neither.
package struct StoredAdapter: Sendable, Hashable {
    /// JSON.
    package var record: String
    package var numbers: [Float]
    /// How prominent passages are, by their ids.
    package var prominences: [Int64: Float]
    /// Tells it from every other one; set when it is read.
    package var checksum: UInt32 = 0

    package init(record: String, numbers: [Float], prominences: [Int64: Float]) {
        self.record = record
        self.numbers = numbers
        self.prominences = prominences
        checksum = encoded.checksum
    }

    /// As it is kept.
    fileprivate var encoded: EncodedAdapter {
        var encoded = EncodedAdapter(record: record)
        encoded.numbers.reserveCapacity(4 * numbers.count)
        for number in numbers { Self.append(number.bitPattern, to: &encoded.numbers) }
        encoded.prominences.reserveCapacity(12 * prominences.count)
        for (id, value) in prominences.sorted(by: { $0.key < $1.key }) {
            Self.append(UInt64(bitPattern: id), to: &encoded.prominences)
            Self.append(value.bitPattern, to: &encoded.prominences)
        }
        return encoded
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Nil where the lengths are not those of such a thing.
    fileprivate init?(_ encoded: EncodedAdapter) {
        guard encoded.numbers.count % 4 == 0, encoded.prominences.count % 12 == 0 else { return nil }
        record = encoded.record
        numbers = encoded.numbers.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map { Self.float(bytes, at: $0) }
        }
        prominences = [:]
        prominences.reserveCapacity(encoded.prominences.count / 12)
        encoded.prominences.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 12) {
                let id = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
                prominences[Int64(bitPattern: id)] = Self.float(bytes, at: start + 8)
            }
        }
        checksum = encoded.checksum
    }

    private static func float(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Float {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
    }
}

private struct EncodedAdapter {
    var record: String
    var numbers: [UInt8] = []
    var prominences: [UInt8] = []

    var checksum: UInt32 {
        var crc: UInt32 = 0
        for part in [Array(record.utf8), numbers, prominences] {
            crc = part.withUnsafeBytes { CRC32C.checksum($0, continuing: crc) }
        }
        return crc
    }
}

extension LibraryDatabase {
    /// Nil where there is none.
    ///
    /// - Throws: ``GuidelineStoreError/corrupt(path:sqliteCode:reason:)`` if it is damaged.
    package var adapter: StoredAdapter? {
        get throws { try read(adapter) }
    }

    /// What tells the adapter that there is from others, without reading all of it; nil where there is none.
    package var adapterChecksum: UInt32? {
        get throws {
            try read { database in
                guard try LibrarySchema.hasAdapter(database) else { return nil }
                return try database.firstRow("SELECT crc32c FROM adapter") { row in
                    UInt32(truncatingIfNeeded: try row.value(0) as Int64)
                }
            }
        }
    }

    func adapter(_ database: Database) throws -> StoredAdapter? {
        guard try LibrarySchema.hasAdapter(database) else { return nil }
        return try database.firstRow("SELECT record, numbers, prominences, crc32c FROM adapter") { row in
            let encoded = EncodedAdapter(
                record: try row.value(0), numbers: Array(try row.value(1) as Data),
                prominences: Array(try row.value(2) as Data))
            guard try row.value(3) as Int64 == Int64(encoded.checksum), let adapter = StoredAdapter(encoded) else {
                throw GuidelineStoreError.corrupt(
                    path: folder.path, sqliteCode: 0, reason: "the adapter's checksum is wrong")
            }
            return adapter
        }
    }
}

extension LibraryTransaction {
    /// Puts an adapter in the place of the one that is there; nil removes it. Returns whether there was one.
    @discardableResult
    package func setAdapter(_ adapter: StoredAdapter?) throws -> Bool {
        let wasThere = try database.number("SELECT count(*) FROM adapter") > 0
        if wasThere {
            try database.change("DELETE FROM adapter")
            hasChanges = true
        }
        guard let encoded = adapter?.encoded else { return wasThere }
        hasChanges = true
        try database.change(
            "INSERT INTO adapter (id, record, numbers, prominences, crc32c) VALUES (1, ?, ?, ?, ?)",
            [encoded.record, Data(encoded.numbers), Data(encoded.prominences), Int64(encoded.checksum)])
        return wasThere
    }
}
