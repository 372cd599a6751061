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
/// padded; packs do not depend on the number of threads, so neither do the vectors, to the last bit. The vector of a
/// text in a batch and alone may differ by rounding, by less than 1e-6.
public final class TransformerEncoder: SentenceEncoder {
    private let tokenizer: WordPieceTokenizer
    private let network: TransformerNetwork
    private let pooling: SentenceModules.Pooling
    private let source: WeightsIdentity
    private let weightsPath: String
    private let workspaces = WorkspacePool()

    public let dimension: Int
    public let maximumTokenCount: Int
    public var identity: EncoderIdentity { source.identity }

    /// Tokens in a pack: enough rows to keep matrix products efficient, few enough that a pack's memory stays near
    /// the processor.
    private static let packSize = 512
    /// Texts that are tokenized before the first of them runs.
    private static let windowSize = 8192

    /// Loads an encoder from its folder.
    /// - Throws: ``EncoderError``.
    public convenience init(contentsOf folder: URL) throws(EncoderError) {
        try self.init(folder: ModelFolder(path: folder.path))
    }

    init(folder: ModelFolder) throws(EncoderError) {
        let modules = try SentenceModules(folder)
        let config = try modules.network.json("config.json")
        let configuration = try TransformerConfiguration(config)
        let file = try SafetensorsFile(folder: modules.network, name: "model.safetensors")
        file.willNeed()
        let weights = try TransformerWeights(file, configuration)
        network = TransformerNetwork(configuration: configuration, weights: weights)
        pooling = modules.pooling
        weightsPath = file.path
        dimension = configuration.hiddenSize

        tokenizer = try WordPieceTokenizer(folder: modules.network)
        if let lowercases = modules.lowercases, !tokenizer.normalizer.lowercases { throw lowercases.unsupported() }
        guard Int(tokenizer.maximumTokenID) < configuration.vocabularySize else {
            throw try config.required("vocab_size")
                .invalid("is too small for token \(tokenizer.maximumTokenID) of the tokenizer")
        }
        maximumTokenCount = try Self.maximumLength(modules, configuration, tokenizer)
        source = try WeightsIdentity(folder: folder, config: config, file: file, dimension: dimension)
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
            workspace.tokens.removeAll(keepingCapacity: true)
            tokenizer.append(
                text, addingSpecialTokens: true, maximumCount: maximumTokenCount, to: &workspace.tokens)
            workspace.ends.removeAll(keepingCapacity: true)
            workspace.ends.append(workspace.tokens.count)
            network.run(workspace)
            return [Float](unsafeUninitializedCapacity: dimension) { row, count in
                count = dimension
                if let row = row.baseAddress { pool(workspace, start: 0, count: workspace.tokens.count, into: row) }
            }
        }
        try Self.requireFinite(row[...], path: weightsPath)
        return row
    }

    public func encode(
        batch texts: [String], threads: Int, progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> Embeddings {
        try encode(
            batch: texts, threads: threads, packSize: Self.packSize, windowSize: Self.windowSize, progress: progress)
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
        _ window: TokenizedTexts, _ pack: ArraySlice<Int>, _ workspace: TransformerNetwork.Workspace,
        into rows: UnsafeMutablePointer<Float>
    ) {
        workspace.tokens.removeAll(keepingCapacity: true)
        workspace.ends.removeAll(keepingCapacity: true)
        for text in pack {
            workspace.tokens += window[text]
            workspace.ends.append(workspace.tokens.count)
        }
        network.run(workspace)
        var start = 0
        for (text, end) in zip(pack, workspace.ends) {
            pool(workspace, start: start, count: end - start, into: rows + text * dimension)
            start = end
        }
    }

    /// Writes the vector of the text whose tokens are the `count` rows from `start`.
    private func pool(
        _ workspace: TransformerNetwork.Workspace, start: Int, count: Int, into row: UnsafeMutablePointer<Float>
    ) {
        row.initialize(repeating: 0, count: dimension)
        guard count > 0, let hidden = workspace.hidden.baseAddress else { return }
        // The mean has the direction of the sum.
        VectorMath.sumRows(
            hidden + start * dimension, rows: pooling == .cls ? 1 : count, columns: dimension, into: row)
        _ = fp_kernels_current().pointee.normalize_f32(row, dimension)
    }
}

/// Workspaces not in use. Each is used by one thread at a time.
private final class WorkspacePool: Sendable {
    // A workspace in the pool is referred to from nowhere else.
    private struct Idle: @unchecked Sendable {
        var workspaces: [TransformerNetwork.Workspace] = []
    }
    private let idle = Locked(Idle())

    func withWorkspace<Result>(_ body: (TransformerNetwork.Workspace) -> Result) -> Result {
        let taken = idle.withLock { idle in Idle(workspaces: idle.workspaces.popLast().map { [$0] } ?? []) }
        let workspace = taken.workspaces.first ?? TransformerNetwork.Workspace()
        let returned = Idle(workspaces: [workspace])
        defer { idle.withLock { $0.workspaces += returned.workspaces } }
        return body(workspace)
    }
}
