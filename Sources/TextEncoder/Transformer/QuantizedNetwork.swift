import CKernels
import Platform

/// The forward pass of ``TransformerNetwork`` with its matrix products in 8-bit integers: weights quantized per output
/// when they are loaded, activations per token as they come (Jacob et al. 2018, with symmetric ranges). Attention,
/// normalisation and activation functions are in `Float`.
///
/// A text's rows are bitwise the same whatever texts run beside it, on any thread, and with every set of kernels.
struct QuantizedNetwork: Sendable {
    /// A row longer than this could overflow the sums.
    static let largestRow = Int(FP_NETWORK_LARGEST_INPUTS)

    private struct Layer: Sendable {
        /// Queries, keys and values side by side.
        let projections: PackedLinear
        let attentionOutput: PackedLinear
        let attentionNorm: TransformerWeights.LayerNorm
        let intermediate: PackedLinear
        let output: PackedLinear
        let outputNorm: TransformerWeights.LayerNorm

        init(
            _ file: SafetensorsFile, _ layer: TransformerTensors.Layer, kernels: UnsafePointer<fp_kernels>
        ) throws(EncoderError) {
            projections = try PackedLinear(file, [layer.query, layer.key, layer.value], kernels: kernels)
            attentionOutput = try PackedLinear(file, [layer.attentionOutput], kernels: kernels)
            attentionNorm = try TransformerWeights.LayerNorm(file, layer.attentionNorm)
            intermediate = try PackedLinear(file, [layer.intermediate], kernels: kernels)
            output = try PackedLinear(file, [layer.output], kernels: kernels)
            outputNorm = try TransformerWeights.LayerNorm(file, layer.outputNorm)
        }
    }

    let configuration: TransformerConfiguration
    private let embeddings: TransformerEmbeddings
    private let layers: [Layer]
    private let finish: fp_finish
    /// The kernels that the weights are packed for; they live as long as the process.
    private nonisolated(unsafe) let kernels: UnsafePointer<fp_network>

    /// Quantizes and packs the weights, on all processors. O(weights).
    /// - Throws: `corruptWeights`, `mismatchedTensor`.
    init(
        _ tensors: TransformerTensors, _ configuration: TransformerConfiguration,
        kernels: UnsafePointer<fp_kernels> = fp_kernels_current()
    ) throws(EncoderError) {
        self.configuration = configuration
        self.kernels = kernels.pointee.network
        let file = tensors.file
        embeddings = try TransformerEmbeddings(tensors)
        nonisolated(unsafe) let chosen = kernels
        let results = ParallelResults<Layer, EncoderError>(count: tensors.layers.count)
        Parallel.forEach(tensors.layers.count, threads: Processors.available) { index in
            results.set(index) { () throws(EncoderError) in
                try Layer(file, tensors.layers[index], kernels: chosen)
            }
        }
        layers = try results.values()
        finish =
            switch configuration.activation {
            case .gelu: FP_GELU
            case .tanhGELU: FP_TANH_GELU
            case .relu: FP_RELU
            }
    }

    /// Runs the texts in `workspace.tokens`, cut at `workspace.ends`, and returns one row of `hiddenSize` numbers per
    /// token, which are good until the workspace is used again.
    ///
    /// - Precondition: tokens are below the size of the vocabulary, texts no longer than there are positions.
    func run(_ workspace: TransformerWorkspace) -> UnsafePointer<Float> {
        let (total, longest) = workspace.counts(upTo: configuration.maximumPositions)
        let size = configuration.hiddenSize
        let wide = configuration.intermediateSize
        let codeStride = fp_padded_inputs(max(size, wide))
        let memory = Memory(
            hidden: workspace.hidden.reserve(total * size), wide: workspace.wide.reserve(total * max(3 * size, wide)),
            context: workspace.context.reserve(total * size),
            scratch: workspace.scores.reserve(fp_attention_scratch(longest, configuration.headSize)),
            narrowCodes: fp_activations(
                codes: workspace.codes.reserve(total * codeStride), stride: fp_padded_inputs(size),
                scales: workspace.codeScales.reserve(total), sums: workspace.codeSums.reserve(total)),
            wideCodes: fp_activations(
                codes: workspace.codes.reserve(total * codeStride), stride: fp_padded_inputs(wide),
                scales: workspace.codeScales.reserve(total), sums: workspace.codeSums.reserve(total)))
        // The weights are used by address.
        withExtendedLifetime(self) {
            embed(workspace, into: memory)
            for index in layers.indices {
                run(layers[index], memory, workspace.ends, rows: total, isLast: index == layers.count - 1)
            }
        }
        return UnsafePointer(memory.hidden)
    }

