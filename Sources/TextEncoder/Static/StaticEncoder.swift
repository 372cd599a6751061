import CKernels
import Platform
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A table of one vector per token, whose mean is the vector of a text: an encoder in the Model2Vec layout
/// (`config.json` with `model_type` `model2vec`, `tokenizer.json`, `model.safetensors`).
///
/// The tensor `embeddings` is [rows, dimension] (F32, F16, BF16, F64 or I8, see ``SafetensorsFile``); `weights`, if
/// there, has a factor for each token, and `mapping` the row of each token. As in Model2Vec, a text is cut to
/// `max_length` tokens, no special tokens are put around it, and unknown tokens are left out. A text of none but
/// unknown tokens, such as the empty text, has no direction: its row is zero. All arithmetic is in `Float`, whatever
/// the table holds, and rows always have length 1.
///
/// Loading maps the table; nothing is converted or copied.
public final class StaticEncoder: SentenceEncoder {
    private let tokenizer: WordPieceTokenizer
    private let table: RowTable
    /// By token: factors and rows; empty where all factors are 1, or each token's row is its id.
    private let weights: [Float]
    private let rows: [Int32]
    private let source: WeightsIdentity
    private let weightsPath: String
    /// Unicode scalars beyond which Model2Vec does not look at a text.
    private let maximumScalars: Int

    public let dimension: Int
    public let maximumTokenCount: Int
    public var identity: EncoderIdentity { source.identity }

    /// Loads an encoder from its folder.
    /// - Throws: ``EncoderError``.
    public convenience init(contentsOf folder: URL) throws(EncoderError) {
        let folder = ModelFolder(path: folder.path)
        try self.init(folder: folder, config: folder.json("config.json"))
    }

