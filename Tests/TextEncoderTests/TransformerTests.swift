import Foundation
import Platform
import Testing

@testable import TextEncoder

/// Small random networks with vectors of sentence-transformers. They differ in pooling, type of numbers, activation,
/// epsilon, names of tensors, layout of the folder and where the maximum length is written.
@Suite("Networks give the vectors of sentence-transformers")
struct TransformerTests {
    static let folders = ["bert-mean-f32", "bert-cls-f16", "bert-mean-bf16", "distilbert-mean-f16"]

    @Test("within 1e-5, one by one and in a batch", arguments: folders)
    func parity(folder: String) throws {
        let encoder = try TransformerEncoder(contentsOf: Fixtures.url(folder))
        let cases: [VectorCase] = try Fixtures.decode("\(folder)/vectors.json")
        #expect(cases.count == 18 && encoder.dimension == 32)
        let batch = try encoder.encode(batch: cases.map(\.text), threads: 1, progress: nil)
        for (index, item) in cases.enumerated() {
            let expected = item.floats
            let single = try encoder.encode(item.text)
            #expect(single.count == 32 && expected.count == 32)
            for column in 0..<32 {
                #expect(abs(single[column] - expected[column]) < 1e-5, "\(item.text.debugDescription)")
                #expect(abs(Array(batch[index])[column] - expected[column]) < 1e-5, "\(item.text.debugDescription)")
            }
        }
    }

    @Test("the maximum length is that of the reference")
    func maximumLength() throws {
        let lengths = try Self.folders.map { try TransformerEncoder(contentsOf: Fixtures.url($0)).maximumTokenCount }
        #expect(lengths == [24, 64, 20, 24])
    }

    @Test("the empty text has a vector of length 1, as any text has")
    func emptyText() throws {
        let encoder = try TransformerEncoder(contentsOf: Fixtures.url("bert-mean-f32"))
        for text in ["", "   ", "\u{0}", "plain"] {
            let vector = try encoder.encode(text)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
        #expect(try encoder.encode("") == encoder.encode("  \n"))
    }

    // MARK: - Batches

    private static func texts(_ count: Int) -> [String] {
        var random = SplitMix64(seed: 9)
        let words = ["never", "share", "a", "password", "please", "\u{e9}t\u{e9}", "x", "keep", "it", "short", "!"]
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...30, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
                .joined(separator: " ")
        }
    }

    @Test("a batch keeps its order and agrees with single texts", arguments: ["bert-mean-f32", "static-f16"])
    func batch(folder: String) throws {
        let encoder = try PretrainedEncoder.load(from: Fixtures.url(folder))
        let texts = Self.texts(200)
        let one = try encoder.encode(batch: texts, threads: 1, progress: nil)
        #expect(one.count == 200 && one.dimension == encoder.dimension)
        for (index, text) in texts.enumerated() {
            let single = try encoder.encode(text)
            #expect(zip(single, one[index]).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        for threads in [0, 2, 5] {
            #expect(try encoder.encode(batch: texts, threads: threads, progress: nil) == one, "\(threads) threads")
        }
        #expect(try encoder.encode(batch: [], threads: 2, progress: nil).count == 0)
    }

    @Test("texts come out where they belong however they are packed")
    func packing() throws {
        let encoder = try TransformerEncoder(contentsOf: Fixtures.url("bert-cls-f16"))
        let texts = Self.texts(60)
        let singles = try texts.map { try encoder.encode($0) }
        for (packSize, windowSize) in [(1, 7), (40, 60), (100, 1), (10_000, 59), (10_000, 10_000)] {
            let batch = try encoder.encode(
                batch: texts, threads: 2, packSize: packSize, windowSize: windowSize, progress: nil)
            for (index, single) in singles.enumerated() {
                #expect(zip(single, batch[index]).allSatisfy { abs($0 - $1) < 1e-6 })
            }
        }
    }

    @Test("progress counts every text once", arguments: ["bert-mean-f32", "static-f32"])
    func progress(folder: String) throws {
        let encoder = try PretrainedEncoder.load(from: Fixtures.url(folder))
        let seen = Seen()
        _ = try encoder.encode(batch: Self.texts(150), threads: 2) { seen.append($0) }
        #expect(seen.values.max() == 150 && Set(seen.values).count == seen.values.count)
    }

    private final class Seen: @unchecked Sendable {
        private let lock = NSLock()
        private var list: [Int] = []
        func append(_ value: Int) { lock.withLock { list.append(value) } }
        var values: [Int] { lock.withLock { list } }
    }

    @Test("eight tasks on one encoder all get the same bytes", arguments: ["bert-cls-f16", "static-mapped"])
    func concurrency(folder: String) async throws {
        let encoder = try PretrainedEncoder.load(from: Fixtures.url(folder))
        let texts = Self.texts(60)
        let expected = try encoder.encode(batch: texts, threads: 1, progress: nil)
        let singles = try texts.map { try encoder.encode($0) }
        let identity = encoder.identity
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let fresh = try PretrainedEncoder.load(from: Fixtures.url(folder))
                    for (index, text) in texts.enumerated() where index % 8 == task {
                        guard try encoder.encode(text) == singles[index], try fresh.encode(text) == singles[index]
                        else {
                            return false
                        }
                    }
                    return try encoder.encode(batch: texts, threads: 2, progress: nil) == expected
                        && encoder.identity == identity && fresh.identity.sha256 == identity.sha256
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    @Test("the identity is the folder's name and the weights' SHA-256")
    func identity() throws {
        let identity = try PretrainedEncoder.load(from: Fixtures.url("bert-mean-f32")).identity
        #expect(identity.name == "bert-mean-f32" && identity.dimension == 32)
        let data = try Data(contentsOf: Fixtures.url("bert-mean-f32/model.safetensors"))
        let file = try SafetensorsFile(contentsOf: Fixtures.url("bert-mean-f32/model.safetensors"))
        #expect(identity.sha256 == file.digest() && identity.sha256.count == 64 && data.count > 1000)
        try withCopy(of: "static-f32") { folder in
            try folder.appendingPathComponent("config.json").replace(
                "\"model_type\"", with: "\"name\":\"ours\",\"model_type\"")
            #expect(try PretrainedEncoder.load(from: folder).identity.name == "ours")
        }
    }
}
