import Fingerpost
import Foundation
import GuidelineStore
import LinearAlgebra
import Platform
import TextEncoder

/// An encoder for tests under which inputs lie where a rotation takes the guidelines that apply to them: `rule7x` has a
/// direction of its own, and `ask7n3` is that direction, turned, with noise. A text of anything else is zero.
struct PlantedEncoder: SentenceEncoder {
    let identity: EncoderIdentity
    let dimension: Int
    let maximumTokenCount = Int.max
    private let rotation: Matrix
    private let noise: Float

    init(name: String = "planted", dimension: Int = 16, noise: Float = 0.25, isTurned: Bool = true) throws {
        let digit = String(name.utf8.reduce(0) { ($0 &* 7 &+ Int($1)) % 16 }, radix: 16)
        identity = EncoderIdentity(name: name, sha256: String(repeating: digit, count: 64), dimension: dimension)
        (self.dimension, self.noise) = (dimension, noise)
        var generator = SplitMix64(seed: 4)
        let random = try Matrix(
            rows: dimension, columns: dimension,
            elements: (0..<(dimension * dimension)).map { _ in Float.random(in: -1...1, using: &generator) })
        rotation = isTurned ? try random.singularValueDecomposition().left : .identity(dimension)
    }

    func encode(_ text: String) throws -> [Float] {
        guard let number = Int(text.drop { !$0.isNumber }.prefix { $0.isNumber }) else {
            return [Float](repeating: 0, count: dimension)
        }
        let own = direction(seed: UInt64(number))
        guard text.hasPrefix("ask") else { return own }
        let turned = try rotation.multiplied(by: own, transposingSelf: true)
        let error = direction(seed: text.utf8.reduce(99) { $0 &* 31 &+ UInt64($1) })
        return Self.unit(zip(turned, error).map { $0 + noise * $1 })
    }

    func encode(batch texts: [String], threads: Int, progress: (@Sendable (Int) -> Void)?) throws -> Embeddings {
        Embeddings(dimension: dimension, values: try texts.flatMap(encode))
    }

    private func direction(seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: SplitMix64.mix(seed))
        return Self.unit((0..<dimension).map { _ in Float.random(in: -1...1, using: &generator) })
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }
}

/// A folder that is removed when the value goes away.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("guidealign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var library: URL { url.appendingPathComponent("library") }
}

enum Planted {
    static func options(_ encoder: PlantedEncoder) -> LibraryOptions {
        var options = LibraryOptions()
        options.encoder = .instance(encoder)
        return options
    }

    static func library(
        in folder: TemporaryFolder, rules: Int = 120, encoder: PlantedEncoder, examples: Int = 0
    ) throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options(encoder))
        try library.add(
            (0..<rules).map { rule in
                Guideline(
                    id: "g\(rule)", text: "rule\(rule)x", examples: (0..<examples).map { "ask\(rule)e\($0)" })
            })
        return library
    }

    /// Inputs for every rule; shuffled, each with another one's.
    static func pairs(rules: Int = 120, each: Int = 6, isShuffled: Bool = false, seed: UInt64 = 8) -> [EvaluationQuery]
    {
        var generator = SplitMix64(seed: seed)
        var answers = (0..<(rules * each)).map { $0 / each }
        if isShuffled { answers.shuffle(using: &generator) }
        return answers.enumerated().map { place, answer in
            EvaluationQuery(text: "ask\(place / each)n\(place % each)", positives: ["g\(answer)"])
        }
    }
}
