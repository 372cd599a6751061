import Foundation
import Platform
import Testing
@testable import VectorIndex

func readBytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

func writeBytes(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

@Suite struct ArchiveTests {
    let folder: TemporaryFolder
    let path: String
    let bytes: [UInt8]
    let vectors: [[Float]]

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("index.hnsw")
        vectors = clusteredVectors(2_300, dimension: 8, seed: 40)
        let index = try HNSWIndexTests.build(vectors, configuration: HNSWConfiguration(M: 4, efConstruction: 40))
        for key in 0..<50 { index.remove(key) }
        try index.save(to: path, label: Array("library 7".utf8))
        bytes = try readBytes(path)
    }

    @Test func whatIsSavedComesBack() throws {
        let original = try HNSWIndexTests.build(vectors, configuration: HNSWConfiguration(M: 4, efConstruction: 40))
        for key in 0..<50 { original.remove(key) }
        let index = try HNSWIndex<Int>(archive: path)
        #expect(index.count == 2_250)
        #expect(index.configuration == original.configuration)
        #expect(index.metric == .cosine)
        #expect(try HNSWIndex<Int>.archiveLabel(at: path) == Array("library 7".utf8))
        try HNSWIndex<Int>.verifyArchive(at: path)
        for query in clusteredVectors(30, dimension: 8, seed: 41) {
            #expect(try index.search(query, limit: 10).neighbors == original.search(query, limit: 10).neighbors)
        }
        let again = folder.file("again.hnsw")
        try index.save(to: again, label: Array("library 7".utf8))
        #expect(try readBytes(again) == bytes)
    }

    @Test func aMappedIndexCanBeChanged() throws {
        let index = try HNSWIndex<Int>(archive: path)
        try index.insert(vectors[0], for: 10_000)
        #expect(index.remove(100))
        try index.update(vectors[1], for: 200)
        #expect(try index.search(vectors[0], limit: 1).first?.key == 10_000)
        #expect(index.violations().isEmpty)
        #expect(try readBytes(path) == bytes, "the file itself does not change")
    }

    @Test func namesAsKeys() throws {
        let index = try HNSWIndex<String>(dimension: 2)
        let names = (0..<300).map { "rule \($0) \(String(repeating: "é", count: $0 % 7))" }
        try index.insert(contentsOf: names.indices.flatMap { [Float($0), 1] }, keys: names)
        let path = folder.file("names.hnsw")
        try index.save(to: path)
        let reopened = try HNSWIndex<String>(archive: path, verification: .everything)
        #expect(reopened.keys == names)
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>(archive: path) }
        #expect(throws: VectorIndexError.self) { try HNSWIndex<UInt32>(archive: self.path) }
    }

    @Test func anEmptyIndex() throws {
        let path = folder.file("empty.hnsw")
        try HNSWIndex<Int>(dimension: 5).save(to: path)
        let index = try HNSWIndex<Int>(archive: path, verification: .everything)
        #expect(index.isEmpty)
        #expect(try index.search([1, 2, 3, 4, 5], limit: 3).isEmpty)
        try index.insert([1, 2, 3, 4, 5], for: 1)
        #expect(index.count == 1)
    }

    @Test func missingForeignAndOtherVersions() throws {
        #expect {
            try HNSWIndex<Int>(archive: folder.file("nowhere.hnsw"))
        } throws: { error in
            guard case VectorIndexError.file(_, _, isMissing: true, _) = error else { return false }
            return true
        }
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>(archive: folder.path) }
        for content in [[], Array("not an index".utf8), Array(bytes.reversed())] {
            let file = folder.file("foreign")
            try writeBytes(content, file)
            #expect(throws: VectorIndexError.notAnArchive(path: file)) { try HNSWIndex<Int>(archive: file) }
        }
        var other = bytes
        other[8] = 9
        let file = folder.file("newer")
        try writeBytes(other, file)
        #expect(throws: VectorIndexError.unsupportedVersion(path: file, found: 9, supported: 3)) {
            try HNSWIndex<Int>(archive: file)
        }
        #expect {
            try HNSWIndex<Int>(dimension: 2).save(to: folder.file("no/such/folder/index.hnsw"))
        } throws: { error in
            guard case VectorIndexError.file(_, _, isMissing: true, _) = error else { return false }
            return true
        }
    }

    /// Every kind of cut and every section's every edge.
    @Test func everyDamageIsFound() throws {
        let header = try ArchiveReader(path: path).header
        var places: Set<Int> = [0, 7, 8, 12, 4_095, bytes.count - 1]
        for section in ArchiveHeader.Section.allCases where header[section].length > 0 {
            let start = Int(header[section].offset)
            places.formUnion([start - 1, start, start + 1, start + Int(header[section].length) - 1])
        }
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<300 { places.insert(Int.random(in: 0..<bytes.count, using: &generator)) }
        let file = folder.file("damaged")
        for place in places.sorted() {
            var damaged = bytes
            damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
            try writeBytes(damaged, file)
            #expect(throws: VectorIndexError.self, "a flip at \(place)") {
                try HNSWIndex<Int>(archive: file, verification: .everything)
            }
            try writeBytes(Array(bytes[..<place]), file)
            #expect(throws: VectorIndexError.self, "cut at \(place)") { try HNSWIndex<Int>(archive: file) }
        }
        try writeBytes(bytes + [0], file)
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>(archive: file) }
    }

    /// Damage with checksums that match: what a malicious file would bring.
    @Test func linksOutOfBoundsAreRefused() throws {
        let reader = try ArchiveReader(path: path)
        func expectRefusal(_ section: ArchiveHeader.Section, at offset: Int, _ value: [UInt8]) throws {
            var damaged = bytes
            let start = Int(reader.header[section].offset)
            damaged.replaceSubrange((start + offset)..<(start + offset + value.count), with: value)
            let file = folder.file("malicious")
            try writeBytes(try #require(ArchiveSeal.seal(damaged)), file)
            #expect(throws: VectorIndexError.self, "\(section.name)") { try HNSWIndex<Int>(archive: file) }
        }
        let count = withUnsafeBytes(of: UInt32(2_300).littleEndian, Array.init)
        try expectRefusal(.upperLinks, at: 0, count)
        try expectRefusal(.upperRows, at: 0, count)
        try expectRefusal(.live, at: 0, [0xFF, 0xFF, 0xFF, 0xFF])
        try expectRefusal(.linked, at: 0, [UInt8](repeating: 0, count: 64))
        // A list of level 1 in one of level 2.
        let rows = reader.header.configuration
        let levels = (0..<2_300).flatMap { row in Array(0..<rows.level(ofRow: row)) }
        let high = try #require(levels.firstIndex(of: 1))
        let low = try #require(levels.firstIndex(of: 0))
        try expectRefusal(
            .upperLinks, at: high * rows.M * 4, withUnsafeBytes(of: UInt32(low).littleEndian, Array.init))
    }

    /// Links and codes are not looked at on opening, but before each is used: they do no harm even where the checksums
    /// say that they are as they should be.
    @Test func nodesOfRandomBytesDoNoHarm() throws {
        let reader = try ArchiveReader(path: path)
        let start = Int(reader.header[.nodes].offset)
        let length = Int(reader.header[.nodes].length)
        var generator = SeededGenerator(seed: 43)
        var damaged = bytes
        for place in start..<(start + length) { damaged[place] = UInt8.random(in: 0...255, using: &generator) }
        let file = folder.file("random")
        try writeBytes(damaged, file)
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>(archive: file, verification: .everything) }
        try writeBytes(try #require(ArchiveSeal.seal(damaged)), file)
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>.verifyArchive(at: file) }
        let index = try HNSWIndex<Int>(archive: file)
        for row in 0..<50 { #expect(try index.search(vectors[row], limit: 10).count == 10) }
        for row in 0..<50 { try index.insert(vectors[row], for: 100_000 + row) }
        for row in 0..<50 { _ = try index.search(vectors[row], limit: 10) }
        try index.save(to: folder.file("random-again"))
        try index.compact()
        #expect(index.violations().isEmpty)
    }

    /// Whether a key occurs twice is not looked at on opening, where it could do no harm, but in verification.
    @Test func aKeyThatOccursTwiceIsFound() throws {
        let reader = try ArchiveReader(path: path)
        var damaged = bytes
        let start = Int(reader.header[.keys].offset)
        damaged.replaceSubrange(
            (start + 800)..<(start + 808), with: withUnsafeBytes(of: Int64(101).littleEndian, Array.init))
        let file = folder.file("twice")
        try writeBytes(try #require(ArchiveSeal.seal(damaged)), file)
        #expect(throws: VectorIndexError.self) { try HNSWIndex<Int>.verifyArchive(at: file) }
        let index = try HNSWIndex<Int>(archive: file)
        #expect(try index.search(vectors[101], limit: 5).count == 5)
    }

    @Test func headersThatLieAreRefused() throws {
        let original = try ArchiveReader(path: path).header
        let changes: [(inout ArchiveHeader) -> Void] = [
            { $0.rowCount = .max }, { $0.rowCount = 1 }, { $0.liveCount += 1 }, { $0.liveCount = .max },
            { $0.dimension = 0 }, { $0.dimension = 100 }, { $0.dimension = .max }, { $0.metric = 9 }, { $0.kind = 77 },
            { $0.M = 0 }, { $0.M = 5 }, { $0.M = .max }, { $0.efConstruction = 0 }, { $0.efSearch = .max },
            { $0.entry = 2_300 }, { $0.entry = .max }, { $0.upperCount = .max }, { $0.upperCount += 1 },
            { $0.fileLength = 1 }, { $0.fileLength = .max }, { $0[.nodes].offset = .max },
            { $0[.vectors].length = .max }, { $0[.keys].offset = 1 }, { $0[.linked].offset = 0 }, { $0.layout = 3 },
            { $0.flags = 2 },
            { $0.layout = 2 }, { $0.codebookByteCount = 8 },
            { $0.keyByteCount = 5 },
        ]
        for (number, change) in changes.enumerated() {
            var header = original
            change(&header)
            var damaged = bytes
            damaged.replaceSubrange(0..<ArchiveHeader.pageSize, with: header.encoded())
            let file = folder.file("lying")
            try writeBytes(damaged, file)
            #expect(throws: VectorIndexError.self, "change \(number)") {
                try HNSWIndex<Int>(archive: file, verification: .everything)
            }
        }
    }
}
