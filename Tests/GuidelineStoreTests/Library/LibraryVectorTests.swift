import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite struct LibraryVectorTests {
    private let other = EncoderRecord(name: "other", sha256: String(repeating: "cd", count: 32), dimension: 2)

    private func library(_ folder: TemporaryFolder, texts: Int = 3) throws -> LibraryDatabase {
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert((0..<texts).map { Guideline(id: "g\($0)", text: "Text \($0)") })
        return library
    }

    @Test func vectorsComeBackBitForBit() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder, texts: 100)
        try library.setEncoder(testEncoder)
        var generator = SplitMix64(seed: 5)
        let values = (0..<400).map { _ in Float(bitPattern: UInt32.random(in: 0..<0x7F80_0000, using: &generator)) }
        let ids = try library.pendingPassages(limit: 1000).map(\.id)
        #expect(try library.storeVectors(passageIDs: ids, values: values, encodedBy: testEncoder) == 100)
        var read: [Float] = []
        var rows: [Int64] = []
        var scan: VectorScan?
        try library.forEachVector(begin: { scan = $0 }) { vector in
            read += vector.values
            rows.append(vector.guidelineRow)
            #expect(vector.field == .text)
        }
        #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(rows == Array(1...100))
        #expect(try scan == VectorScan(generation: library.generation, encoder: testEncoder, count: 100))
    }

    @Test func pendingPassagesComeInBatches() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder, texts: 7)
        var seen: [Int64] = []
        while true {
            let batch = try library.pendingPassages(after: seen.last ?? 0, limit: 3)
            if batch.isEmpty { break }
            seen += batch.map(\.id)
        }
        #expect(seen == Array(1...7))
        #expect(try library.pendingPassages(limit: -1).isEmpty)
    }

    @Test func vectorsAreChecked() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        func store(_ ids: [Int64], _ values: [Float], _ encoder: EncoderRecord = testEncoder) -> GuidelineStoreError? {
            storeError { _ = try library.storeVectors(passageIDs: ids, values: values, encodedBy: encoder) }
        }
        #expect(store([1], [1, 2, 3, 4])?.code == "no_encoder")
        #expect(storeError { try library.forEachVector { _ in } }?.code == "no_encoder")
        try library.setEncoder(testEncoder)
        #expect(store([1], [1, 2, 3]) == .wrongDimension(passageID: 1, expected: 4, found: 3))
        #expect(store([1, 2], Array(repeating: 1, count: 10)) == .wrongDimension(passageID: 1, expected: 4, found: 5))
        #expect(store([], [1]) == .wrongDimension(passageID: nil, expected: 4, found: 1))
        #expect(store([1, 2], [1, 2, 3, 4, 5, 6, .nan, 8]) == .notFinite(passageID: 2, index: 2))
        #expect(store([1], [1, 2, 3, .infinity]) == .notFinite(passageID: 1, index: 3))
        #expect(store([1], [1, 2], other)?.code == "encoder_mismatch")
        #expect(try library.pendingPassageCount == 3, "nothing was stored")
        let generation = try library.generation
        #expect(try library.storeVectors(passageIDs: [99], values: [1, 2, 3, 4], encodedBy: testEncoder) == 0)
        #expect(try library.generation == generation)
        #expect(
            try library.storeVectors(
                passageIDs: [99, 2], values: Array(repeating: 1, count: 8), encodedBy: testEncoder) == 1)
        #expect(try library.generation == generation + 1)
    }

    @Test func anotherEncoderIsRefusedUntilItReplacesTheFirst() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        #expect(try library.encoder == nil)
        try library.setEncoder(other)
        try library.setEncoder(testEncoder)
        try library.storeVectors(passageIDs: [1], values: [1, 2, 3, 4], encodedBy: testEncoder)
        try library.setEncoder(testEncoder)
        let error = storeError { try library.setEncoder(other) }
        #expect(error == .encoderMismatch(path: library.folder.path, stored: testEncoder, requested: other))
        #expect(error?.description.contains("encode all guidelines again") == true)
        #expect(try library.encoder == testEncoder)
        let generation = try library.generation
        try library.replaceEncoder(other)
        #expect(try library.encoder == other && library.pendingPassageCount == 3)
        #expect(try library.generation == generation + 1)
        try library.storeVectors(passageIDs: [1], values: [1, 2], encodedBy: other)
        for dimension in [0, -1, 1 << 20] {
            let bad = EncoderRecord(name: "bad", sha256: "", dimension: dimension)
            #expect(storeError { try library.replaceEncoder(bad) }?.code == "invalid_field")
        }
        #expect(try library.verify().isEmpty)
    }

    @Test func anEncoderUnderAnotherNameIsStillTheSame() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.setEncoder(testEncoder)
        try library.storeVectors(passageIDs: [1], values: [1, 2, 3, 4], encodedBy: testEncoder)
        var renamed = testEncoder
        renamed.name = "moved"
        #expect(renamed != testEncoder && renamed.isSameEncoder(as: testEncoder))
        try library.storeVectors(passageIDs: [2], values: [1, 2, 3, 4], encodedBy: renamed)
        try library.setEncoder(renamed)
        #expect(try library.encoder == renamed && library.pendingPassageCount == 1)
        renamed.sha256 = "00"
        #expect(!renamed.isSameEncoder(as: testEncoder))
        #expect(storeError { try library.setEncoder(renamed) }?.code == "encoder_mismatch")
    }

    @Test func vectorsOfChosenPassagesComeInTheirOrder() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder, texts: 4)
        #expect(storeError { _ = try library.vectors(passageIDs: [1]) }?.code == "no_encoder")
        try library.setEncoder(other)
        try library.storeVectors(passageIDs: [1, 2, 4], values: [1, 1, 2, 2, 4, 4], encodedBy: other)
        let found = try library.vectors(passageIDs: [4, 3, 99, 1, 4])
        #expect(found.ids == [4, 1, 4] && found.values == [4, 4, 1, 1, 4, 4])
    }

    @Test func whatAnIndexNeedsIsKept() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder, texts: 3)
        try library.upsert([Guideline(id: "g1", text: "Text 1", status: .shadow)])
        #expect(try library.inactiveGuidelineRows() == [2])
        #expect(try library.libraryID == library.statistics().libraryID)
        let generation = try library.generation
        #expect(try library.encoderFolder == nil)
        try library.setEncoderFolder("models/a")
        try library.setEncoderFolder("models/b")
        #expect(try library.encoderFolder == "models/b")
        try library.setEncoderFolder(nil)
        #expect(try library.encoderFolder == nil && library.generation == generation)
    }
}