    init(folder: ModelFolder, config: JSONElement) throws(EncoderError) {
        try config.requireType("model2vec", field: "model_type")
        let file = try SafetensorsFile(folder: folder, name: "model.safetensors")
        tokenizer = try WordPieceTokenizer(folder: folder)
        weightsPath = file.path

        let embeddings = try file.tensor("embeddings")
        guard embeddings.shape.count == 2, embeddings.shape[1] > 0 else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: "embeddings", expected: "a matrix", found: embeddings.summary)
        }
        if let hidden = try config.optional("hidden_dim"),
            try hidden.integer(in: 1...Int.max) != embeddings.shape[1]
        {
            throw hidden.invalid("is \(hidden.source), but the table has \(embeddings.shape[1]) columns")
        }
        table = try RowTable(file, embeddings)
        dimension = table.dimension

        let tokenCount = Int(tokenizer.maximumTokenID) + 1
        rows = try Self.mapping(file, tokenCount: tokenCount, rowCount: table.count)
        guard !rows.isEmpty || table.count >= tokenCount else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: "embeddings", expected: "at least \(tokenCount) rows, one for each token",
                found: embeddings.summary)
        }
        weights = try Self.weights(file, tokenCount: tokenCount)

        // `max_length` null means no limit, and no `max_length` means Model2Vec's own.
        if let maximum = try config.member("max_length") {
            maximumTokenCount = maximum.isNull ? .max : try maximum.integer(in: 1...Int.max)
        } else {
            maximumTokenCount = 512
        }
        let product = maximumTokenCount.multipliedReportingOverflow(by: tokenizer.medianTokenLength)
        maximumScalars = product.overflow || maximumTokenCount == .max ? .max : product.partialValue
        source = try WeightsIdentity(folder: folder, config: config, file: file, dimension: dimension)
    }

    private static func mapping(
        _ file: SafetensorsFile, tokenCount: Int, rowCount: Int
    ) throws(EncoderError) -> [Int32] {
        guard let tensor = file.tensors["mapping"] else { return [] }
        guard tensor.type == .int32 || tensor.type == .int64, tensor.shape.count == 1, tensor.count >= tokenCount else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: tensor.name, expected: "I32 or I64 [\(tokenCount)]", found: tensor.summary)
        }
        let rows: [Int64] = file.withUnsafeBytes(of: tensor) { bytes in
            (0..<tensor.count).map { index in
                tensor.type == .int64
                    ? bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
                    : Int64(bytes.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
            }
        }
        for (token, row) in rows.enumerated() where row < 0 || row >= Int64(rowCount) || row > Int64(Int32.max) {
            throw EncoderError.corruptWeights(
                path: file.path, reason: "mapping sends token \(token) to row \(row) of \(rowCount)")
        }
        return rows.map { Int32(truncatingIfNeeded: $0) }
    }

    private static func weights(_ file: SafetensorsFile, tokenCount: Int) throws(EncoderError) -> [Float] {
        guard let tensor = file.tensors["weights"] else { return [] }
        guard tensor.shape.count == 1, tensor.count >= tokenCount, tensor.type != .int8 else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: tensor.name, expected: "floats [\(tokenCount)]", found: tensor.summary)
        }
        return try FloatTensor(file, tensor).values
    }

    // MARK: - Encoding

    public func encode(_ text: String) throws -> [Float] {
        var tokens: [Int32] = []
        let result = [Float](unsafeUninitializedCapacity: dimension) { row, count in
            if let row = row.baseAddress { encode(text, tokens: &tokens, into: row) }
            count = dimension
        }
        try check(result[...])
        return result
    }

    public func tokenCount(of text: String) -> Int? {
        tokenizer.encode(text, addingSpecialTokens: false, maximumCount: .max).count
    }

    public func encode(
        batch texts: [String], threads: Int, progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> Embeddings {
        let finished = Atomic<Int>(0)
        let values = [Float](unsafeUninitializedCapacity: texts.count * dimension) { values, count in
            count = texts.count * dimension
            guard let start = values.baseAddress else { return }
            nonisolated(unsafe) let rows = start
            Parallel.forEachRange(texts.count, chunk: 64, threads: threads) { range, _ in
                var tokens: [Int32] = []
                for index in range { encode(texts[index], tokens: &tokens, into: rows + index * dimension) }
                let sum = finished.wrappingAdd(range.count, ordering: .relaxed).newValue
                progress?(sum)
            }
        }
        for index in texts.indices { try check(values[(index * dimension)..<((index + 1) * dimension)]) }
        return Embeddings(dimension: dimension, values: values)
    }

    /// Writes the row of one text. `tokens` is scratch space.
    private func encode(_ text: String, tokens: inout [Int32], into row: UnsafeMutablePointer<Float>) {
        tokens.removeAll(keepingCapacity: true)
        var text = text
        text.withUTF8 { bytes in
            let cut = maximumScalars == .max ? bytes : Self.prefix(of: bytes, scalars: maximumScalars)
            tokenizer.append(cut, addingSpecialTokens: false, maximumCount: maximumTokenCount, to: &tokens)
        }
        row.initialize(repeating: 0, count: dimension)
        for token in tokens where token != tokenizer.unknownTokenID {
            let index = Int(token)
            table.add(
                rows.isEmpty ? index : Int(rows[index]), times: weights.isEmpty ? 1 : weights[index], to: row)
        }
        // The mean has the direction of the sum.
        _ = fp_kernels_current().pointee.normalize_f32(row, dimension)
    }

    private static func prefix(of text: UnsafeBufferPointer<UInt8>, scalars: Int) -> UnsafeBufferPointer<UInt8> {
        if text.count <= scalars { return text }
        var left = scalars
        for index in text.indices where text[index] & 0xC0 != 0x80 {
            if left == 0 { return UnsafeBufferPointer(rebasing: text[..<index]) }
            left -= 1
        }
        return text
    }

    private func check(_ row: ArraySlice<Float>) throws(EncoderError) {
        try Self.requireFinite(row, path: weightsPath)
    }
}
