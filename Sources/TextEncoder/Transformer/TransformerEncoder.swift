import CKernels
import Platform
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A network of the BERT family (BERT, DistilBERT) with mean or CLS pooling, as sentence-transformers and Hugging
/// Face folders hold them: all-MiniLM-L6-v2, bge-small-en and their like.
///
/// Texts are cut to `max_seq_length` of `sentence_bert_config.json`; without it, to `model_max_length` of
/// `tokenizer_config.json`; and to the positions that the network has in any case. (What `tokenizer.json` says of
/// truncation and padding does not count, as in sentence-transformers.) The empty text is [CLS][SEP], which has a
/// vector like any other. Rows always have length 1, with or without a `Normalize` module.
///
/// One text is one pass on the calling thread. A batch is sorted by length and cut into packs of whole texts, never
/// padded; packs do not depend on the number of threads, so neither do the vectors, to the last bit.
///
/// With ``EncoderPrecision/float32`` the vector of a text in a batch and alone may differ by rounding, by less than
/// 1e-6, and so may those of two machines. With ``EncoderPrecision/int8`` both are the same to the last bit. The
/// precision is no part of the ``identity``, since vectors of the two are near enough to be compared (see
/// ``EncoderPrecision``).
public final class TransformerEncoder: SentenceEncoder {
    private let tokenizer: WordPieceTokenizer
    private let network: Network
    private let pooling: SentenceModules.Pooling
    private let source: WeightsIdentity
    private let weightsPath: String
    private let workspaces = WorkspacePool()

    public let dimension: Int
    public let maximumTokenCount: Int
    public var identity: EncoderIdentity { source.identity }

    /// ``EncoderPrecision/float32`` or ``EncoderPrecision/int8``: never `automatic`.
    public var precision: EncoderPrecision {
        switch network {
        case .float: .float32
        case .quantized: .int8
        }
    }

    private enum Network {
        case float(TransformerNetwork)
        case quantized(QuantizedNetwork)

        /// Tokens in a pack: enough rows to keep matrix products efficient, few enough that a pack's memory stays near
        /// the processor.
        var packSize: Int {
            switch self {
            case .float: 512
            case .quantized: 128
            }
        }
    }

    /// Texts that are tokenized before the first of them runs.
    private static let windowSize = 8192

    /// Loads an encoder from its folder.
    /// - Throws: ``EncoderError``.
    public convenience init(
        contentsOf folder: URL, precision: EncoderPrecision = .automatic
    ) throws(EncoderError) {
        try self.init(folder: ModelFolder(path: folder.path), precision: precision)
    }

    init(
        folder: ModelFolder, precision: EncoderPrecision, kernels: UnsafePointer<fp_kernels> = fp_kernels_current()
    ) throws(EncoderError) {
        let modules = try SentenceModules(folder)
        let config = try modules.network.json("config.json")
        let configuration = try TransformerConfiguration(config)
        let file = try SafetensorsFile(folder: modules.network, name: "model.safetensors")
        file.willNeed()
        let tensors = try TransformerTensors(file, configuration)
        (network, tokenizer) = try Self.parts(
            tensors, configuration, precision, kernels: kernels, tokenizer: modules.network)
        pooling = modules.pooling
        weightsPath = file.path
        dimension = configuration.hiddenSize

        if let lowercases = modules.lowercases, !tokenizer.normalizer.lowercases { throw lowercases.unsupported() }
        guard Int(tokenizer.maximumTokenID) < configuration.vocabularySize else {
            throw try config.required("vocab_size")
                .invalid("is too small for token \(tokenizer.maximumTokenID) of the tokenizer")
        }
        maximumTokenCount = try Self.maximumLength(modules, configuration, tokenizer)
        source = try WeightsIdentity(folder: folder, config: config, file: file, dimension: dimension)
    }

    /// The two that take time to read, side by side.
    private static func parts(
        _ tensors: TransformerTensors, _ configuration: TransformerConfiguration, _ precision: EncoderPrecision,
        kernels: UnsafePointer<fp_kernels>, tokenizer folder: ModelFolder
    ) throws(EncoderError) -> (Network, WordPieceTokenizer) {
        let isQuantized = precision == .int8 || precision == .automatic && tensors.words.type == .int8
        let fits = configuration.largestRow <= QuantizedNetwork.largestRow
        nonisolated(unsafe) let kernels = kernels
        let networks = ParallelResults<Network, EncoderError>(count: 1)
        let tokenizers = ParallelResults<WordPieceTokenizer, EncoderError>(count: 1)
        Parallel.forEach(2, threads: Processors.available) { part in
            if part == 0 {
                networks.set(0) { () throws(EncoderError) in
                    isQuantized && fits
                        ? .quantized(try QuantizedNetwork(tensors, configuration, kernels: kernels))
                        : .float(try TransformerNetwork(tensors, configuration))
                }
            } else {
                tokenizers.set(0) { () throws(EncoderError) in try WordPieceTokenizer(folder: folder) }
            }
        }
        return (try networks.values()[0], try tokenizers.values()[0])
    }

