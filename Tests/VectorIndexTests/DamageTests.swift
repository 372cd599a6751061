import Foundation
import Platform
import Testing

@testable import VectorIndex

/// A damaged archive gives an error or the right answer, whatever has happened to it: never a wrong one.
@Suite struct DamageTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// An archive, and what searches of it find.
    struct Sample {
        let name: String
        let bytes: [UInt8]
        let queries: [[Float]]
        let answers: [[Neighbor<String>]]
    }

    /// Small ones of every kind: with and without a codebook, with removed rows, with several vectors for a key.
    static func samples(in folder: TemporaryFolder) throws -> [Sample] {
        func sample(
            _ name: String, rows: Int, _ configuration: HNSWConfiguration, _ metric: Metric, isMultiple: Bool = false
        ) throws -> Sample {
            let index = try HNSWIndex<String>(
                dimension: 4, metric: metric, configuration: configuration, isMultiple: isMultiple)
            let vectors = clusteredVectors(rows, dimension: 4, seed: 80)
            try index.insert(
                contentsOf: vectors.flatMap { $0 },
                keys: vectors.indices.map { "row \(isMultiple ? $0 / 2 : $0)" })
            for row in 0..<(rows / 10) { index.remove("row \(row)") }
            let path = folder.file(name)
            try index.save(to: path, label: Array(name.utf8))
            let queries = clusteredVectors(5, dimension: 4, seed: 81)
            return Sample(
                name: name, bytes: try readBytes(path), queries: queries, answers: try answers(index, queries))
        }
        return [
            try sample("empty", rows: 0, .balanced, .cosine),
            try sample("compact", rows: 130, HNSWConfiguration(M: 2, layout: .compact), .cosine, isMultiple: true),
            try sample("few", rows: 300, HNSWConfiguration(M: 4), .squaredL2),
            try sample("panels", rows: 2_060, HNSWConfiguration(M: 2, efConstruction: 20), .cosine),
        ]
    }

    static func answers(_ index: HNSWIndex<String>, _ queries: [[Float]]) throws -> [[Neighbor<String>]] {
        try queries.flatMap { query in
            try [SearchStrategy.graph, .exact].map { strategy in
                try index.search(query, limit: 5, options: SearchOptions(efSearch: 20, strategy: strategy)).neighbors
            }
        }
    }

    /// True if damage was found; a wrong answer is an issue.
    private func isFound(_ sample: Sample, in file: String, _ damage: @autoclosure () -> String) -> Bool {
        do {
            let index = try HNSWIndex<String>(archive: file)
            let answers = try Self.answers(index, sample.queries)
            #expect(answers == sample.answers, "\(sample.name): wrong answer after \(damage())")
            return false
        } catch {
            #expect(error is VectorIndexError)
            return true
        }
    }

    @Test func everyBoundaryOfEverySection() throws {
        for sample in try Self.samples(in: folder) {
            let file = folder.file("damaged")
            try writeBytes(sample.bytes, file)
            let header = try ArchiveReader(path: file).header
            var places: Set<Int> = [0, 4_095, 4_096, sample.bytes.count]
            for section in ArchiveHeader.Section.allCases {
                let (start, end) = (
                    Int(header[section].offset), Int(header[section].offset + header[section].length)
                )
                places.formUnion([start - 1, start, start + 1, end - 1, end, end + 1])
                guard section.isInRegions else { continue }
                let regions = header.regions(of: section)
                for region in 0..<regions.count {
                    places.formUnion([start + regions.bytes(of: region).lowerBound])
                    places.formUnion([start + regions.bytes(of: region).upperBound - 1])
                }
            }
            for place in places.sorted() where place >= 0 && place <= sample.bytes.count {
                if place < sample.bytes.count {
                    var damaged = sample.bytes
                    damaged[place] ^= 0x10
                    try writeBytes(damaged, file)
                    _ = isFound(sample, in: file, "a flip at \(place)")
                    #expect(throws: VectorIndexError.self, "\(sample.name): a flip at \(place)") {
                        try HNSWIndex<String>(archive: file, verification: .everything)
                    }
                    try writeBytes(Array(sample.bytes[..<place]), file)
                    #expect(isFound(sample, in: file, "a cut at \(place)"), "\(sample.name): a cut at \(place)")
                }
                for extra in [[0], [UInt8](repeating: 0, count: 4_096)] {
                    try writeBytes(sample.bytes[..<place] + extra + sample.bytes[place...], file)
                    #expect(
                        isFound(sample, in: file, "bytes put in at \(place)"),
                        "\(sample.name): \(extra.count) bytes put in at \(place)")
                }
            }
        }
    }

    @Test func tenThousandRandomPlaces() throws {
        let samples = try Self.samples(in: folder).dropFirst()
        var generator = SplitMix64(seed: 82)
        for sample in samples {
            let file = folder.file(sample.name)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            func put(_ bytes: ArraySlice<UInt8>, at place: Int) throws {
                try handle.seek(toOffset: UInt64(place))
                try handle.write(contentsOf: bytes)
            }
            for _ in 0..<3_400 {
                // A bit, a byte, or a stretch that a lost sector would leave as zeros.
                let place = Int.random(in: 0..<sample.bytes.count, using: &generator)
                var length = 1
                var damaged = sample.bytes[place...place]
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: damaged[place] = UInt8.random(in: 0...255, using: &generator)
                default:
                    length = min(512, sample.bytes.count - place)
                    damaged = ArraySlice(repeating: 0, count: length)
                }
                try put(damaged, at: place)
                _ = isFound(sample, in: file, "damage to \(length) bytes at \(place)")
                try put(sample.bytes[place..<(place + length)], at: place)
            }
            #expect(!isFound(sample, in: file, "nothing"), "the file is as it was")
        }
    }

    /// Damage that only a later search would come upon is no reason not to open, and no change makes it valid.
    @Test func damageIsNotPassedOn() throws {
        let sample = try #require(Self.samples(in: folder).last)
        let file = folder.file("damaged")
        try writeBytes(sample.bytes, file)
        let header = try ArchiveReader(path: file).header
        for section in [ArchiveHeader.Section.nodes, .vectors] {
            var damaged = sample.bytes
            damaged[Int(header[section].offset + header[section].length / 2)] ^= 1
            try writeBytes(damaged, file)
            let index = try HNSWIndex<String>(archive: file)
            #expect(index.count == 2_060 - 206)
            #expect(throws: VectorIndexError.self) { try index.save(to: folder.file("again")) }
            #expect(throws: VectorIndexError.self) { try HNSWIndex<String>(archive: folder.file("again")) }
            #expect(throws: VectorIndexError.self) {
                for row in 206..<2_060 { _ = try index.search(index.vector(for: "row \(row)") ?? [], limit: 5) }
            }
            if section == .vectors { #expect(throws: VectorIndexError.self) { try index.compact() } }
            #expect(index.count == 2_060 - 206, "nothing is lost")
            if section == .nodes {
                #expect(!index.violations().isEmpty)
                #expect(throws: VectorIndexError.self) { try index.insert([1, 2, 3, 4], for: "new") }
                #expect(throws: VectorIndexError.self) { try index.update([1, 2, 3, 4], for: "row 300") }
                #expect(!index.contains("new"))
                // The vectors are whole, so that all can be saved.
                try index.compact()
                try index.insert([1, 2, 3, 4], for: "new")
                try index.save(to: folder.file("saved"))
                #expect(try HNSWIndex<String>(archive: folder.file("saved"), verification: .everything).count == 1_855)
            }
        }
    }
}