    /// Writes the sum of `rows` rows, scaled to length 1.
    func pool(_ rows: UnsafePointer<Float>, count: Int, into row: UnsafeMutablePointer<Float>) {
        kernels.pointee.pool(rows, count, configuration.hiddenSize, row)
    }

    private struct Memory {
        let hidden: UnsafeMutablePointer<Float>
        /// The projections of attention, then what is between the two products of the feed-forward part.
        let wide: UnsafeMutablePointer<Float>
        let context: UnsafeMutablePointer<Float>
        let scratch: UnsafeMutablePointer<Float>
        /// Two views of the same memory, for rows of the hidden and the intermediate size.
        let narrowCodes: fp_activations
        let wideCodes: fp_activations
    }

    private func embed(_ workspace: TransformerWorkspace, into memory: Memory) {
        let size = configuration.hiddenSize
        embeddings.positions.withUnsafeBufferPointer { positions in
            guard let positions = positions.baseAddress else { return }
            var start = 0
            for end in workspace.ends {
                (memory.hidden + start * size).update(from: positions, count: (end - start) * size)
                for index in start..<end {
                    embeddings.words.add(
                        Int(workspace.tokens[index]), to: memory.hidden + index * size, kernels: kernels)
                }
                start = end
            }
        }
        normalize(memory, rows: workspace.tokens.count, embeddings.norm, codes: memory.narrowCodes)
    }

    private func run(_ layer: Layer, _ memory: Memory, _ ends: [Int], rows: Int, isLast: Bool) {
        let size = configuration.hiddenSize
        let wide = configuration.intermediateSize
        multiply(layer.projections, memory.narrowCodes, rows: rows, FP_STORE, into: memory.wide, stride: 3 * size)
        var start = 0
        for end in ends {
            kernels.pointee.attend(
                memory.wide + start * 3 * size, end - start, configuration.headCount, configuration.headSize,
                memory.scratch, memory.context + start * size)
            start = end
        }
        withUnsafePointer(to: memory.narrowCodes) { kernels.pointee.quantize(memory.context, size, rows, size, $0) }
        multiply(layer.attentionOutput, memory.narrowCodes, rows: rows, FP_ADD, into: memory.hidden, stride: size)
        normalize(memory, rows: rows, layer.attentionNorm, codes: memory.narrowCodes)

        multiply(layer.intermediate, memory.narrowCodes, rows: rows, finish, into: memory.wide, stride: wide)
        withUnsafePointer(to: memory.wideCodes) { kernels.pointee.quantize(memory.wide, wide, rows, wide, $0) }
        multiply(layer.output, memory.wideCodes, rows: rows, FP_ADD, into: memory.hidden, stride: size)
        normalize(memory, rows: rows, layer.outputNorm, codes: isLast ? nil : memory.narrowCodes)
    }

    private func multiply(
        _ linear: PackedLinear, _ x: fp_activations, rows: Int, _ finish: fp_finish,
        into target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        withUnsafePointer(to: linear.pointers) { linear in
            withUnsafePointer(to: x) { kernels.pointee.multiply(linear, $0, rows, finish, target, stride) }
        }
    }

    private func normalize(
        _ memory: Memory, rows: Int, _ norm: TransformerWeights.LayerNorm, codes: fp_activations?
    ) {
        func normalize(_ codes: UnsafePointer<fp_activations>?) {
            kernels.pointee.normalize(
                memory.hidden, rows, configuration.hiddenSize, norm.weight.pointer, norm.bias.pointer,
                configuration.layerNormEpsilon, codes)
        }
        if let codes { withUnsafePointer(to: codes) { normalize($0) } } else { normalize(nil) }
    }
}