    private static func maximumLength(
        _ modules: SentenceModules, _ configuration: TransformerConfiguration, _ tokenizer: WordPieceTokenizer
    ) throws(EncoderError) -> Int {
        var length = configuration.maximumPositions
        if let maximum = modules.maximumLength {
            length = min(length, maximum)
        } else if let settings = try modules.network.jsonIfPresent("tokenizer_config.json"),
            let maximum = try settings.optional("model_max_length")
        {
            // Where there is no limit, this is 1e30.
            let value = try maximum.number()
            guard value >= 1 else { throw maximum.invalid("should be 1 or more") }
            length = Int(min(value, Double(length)))
        }
        guard length > tokenizer.specialTokenCount else {
            throw EncoderError.invalidField(
                path: modules.network.path(of: "sentence_bert_config.json"), field: "max_seq_length",
                reason: "\(length) leaves no room beside the \(tokenizer.specialTokenCount) special tokens")
        }
        return length
    }

    // MARK: - Encoding

    public func encode(_ text: String) throws -> [Float] {
        let row = workspaces.withWorkspace { workspace in
            workspace.removeTexts()
            tokenizer.append(
                text, addingSpecialTokens: true, maximumCount: maximumTokenCount, to: &workspace.tokens)
            workspace.ends.append(workspace.tokens.count)
            let hidden = run(workspace)
            return [Float](unsafeUninitializedCapacity: dimension) { row, count in
                count = dimension
                if let row = row.baseAddress { pool(hidden, count: workspace.tokens.count, into: row) }
            }
        }
        try Self.requireFinite(row[...], path: weightsPath)
        return row
    }

    public func tokenCount(of text: String) -> Int? {
        tokenizer.encode(text, addingSpecialTokens: true, maximumCount: .max).count
    }

    public func encode(
        batch texts: [String], threads: Int, progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> Embeddings {
        try encode(
            batch: texts, threads: threads, packSize: network.packSize, windowSize: Self.windowSize, progress: progress)
    }

    func encode(
        batch texts: [String], threads: Int, packSize: Int, windowSize: Int,
        progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws(EncoderError) -> Embeddings {
        let finished = Atomic<Int>(0)
        let values = [Float](unsafeUninitializedCapacity: texts.count * dimension) { values, count in
            count = texts.count * dimension
            guard let start = values.baseAddress else { return }
            nonisolated(unsafe) let rows = start
            for first in stride(from: 0, to: texts.count, by: windowSize) {
                let window = TokenizedTexts(
                    texts[first..<min(texts.count, first + windowSize)], tokenizer,
                    maximumCount: maximumTokenCount, threads: threads)
                let packs = window.packs(size: packSize)
                Parallel.forEach(packs.count, threads: threads) { index in
                    let pack = packs[index]
                    workspaces.withWorkspace { workspace in
                        run(window, pack, workspace, into: rows + first * dimension)
                    }
                    let sum = finished.wrappingAdd(pack.count, ordering: .relaxed).newValue
                    progress?(sum)
                }
            }
        }
        for index in texts.indices {
            try Self.requireFinite(values[(index * dimension)..<((index + 1) * dimension)], path: weightsPath)
        }
        return Embeddings(dimension: dimension, values: values)
    }

    /// Runs the texts of a pack and writes each one's row where it belongs.
    private func run(
        _ window: TokenizedTexts, _ pack: ArraySlice<Int>, _ workspace: TransformerWorkspace,
        into rows: UnsafeMutablePointer<Float>
    ) {
        workspace.removeTexts()
        for text in pack {
            workspace.tokens += window[text]
            workspace.ends.append(workspace.tokens.count)
        }
        let hidden = run(workspace)
        var start = 0
        for (text, end) in zip(pack, workspace.ends) {
            pool(hidden + start * dimension, count: end - start, into: rows + text * dimension)
            start = end
        }
    }

    private func run(_ workspace: TransformerWorkspace) -> UnsafePointer<Float> {
        switch network {
        case .float(let network): network.run(workspace)
        case .quantized(let network): network.run(workspace)
        }
    }

    /// Writes the vector of the text whose tokens are the `count` rows at `hidden`.
    private func pool(_ hidden: UnsafePointer<Float>, count: Int, into row: UnsafeMutablePointer<Float>) {
        row.initialize(repeating: 0, count: dimension)
        guard count > 0 else { return }
        // The mean has the direction of the sum.
        let count = pooling == .cls ? 1 : count
        switch network {
        case .float:
            VectorMath.sumRows(hidden, rows: count, columns: dimension, into: row)
            _ = fp_kernels_current().pointee.normalize_f32(row, dimension)
        case .quantized(let network):
            network.pool(hidden, count: count, into: row)
        }
    }
}
