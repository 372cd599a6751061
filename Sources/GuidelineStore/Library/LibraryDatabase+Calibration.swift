import Foundation
import GRDB
import Platform

/// What a library has learned about where to draw its lines: a record for people and programs, and numbers that belong to
/// it. This module keeps both and understands neither.
package struct StoredCalibration: Sendable, Hashable {
    /// JSON.
    package var record: String
    package var numbers: [Float]

    package init(record: String, numbers: [Float]) {
        self.record = record
        self.numbers = numbers
    }
}

extension LibraryDatabase {
    /// Nil where there is none.
    ///
    /// - Throws: ``GuidelineStoreError/corrupt(path:sqliteCode:reason:)`` if it is damaged: thresholds that nobody set are
    ///   worse than none.
    package var calibration: StoredCalibration? {
        get throws { try read(calibration) }
    }

    func calibration(_ database: Database) throws -> StoredCalibration? {
        guard try LibrarySchema.hasCalibration(database) else { return nil }
        return try database.firstRow("SELECT record, numbers, crc32c FROM calibration") { row in
            let record: String = try row.value(0)
            let bytes: [UInt8] = Array(try row.value(1) as Data)
            let stored: Int64 = try row.value(2)
            guard bytes.count % 4 == 0, stored == Int64(Self.checksum(record, bytes)) else {
                throw GuidelineStoreError.corrupt(
                    path: folder.path, sqliteCode: 0, reason: "the calibration's checksum is wrong")
            }
            let numbers = bytes.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 4).map { start in
                    Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
                }
            }
            return StoredCalibration(record: record, numbers: numbers)
        }
    }

    fileprivate static func checksum(_ record: String, _ numbers: [UInt8]) -> UInt32 {
        (Array(record.utf8) + numbers).withUnsafeBytes { CRC32C.checksum($0) }
    }
}

extension LibraryTransaction {
    /// Puts a calibration in the place of the one that is there; nil removes it.
    package func setCalibration(_ calibration: StoredCalibration?) throws {
        if try database.number("SELECT count(*) FROM calibration") > 0 {
            try database.change("DELETE FROM calibration")
            hasChanges = true
        }
        guard let calibration else { return }
        hasChanges = true
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * calibration.numbers.count)
        for number in calibration.numbers {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        try database.change(
            "INSERT INTO calibration (id, record, numbers, crc32c) VALUES (1, ?, ?, ?)",
            [calibration.record, Data(bytes), Int64(LibraryDatabase.checksum(calibration.record, bytes))])
    }
}
