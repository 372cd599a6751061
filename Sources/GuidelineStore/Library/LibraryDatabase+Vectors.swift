import Foundation
import GRDB
import Platform

/// What a scan over all vectors is about to deliver.
public struct VectorScan: Sendable, Hashable {
    /// The library's generation whose vectors these are.
    public var generation: Int
    public var encoder: EncoderRecord
    /// Number of vectors to come.
    public var count: Int
}

/// A vector with the passage it belongs to. `values` is only valid during the call that delivers it.
public struct PassageVector {
    public var passageID: Int64
    public var guidelineRow: Int64
    public var field: PassageField
    public var values: UnsafeBufferPointer<Float>
}

extension LibraryDatabase {
    // MARK: Encoder

    /// The encoder that the vectors come from, or nil where none was set.
    public var encoder: EncoderRecord? {
        get throws { try readStatement { try Self.encoder($0, path: folder.path) } }
    }

    /// Says which encoder the vectors come from.
    ///
    /// - Throws: ``GuidelineStoreError/encoderMismatch(path:stored:requested:)`` if there are vectors of another one; see
    ///   ``replaceEncoder(_:)``.
    public func setEncoder(_ encoder: EncoderRecord) throws {
        try write { try $0.setEncoder(encoder) }
    }

    /// Sets another encoder and forgets all vectors of the one before, in one transaction. All passages are pending
    /// afterwards.
    public func replaceEncoder(_ encoder: EncoderRecord) throws {
        try write { try $0.replaceEncoder(encoder) }
    }

    static func encoder(_ database: Database, path: String) throws -> EncoderRecord? {
        guard let text = try database.text("SELECT value FROM meta WHERE key = 'encoder'") else { return nil }
        guard let encoder = try? JSONDecoder().decode(EncoderRecord.self, from: Data(text.utf8)),
            EncoderRecord.dimensions.contains(encoder.dimension)
        else {
            throw GuidelineStoreError.corrupt(path: path, sqliteCode: 0, reason: "the encoder's record cannot be read")
        }
        return encoder
    }

    // MARK: Generation

    /// Rises with every committed write that changes guidelines or vectors. An index that was built at another
    /// generation is out of date.
    public var generation: Int {
        get throws { try commits.generation { try readStatement(Self.generation) } }
    }

    static func generation(_ database: Database) throws -> Int {
        try database.number("SELECT value FROM meta WHERE key = 'generation'")
    }

    // MARK: Vectors

    /// Stores vectors of pending passages in one transaction. A passage that has been removed since is left out.
    ///
    /// - Parameters:
    ///   - values: The vectors one after the other, as many as there are ids.
    ///   - encoder: The encoder they come from, which must be the library's.
    /// - Returns: How many were stored.
    /// - Throws: ``GuidelineStoreError``: another encoder, a wrong number of values, a number that is not finite. Then
    ///   nothing is stored.
    @discardableResult
    public func storeVectors(passageIDs: [Int64], values: [Float], encodedBy encoder: EncoderRecord) throws -> Int {
        try write { try $0.storeVectors(passageIDs: passageIDs, values: values, encodedBy: encoder) }
    }

    /// Calls `body` with every vector in the order of the passages' ids, all from one consistent state, after `begin`
    /// with their number. Memory is bounded by one vector. Neither closure may call this library.
    ///
    /// - Throws: ``GuidelineStoreError/noEncoder(path:)``, ``GuidelineStoreError/corrupt(path:sqliteCode:reason:)`` for a
    ///   vector of a wrong length, and what the closures throw.
    public func forEachVector(
        begin: (VectorScan) throws -> Void = { _ in }, _ body: (PassageVector) throws -> Void
    ) throws {
        try read { database in
            guard let encoder = try Self.encoder(database, path: folder.path) else {
                throw GuidelineStoreError.noEncoder(path: folder.path)
            }
            let passages = try database.number("SELECT count(*) FROM passage")
            let pending = try database.number("SELECT count(*) FROM passage WHERE is_encoded = 0")
            try begin(
                VectorScan(generation: Self.generation(database), encoder: encoder, count: passages - pending))
            // SQLite does not align blobs for floats.
            let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: encoder.dimension)
            defer { scratch.deallocate() }
            // CROSS keeps the order of the tables: vectors are read as they lie.
            let sql = """
                SELECT passage, guideline, field, data, crc32c FROM vector CROSS JOIN passage ON id = passage
                ORDER BY passage
                """
            try database.forEachRow(sql) { row in
                let id: Int64 = try row.value(0)
                if let problem = try VectorCoding.decode(row, at: 3, into: scratch) {
                    throw GuidelineStoreError.corrupt(
                        path: folder.path, sqliteCode: 0, reason: "the vector of passage \(id) \(problem)")
                }
                try body(
                    PassageVector(
                        passageID: id, guidelineRow: row.value(1), field: field(row.value(2), of: id),
                        values: UnsafeBufferPointer(scratch)))
            }
        }
    }
}

