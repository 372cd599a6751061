/// All tensors of a network, checked against the configuration. F32 weights stay in the file's memory map.
struct TransformerWeights: Sendable {
    /// y = x weight^T + bias, with a weight of [outputs, inputs].
    struct Linear: Sendable {
        let weight: FloatTensor
        let bias: FloatTensor
        var outputs: Int { weight.shape[0] }
        var inputs: Int { weight.shape[1] }
    }

    struct LayerNorm: Sendable {
        let weight: FloatTensor
        let bias: FloatTensor
    }

    struct Layer: Sendable {
        let query: Linear
        let key: Linear
        let value: Linear
        let attentionOutput: Linear
        let attentionNorm: LayerNorm
        let intermediate: Linear
        let output: Linear
        let outputNorm: LayerNorm
    }

    let words: RowTable
    /// Position embeddings with the embedding of token type 0, the only one that single texts have, added.
    let positions: [Float]
    let embeddingNorm: LayerNorm
    let layers: [Layer]

    /// - Throws: `missingTensor`, `mismatchedTensor`.
    init(_ file: SafetensorsFile, _ configuration: TransformerConfiguration) throws(EncoderError) {
        let loader = Loader(file: file, family: configuration.family.rawValue)
        let hidden = configuration.hiddenSize
        let wide = configuration.intermediateSize
        words = try loader.rows("embeddings.word_embeddings.weight", [configuration.vocabularySize, hidden])
        positions = try Self.positions(loader, configuration)
        embeddingNorm = try loader.norm("embeddings.LayerNorm", hidden)
        var layers: [Layer] = []
        for index in 0..<configuration.layerCount {
            switch configuration.family {
            case .bert:
                let layer = "encoder.layer.\(index)"
                layers.append(
                    Layer(
                        query: try loader.linear("\(layer).attention.self.query", hidden, hidden),
                        key: try loader.linear("\(layer).attention.self.key", hidden, hidden),
                        value: try loader.linear("\(layer).attention.self.value", hidden, hidden),
                        attentionOutput: try loader.linear("\(layer).attention.output.dense", hidden, hidden),
                        attentionNorm: try loader.norm("\(layer).attention.output.LayerNorm", hidden),
                        intermediate: try loader.linear("\(layer).intermediate.dense", wide, hidden),
                        output: try loader.linear("\(layer).output.dense", hidden, wide),
                        outputNorm: try loader.norm("\(layer).output.LayerNorm", hidden)))
            case .distilbert:
                let layer = "transformer.layer.\(index)"
                layers.append(
                    Layer(
                        query: try loader.linear("\(layer).attention.q_lin", hidden, hidden),
                        key: try loader.linear("\(layer).attention.k_lin", hidden, hidden),
                        value: try loader.linear("\(layer).attention.v_lin", hidden, hidden),
                        attentionOutput: try loader.linear("\(layer).attention.out_lin", hidden, hidden),
                        attentionNorm: try loader.norm("\(layer).sa_layer_norm", hidden),
                        intermediate: try loader.linear("\(layer).ffn.lin1", wide, hidden),
                        output: try loader.linear("\(layer).ffn.lin2", hidden, wide),
                        outputNorm: try loader.norm("\(layer).output_layer_norm", hidden)))
            }
        }
        self.layers = layers
    }

    private static func positions(
        _ loader: Loader, _ configuration: TransformerConfiguration
    ) throws(EncoderError) -> [Float] {
        let hidden = configuration.hiddenSize
        let shape = [configuration.maximumPositions, hidden]
        let rows = try loader.rows("embeddings.position_embeddings.weight", shape)
        let types = configuration.typeCount == 0
            ? nil : try loader.rows("embeddings.token_type_embeddings.weight", [configuration.typeCount, hidden])
        return [Float](unsafeUninitializedCapacity: rows.count * hidden) { values, count in
            count = rows.count * hidden
            guard let start = values.baseAddress else { return }
            start.initialize(repeating: 0, count: count)
            for row in 0..<rows.count {
                types?.add(0, times: 1, to: start + row * hidden)
                rows.add(row, times: 1, to: start + row * hidden)
            }
        }
    }

    /// Finds tensors whether or not their names begin with that of the base model, as they do in the folders of
    /// models with a head.
    private struct Loader {
        let file: SafetensorsFile
        let family: String

        func tensor(_ name: String, _ shape: [Int]) throws(EncoderError) -> SafetensorsFile.Tensor {
            let found = file.tensors[name] ?? file.tensors["\(family).\(name)"]
            guard let found else { throw EncoderError.missingTensor(path: file.path, name: name) }
            guard found.shape == shape else {
                throw EncoderError.mismatchedTensor(
                    path: file.path, name: found.name, expected: "\(shape)", found: found.summary)
            }
            return found
        }

        func rows(_ name: String, _ shape: [Int]) throws(EncoderError) -> RowTable {
            try RowTable(file, tensor(name, shape))
        }

        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws(EncoderError) -> Linear {
            Linear(
                weight: try FloatTensor(file, tensor("\(name).weight", [outputs, inputs])),
                bias: try FloatTensor(file, tensor("\(name).bias", [outputs])))
        }

        func norm(_ name: String, _ size: Int) throws(EncoderError) -> LayerNorm {
            // Checkpoints converted long ago call the two gamma and beta.
            let isOld = file.tensors["\(name).gamma"] != nil || file.tensors["\(family).\(name).gamma"] != nil
            return LayerNorm(
                weight: try FloatTensor(file, tensor("\(name).\(isOld ? "gamma" : "weight")", [size])),
                bias: try FloatTensor(file, tensor("\(name).\(isOld ? "beta" : "bias")", [size])))
        }
    }
}
