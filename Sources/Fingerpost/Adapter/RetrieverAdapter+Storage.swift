import Foundation
import GuidelineStore

extension RetrieverAdapter {
    /// What is kept as JSON.
    private struct Record: Codable {
        /// Raised when numbers come to mean something else, so that no program reads them as what they are not.
        var format = 1
        var dimension: Int
        var prominenceWeight: Float
        var temperature: Float
        var offset: Float
        var scale: Float
        var origin: Origin
    }

    func stored(prominences: [Int64: Float]) throws -> StoredAdapter {
        let record = Record(
            dimension: dimension, prominenceWeight: prominenceWeight, temperature: temperature, offset: offset,
            scale: scale, origin: origin)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return StoredAdapter(
            record: String(decoding: try encoder.encode(record), as: UTF8.self), numbers: weights + bias + anchors,
            prominences: prominences)
    }

    /// - Throws: ``FingerpostError/invalidAdapter(library:problem:)``: to search as if nothing had been learned would be a
    ///   quiet change of every answer.
    init(_ stored: StoredAdapter, library: String, encoder: EncoderRecord) throws {
        func fault(_ problem: String) -> FingerpostError { .invalidAdapter(library: library, problem: problem) }
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(stored.record.utf8)) else {
            throw fault("its record cannot be read")
        }
        guard record.format == 1 else { throw fault("it was made by a newer version") }
        guard record.dimension == encoder.dimension, record.origin.encoderSHA256 == encoder.sha256 else {
            throw fault("it was made for the encoder \(record.origin.encoder)")
        }
        let size = record.dimension
        guard stored.numbers.count >= size * (size + 1) else { throw fault("its numbers do not fit its record") }
        do {
            try self.init(
                dimension: size, weights: Array(stored.numbers[..<(size * size)]),
                bias: Array(stored.numbers[(size * size)..<(size * (size + 1))]),
                prominenceWeight: record.prominenceWeight, temperature: record.temperature,
                anchors: Array(stored.numbers[(size * (size + 1))...]), offset: record.offset, scale: record.scale,
                origin: record.origin)
        } catch {
            throw fault("its numbers do not fit its record")
        }
    }
}