/// Vectors as they are kept: float32, little-endian.
enum VectorCoding {
    static func encode(_ values: ArraySlice<Float>) -> Data {
        #if _endian(little)
        return values.withUnsafeBytes { Data($0) }
        #else
        return values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
        #endif
    }

    static func checksum(_ data: Data) -> Int64 {
        Int64(data.withUnsafeBytes { CRC32C.checksum($0) })
    }

    /// Copies the vector in a column, whose checksum is in the next one, into the buffer.
    ///
    /// - Returns: What is wrong with the vector, or nil.
    static func decode(_ row: Row, at index: Int, into buffer: UnsafeMutableBufferPointer<Float>) throws -> String? {
        let checksum: Int64? = try row.optional(index + 1)
        return try row.withUnsafeData(atIndex: index) { data in
            guard let data, data.count == buffer.count * 4 else { return "does not have \(buffer.count) numbers" }
            guard Self.checksum(data) == checksum else { return "does not have its checksum" }
            data.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            #if _endian(big)
            for index in buffer.indices {
                buffer[index] = Float(bitPattern: UInt32(littleEndian: buffer[index].bitPattern))
            }
            #endif
            return nil
        }
    }
}

extension LibraryTransaction {
    /// See ``LibraryDatabase/setEncoder(_:)``.
    public func setEncoder(_ encoder: EncoderRecord) throws {
        try check(encoder)
        guard let stored = try LibraryDatabase.encoder(database, path: path), !stored.isSameEncoder(as: encoder) else {
            return try write(encoder)
        }
        guard try !hasVectors() else {
            throw GuidelineStoreError.encoderMismatch(path: path, stored: stored, requested: encoder)
        }
        try write(encoder)
    }

    /// See ``LibraryDatabase/replaceEncoder(_:)``.
    public func replaceEncoder(_ encoder: EncoderRecord) throws {
        try check(encoder)
        // They are about the vectors of the encoder before.
        try setCalibration(nil)
        try setAdapter(nil)
        try forgetStates()
        if try hasVectors() {
            try database.change("DELETE FROM vector")
            try database.change("UPDATE passage SET is_encoded = 0")
            hasChanges = true
        }
        try write(encoder)
    }

    /// See ``LibraryDatabase/storeVectors(passageIDs:values:encodedBy:)``.
    @discardableResult
    public func storeVectors(passageIDs: [Int64], values: [Float], encodedBy encoder: EncoderRecord) throws -> Int {
        guard let stored = try LibraryDatabase.encoder(database, path: path) else {
            throw GuidelineStoreError.noEncoder(path: path)
        }
        guard stored.isSameEncoder(as: encoder) else {
            throw GuidelineStoreError.encoderMismatch(path: path, stored: stored, requested: encoder)
        }
        let dimension = stored.dimension
        guard values.count == passageIDs.count * dimension else {
            let found = passageIDs.isEmpty ? values.count : values.count / passageIDs.count
            throw GuidelineStoreError.wrongDimension(passageID: passageIDs.first, expected: dimension, found: found)
        }
        if let fault = values.firstIndex(where: { !$0.isFinite }) {
            throw GuidelineStoreError.notFinite(passageID: passageIDs[fault / dimension], index: fault % dimension)
        }
        var count = 0
        for (index, id) in passageIDs.enumerated() {
            let vector = VectorCoding.encode(values[(index * dimension)..<((index + 1) * dimension)])
            try database.change("UPDATE passage SET is_encoded = 1 WHERE id = ?", [id])
            guard database.changesCount == 1 else { continue }
            try database.change(
                """
                INSERT INTO vector (passage, data, crc32c) VALUES (?, ?, ?)
                ON CONFLICT (passage) DO UPDATE SET data = excluded.data, crc32c = excluded.crc32c
                """, [id, vector, VectorCoding.checksum(vector)])
            count += 1
        }
        if count > 0 { hasChanges = true }
        return count
    }

    private func check(_ encoder: EncoderRecord) throws {
        guard EncoderRecord.dimensions.contains(encoder.dimension) else {
            throw GuidelineStoreError.invalidField(
                "dimension", problem: "is \(encoder.dimension); it must be in \(EncoderRecord.dimensions)", nil)
        }
    }

    private func hasVectors() throws -> Bool {
        try database.number("SELECT EXISTS (SELECT 1 FROM vector)") == 1
    }

    private func write(_ encoder: EncoderRecord) throws {
        let coder = JSONEncoder()
        coder.outputFormatting = .sortedKeys
        let text = String(decoding: try coder.encode(encoder), as: UTF8.self)
        try database.change(
            "INSERT INTO meta (key, value) VALUES ('encoder', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [text])
    }
}
