import FingerpostResources
import Foundation
import Guardrails
import GuidelineStore
import Platform
import TextEncoder

/// The bundled encoder, whose vectors of the sample corpus were made beforehand, in full precision: without optimisation the
/// network takes minutes for them.
///
/// The file holds, for each text, the first 8 bytes of its SHA-256 and its vector as 384 signed bytes of one scale.
struct SampleVectors: SentenceEncoder {
    struct Missing: Error, CustomStringConvertible {
        var text: String
        var description: String {
            "Fixtures/sample-corpus.vectors has no vector for \"\(text)\": make it anew, with SampleVectors.file"
        }
    }

    let identity: EncoderIdentity
    let maximumTokenCount = 256
    private let vectors: [Data: [Float]]

    static let fileName = "sample-corpus.vectors"
    private static let keyLength = 8

    var dimension: Int { identity.dimension }

    init() throws {
        let encoder = try PretrainedEncoder.load(from: BundledModels.encoderFolder())
        identity = encoder.identity
        let file = try Data(
            contentsOf: Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(Self.fileName)"))
        let length = Self.keyLength + encoder.dimension
        var vectors: [Data: [Float]] = [:]
        for start in stride(from: 0, to: file.count, by: length) {
            let numbers = file[(start + Self.keyLength)..<(start + length)].map { Float(Int8(bitPattern: $0)) }
            let norm = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
            vectors[Data(file[start..<(start + Self.keyLength)])] = numbers.map { $0 / norm }
        }
        self.vectors = vectors
    }

    static func key(_ text: String) -> Data {
        var hash = SHA256()
        hash.update(text)
        return Data(hash.finalize().prefix(keyLength))
    }

    func encode(_ text: String) throws -> [Float] {
        guard let vector = vectors[Self.key(text)] else { throw Missing(text: text) }
        return vector
    }

    func encode(
        batch texts: [String], threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws -> Embeddings {
        Embeddings(dimension: dimension, values: try texts.flatMap(encode))
    }

    /// Texts with their vectors, as the file holds them.
    static func file(_ texts: [String], _ vectors: Embeddings) -> Data {
        var rows: [(key: [UInt8], bytes: [UInt8])] = []
        for (index, text) in texts.enumerated() {
            let vector = vectors[index]
            let largest = vector.reduce(0) { max($0, abs($1)) }
            rows.append(
                (
                    Array(key(text)),
                    vector.map { UInt8(bitPattern: Int8(clamping: Int(($0 / largest * 127).rounded()))) }
                ))
        }
        rows.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return Data(rows.flatMap { $0.key + $0.bytes })
    }
}

/// The sample corpus: its guidelines, and queries with the guidelines that apply to them.
struct SampleCorpus {
    let guidelines: [Guideline]
    let queries: [EvaluationQuery]

    init() throws {
        let folder = try BundledModels.sampleCorpus()
        guidelines = try GuidelineImporter.read(from: folder.appendingPathComponent("guidelines.jsonl"))
        queries = try EvaluationQuery.read(from: .file(folder.appendingPathComponent("queries.jsonl")))
    }

    /// Every text that is encoded for it.
    var texts: [String] {
        Set(guidelines.flatMap { [$0.statement] + $0.examples } + queries.map(\.text)).sorted()
    }
}
