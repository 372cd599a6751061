import LinearAlgebra

/// The forward pass of a BERT-family encoder (Devlin et al. 2019; layer normalization after each block).
///
/// Many texts go through at once with no padding: their tokens stand one after another in one matrix for everything
/// that treats tokens alike, and attention runs text by text.
struct TransformerNetwork: Sendable {
    let configuration: TransformerConfiguration
    let embeddings: TransformerEmbeddings
    let weights: TransformerWeights

    init(_ tensors: TransformerTensors, _ configuration: TransformerConfiguration) throws(EncoderError) {
        self.configuration = configuration
        embeddings = try TransformerEmbeddings(tensors)
        weights = try TransformerWeights(tensors)
    }

    /// Runs the texts in `workspace.tokens`, cut at `workspace.ends`, and returns one row of `hiddenSize` numbers per
    /// token, which are good until the workspace is used again. O(tokens * hidden * (hidden + intermediate + longest
    /// text)) per layer.
    ///
    /// - Precondition: tokens are below the size of the vocabulary, texts no longer than there are positions.
    func run(_ workspace: TransformerWorkspace) -> UnsafePointer<Float> {
        let (total, longest) = workspace.counts(upTo: configuration.maximumPositions)
        let size = configuration.hiddenSize
        let memory = Memory(
            hidden: workspace.hidden.reserve(total * size), projected: workspace.projected.reserve(total * size * 3),
            context: workspace.context.reserve(total * size),
            wide: workspace.wide.reserve(total * configuration.intermediateSize),
            scores: workspace.scores.reserve(longest * longest))
        // The weights are used by address.
        withExtendedLifetime(self) {
            embed(workspace, into: memory.hidden)
            for layer in weights.layers { run(layer, memory, total: total, ends: workspace.ends) }
        }
        return UnsafePointer(memory.hidden)
    }

    private struct Memory {
        let hidden: UnsafeMutablePointer<Float>
        let projected: UnsafeMutablePointer<Float>
        let context: UnsafeMutablePointer<Float>
        let wide: UnsafeMutablePointer<Float>
        let scores: UnsafeMutablePointer<Float>
    }

    private func embed(_ workspace: TransformerWorkspace, into hidden: UnsafeMutablePointer<Float>) {
        let size = configuration.hiddenSize
        embeddings.positions.withUnsafeBufferPointer { positions in
            guard let positions = positions.baseAddress else { return }
            var start = 0
            for end in workspace.ends {
                (hidden + start * size).update(from: positions, count: (end - start) * size)
                for index in start..<end {
                    embeddings.words.add(Int(workspace.tokens[index]), times: 1, to: hidden + index * size)
                }
                start = end
            }
        }
        VectorMath.addAndNormalize(
            hidden, adding: nil, bias: nil, rows: workspace.tokens.count, columns: size,
            weight: embeddings.norm.weight.pointer, shift: embeddings.norm.bias.pointer,
            epsilon: configuration.layerNormEpsilon)
    }

    private func run(_ layer: TransformerWeights.Layer, _ memory: Memory, total: Int, ends: [Int]) {
        let size = configuration.hiddenSize
        for (index, projection) in [layer.query, layer.key, layer.value].enumerated() {
            let target = memory.projected + index * size
            VectorMath.fill(target, rows: total, leading: 3 * size, bias: projection.bias.pointer, columns: size)
            multiply(memory.hidden, rows: total, by: projection, beta: 1, into: target, leading: 3 * size)
        }
        var start = 0
        for end in ends {
            attend(memory, start: start, count: end - start)
            start = end
        }
        // The projections are used up: their memory takes the results of the two products that follow.
        multiply(memory.context, rows: total, by: layer.attentionOutput, into: memory.projected, leading: size)
        normalize(memory, rows: total, bias: layer.attentionOutput.bias, layer.attentionNorm)

        multiply(
            memory.hidden, rows: total, by: layer.intermediate, into: memory.wide,
            leading: configuration.intermediateSize)
        VectorMath.activate(
            memory.wide, rows: total, columns: configuration.intermediateSize, bias: layer.intermediate.bias.pointer,
            configuration.activation)
        multiply(memory.wide, rows: total, by: layer.output, into: memory.projected, leading: size)
        normalize(memory, rows: total, bias: layer.output.bias, layer.outputNorm)
    }

    /// target = x weight^T + beta target.
    private func multiply(
        _ x: UnsafePointer<Float>, rows: Int, by linear: TransformerWeights.Linear, beta: Float = 0,
        into target: UnsafeMutablePointer<Float>, leading: Int
    ) {
        BLAS.multiply(
            transposingB: true, m: rows, n: linear.outputs, k: linear.inputs, a: x, leadingA: linear.inputs,
            b: linear.weight.pointer, leadingB: linear.inputs, beta: beta, into: target, leadingC: leading)
    }

    /// hidden = normalised(hidden + projected + bias).
    private func normalize(_ memory: Memory, rows: Int, bias: FloatTensor, _ norm: TransformerWeights.LayerNorm) {
        VectorMath.addAndNormalize(
            memory.hidden, adding: memory.projected, bias: bias.pointer, rows: rows,
            columns: configuration.hiddenSize, weight: norm.weight.pointer, shift: norm.bias.pointer,
            epsilon: configuration.layerNormEpsilon)
    }

    /// Attention of one text: each head's softmax(Q K^T / sqrt(head size)) V.
    private func attend(_ memory: Memory, start: Int, count: Int) {
        let size = configuration.hiddenSize
        let headSize = configuration.headSize
        let leading = 3 * size
        for head in 0..<configuration.headCount {
            let query = memory.projected + start * leading + head * headSize
            BLAS.multiply(
                transposingB: true, m: count, n: count, k: headSize, alpha: 1 / Float(headSize).squareRoot(),
                a: query, leadingA: leading, b: query + size, leadingB: leading, into: memory.scores, leadingC: count)
            for row in 0..<count { VectorMath.softmax(memory.scores + row * count, count: count) }
            BLAS.multiply(
                m: count, n: headSize, k: count, a: memory.scores, leadingA: count, b: query + 2 * size,
                leadingB: leading, into: memory.context + start * size + head * headSize, leadingC: size)
        }
    }
}
