/// Where the tensors of a network are in its file, by what they do; checked against the configuration, not yet read.
struct TransformerTensors: Sendable {
    typealias Tensor = SafetensorsFile.Tensor

    /// y = x weight^T + bias, with a weight of [outputs, inputs].
    struct Linear: Sendable {
        let weight: Tensor
        let bias: Tensor
        var outputs: Int { weight.shape[0] }
        var inputs: Int { weight.shape[1] }
    }

    struct LayerNorm: Sendable {
        let weight: Tensor
        let bias: Tensor
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

    let file: SafetensorsFile
    let words: Tensor
    let positions: Tensor
    /// Nil where there are no token types.
    let types: Tensor?
    let embeddingNorm: LayerNorm
    let layers: [Layer]

    /// - Throws: `missingTensor`, `mismatchedTensor`.
    init(_ file: SafetensorsFile, _ configuration: TransformerConfiguration) throws(EncoderError) {
        self.file = file
        let finder = Finder(file: file, family: configuration.family.rawValue)
        let hidden = configuration.hiddenSize
        let wide = configuration.intermediateSize
        words = try finder.tensor("embeddings.word_embeddings.weight", [configuration.vocabularySize, hidden])
        positions = try finder.tensor(
            "embeddings.position_embeddings.weight", [configuration.maximumPositions, hidden])
        types =
            configuration.typeCount == 0
            ? nil : try finder.tensor("embeddings.token_type_embeddings.weight", [configuration.typeCount, hidden])
        embeddingNorm = try finder.norm("embeddings.LayerNorm", hidden)
        let names = Names(configuration.family)
        var layers: [Layer] = []
        for index in 0..<configuration.layerCount {
            let layer = "\(names.layer).\(index)"
            layers.append(
                Layer(
                    query: try finder.linear("\(layer).\(names.query)", hidden, hidden),
                    key: try finder.linear("\(layer).\(names.key)", hidden, hidden),
                    value: try finder.linear("\(layer).\(names.value)", hidden, hidden),
                    attentionOutput: try finder.linear("\(layer).\(names.attentionOutput)", hidden, hidden),
                    attentionNorm: try finder.norm("\(layer).\(names.attentionNorm)", hidden),
                    intermediate: try finder.linear("\(layer).\(names.intermediate)", wide, hidden),
                    output: try finder.linear("\(layer).\(names.output)", hidden, wide),
                    outputNorm: try finder.norm("\(layer).\(names.outputNorm)", hidden)))
        }
        self.layers = layers
    }

    /// What a family calls the parts of a layer.
    private struct Names {
        var layer = "encoder.layer"
        var query = "attention.self.query"
        var key = "attention.self.key"
        var value = "attention.self.value"
        var attentionOutput = "attention.output.dense"
        var attentionNorm = "attention.output.LayerNorm"
        var intermediate = "intermediate.dense"
        var output = "output.dense"
        var outputNorm = "output.LayerNorm"

        init(_ family: TransformerConfiguration.Family) {
            guard family == .distilbert else { return }
            layer = "transformer.layer"
            query = "attention.q_lin"
            key = "attention.k_lin"
            value = "attention.v_lin"
            attentionOutput = "attention.out_lin"
            attentionNorm = "sa_layer_norm"
            intermediate = "ffn.lin1"
            output = "ffn.lin2"
            outputNorm = "output_layer_norm"
        }
    }

    /// Finds tensors whether or not their names begin with that of the base model, as they do in the folders of
    /// models with a head.
    private struct Finder {
        let file: SafetensorsFile
        let family: String

        func tensor(_ name: String, _ shape: [Int]) throws(EncoderError) -> Tensor {
            let found = file.tensors[name] ?? file.tensors["\(family).\(name)"]
            guard let found else { throw EncoderError.missingTensor(path: file.path, name: name) }
            guard found.shape == shape else {
                throw EncoderError.mismatchedTensor(
                    path: file.path, name: found.name, expected: "\(shape)", found: found.summary)
            }
            return found
        }

        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws(EncoderError) -> Linear {
            Linear(
                weight: try tensor("\(name).weight", [outputs, inputs]), bias: try tensor("\(name).bias", [outputs]))
        }

        func norm(_ name: String, _ size: Int) throws(EncoderError) -> LayerNorm {
            // Checkpoints converted long ago call the two gamma and beta.
            let isOld = file.tensors["\(name).gamma"] != nil || file.tensors["\(family).\(name).gamma"] != nil
            return LayerNorm(
                weight: try tensor("\(name).\(isOld ? "gamma" : "weight")", [size]),
                bias: try tensor("\(name).\(isOld ? "beta" : "bias")", [size]))
        }
    }
}
