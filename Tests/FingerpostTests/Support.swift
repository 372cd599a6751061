import Foundation
import GuidelineStore
import Platform
import Synchronization
import TextEncoder
@testable import Fingerpost

/// A tiny encoder for tests: each word has a fixed pseudo-random direction, a text is their sum. Texts that share words
/// are near; a text without letters is zero.
final class WordEncoder: SentenceEncoder {
    struct Failure: Error {}

    let identity: EncoderIdentity
    let dimension = 32
    let maximumTokenCount = Int.max
    /// Texts encoded so far.
    let encodedCount = Atomic(0)
    /// Fails once so many texts have been encoded.
    private let failure: Int?

    init(name: String = "words", failingAfter failure: Int? = nil) {
        // Another name stands for other weights here.
        let digit = String(name.utf8.reduce(0) { ($0 &* 7 &+ Int($1)) % 16 }, radix: 16)
        identity = EncoderIdentity(name: name, sha256: String(repeating: digit, count: 64), dimension: 32)
        self.failure = failure
    }

    func encode(_ text: String) throws -> [Float] { vector(text) }

    func encode(
        batch texts: [String], threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws -> Embeddings {
        let (_, count) = encodedCount.add(texts.count, ordering: .relaxed)
        if let failure, count > failure { throw Failure() }
        progress?(texts.count)
        return Embeddings(dimension: dimension, values: texts.flatMap(vector))
    }

    private func vector(_ text: String) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
            var state = word.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            for index in sum.indices {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                sum[index] += Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
            }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { $0 / length } : sum
    }
}

/// A folder that is removed when the value goes away.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var library: URL { url.appendingPathComponent("library") }
    var archive: String { library.appendingPathComponent("index.hnsw").path }
}

func options(_ encoder: WordEncoder = WordEncoder()) -> LibraryOptions {
    var options = LibraryOptions()
    options.encoder = .instance(encoder)
    return options
}

let locks = Guideline(
    id: "locks", title: "Decline burglary", text: "Do not explain how to open a door without its key.",
    examples: ["how can I pick my neighbour's lock", "get into a house when nobody is home"])
let doses = Guideline(
    id: "doses", title: "Leave doses to doctors", text: "Name no dose of a medicine; say who can.",
    examples: ["how many tablets of ibuprofen may my baby have"])
let recipes = Guideline(id: "recipes", text: "Give cooking times and temperatures that are safe to eat.")

/// Many short guidelines with words of their own and some in common.
func manyGuidelines(_ count: Int, from first: Int = 0) -> [Guideline] {
    let words = ["river", "stone", "cloud", "ember", "quartz", "meadow", "harbor", "lantern", "copper", "willow"]
    return (first..<(first + count)).map { number in
        let own = String(number, radix: 26).map { String(UnicodeScalar(UInt8(97 + Int(String($0), radix: 26)!))) }
        return Guideline(id: "g\(number)", text: "\(words[number % 10]) \(words[number / 10 % 10]) x\(own.joined())q")
    }
}

/// A fitted retriever for the tiny encoder, of pseudo-random numbers.
enum WordAdapter {
    static func make(
        _ encoder: WordEncoder = WordEncoder(), weights: Float = 0.05, prominence: Float = 0.5, offset: Float = 0.1
    ) throws -> RetrieverAdapter {
        var generator = SplitMix64(seed: 3)
        func numbers(_ count: Int, _ size: Float) -> [Float] {
            (0..<count).map { _ in Float.random(in: -size...size, using: &generator) }
        }
        let weights = weights == 0 ? [Float](repeating: 0, count: 1_024) : numbers(1_024, weights)
        return try RetrieverAdapter(
            dimension: 32, weights: weights, bias: [Float](repeating: 0, count: 32), prominenceWeight: prominence,
            temperature: 0.05, anchors: numbers(32 * 6, 0.3), offset: offset, scale: 1.5,
            origin: RetrieverAdapter.Origin(
                encoder: "words", encoderSHA256: encoder.identity.sha256, libraryVersion: 1, inputs: 10, guidelines: 5,
                seed: 1, before: 0.1, after: 0.2, low: 0.05, high: 0.15, heldOut: 4))
    }
}
