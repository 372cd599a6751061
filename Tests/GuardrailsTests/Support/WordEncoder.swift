import Foundation
import Platform
import TextEncoder

/// An encoder that takes no time: each word has a fixed pseudo-random direction, a text is their sum.
struct WordEncoder: SentenceEncoder {
    let identity: EncoderIdentity
    let dimension = 32
    let maximumTokenCount = Int.max

    init(name: String = "words") {
        let digit = String(name.utf8.reduce(0) { ($0 &* 7 &+ Int($1)) % 16 }, radix: 16)
        identity = EncoderIdentity(name: name, sha256: String(repeating: digit, count: 64), dimension: 32)
    }

    func encode(_ text: String) throws -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
            let hash = word.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            var random = SplitMix64(seed: hash)
            for index in sum.indices { sum[index] += Float.random(in: -1...1, using: &random) }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { $0 / length } : sum
    }

    func encode(batch texts: [String], threads: Int, progress: (@Sendable (Int) -> Void)?) throws -> Embeddings {
        Embeddings(dimension: dimension, values: try texts.flatMap(encode))
    }
}
