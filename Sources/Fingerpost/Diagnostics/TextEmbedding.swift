import Foundation
import FingerpostResources
import GuidelineStore
import LinearAlgebra
import Platform
import TextEncoder

/// Turns files of texts into matrices of vectors.
public enum TextEmbedding {
    /// Texts that are encoded at a time: enough to keep all threads busy and to sort by length.
    private static let batchSize = 4_096

    /// The encoder of a folder, or the bundled one, with the folder that it came from.
    ///
    /// - Throws: ``EncoderError``, or the resources' own error where the bundled one is not found.
    public static func encoder(in folder: URL?) throws -> (encoder: any SentenceEncoder, folder: URL) {
        let folder = try folder ?? BundledModels.encoderFolder()
        return (try PretrainedEncoder.load(from: folder), folder)
    }

    /// Encodes the `text` of every line of a JSON Lines input, one row a line. An empty text gives a row of zeros.
    ///
    /// - Parameters:
    ///   - source: the lines.
    ///   - encoder: makes the vectors, whose length is that of a row.
    ///   - threads: how many threads may work; nil for all there are. The result does not depend on it.
    ///   - progress: told how many rows are finished, from any thread.
    /// - Throws: ``GuidelineStoreError`` with the line at fault; an input without lines is one.
    public static func matrix(
        of source: InputSource, encoder: any SentenceEncoder, threads: Int? = nil,
        progress: (@Sendable (_ rows: Int) -> Void)? = nil
    ) throws -> Matrix {
        let reader = try JSONLinesReader(source)
        let threads = threads ?? Processors.available
        var batches: [Embeddings] = []
        var rows = 0
        var texts: [String] = []
        func encode() throws {
            let finished = rows
            let vectors = try encoder.encode(batch: texts, threads: threads) { progress?(finished + $0) }
            batches.append(vectors)
            rows += texts.count
            texts.removeAll(keepingCapacity: true)
        }
        while let record = try reader.nextText() {
            texts.append(record.text)
            if texts.count == batchSize { try encode() }
        }
        if !texts.isEmpty { try encode() }
        guard rows > 0 else {
            throw GuidelineStoreError.noRecords(path: source.name, hint: "a line holds a text, {\"text\"}")
        }
        return Matrix(rows: rows, columns: encoder.dimension) { elements in
            var start = 0
            for index in batches.indices {
                let end = start + batches[index].values.count
                _ = elements.extracting(start..<end).initialize(fromContentsOf: batches[index].values)
                start = end
                // Two copies of all vectors would be the most memory that this ever needs.
                batches[index] = Embeddings(dimension: encoder.dimension, values: [])
            }
        }
    }

    /// Encodes texts that are in memory, one row each. An empty text gives a row of zeros.
    ///
    /// - Parameters:
    ///   - texts: what to encode.
    ///   - encoder: makes the vectors, whose length is that of a row.
    ///   - threads: how many threads may work; nil for all there are. The result does not depend on it.
    ///   - progress: told how many rows are finished, from any thread.
    /// - Throws: what the encoder throws.
    public static func matrix(
        of texts: [String], encoder: any SentenceEncoder, threads: Int? = nil,
        progress: (@Sendable (_ rows: Int) -> Void)? = nil
    ) throws -> Matrix {
        let threads = threads ?? Processors.available
        return try Matrix(rows: texts.count, columns: encoder.dimension) { elements in
            for first in stride(from: 0, to: texts.count, by: batchSize) {
                let end = min(texts.count, first + batchSize)
                let vectors = try encoder.encode(batch: Array(texts[first..<end]), threads: threads) {
                    progress?(first + $0)
                }
                _ = elements.extracting((first * encoder.dimension)..<(end * encoder.dimension))
                    .initialize(fromContentsOf: vectors.values)
            }
        }
    }
}
