/// The weights of a network as `Float`s. F32 weights stay in the file's memory map.
struct TransformerWeights: Sendable {
    struct Linear: Sendable {
        let weight: FloatTensor
        let bias: FloatTensor
        var outputs: Int { weight.shape[0] }
        var inputs: Int { weight.shape[1] }

        init(_ file: SafetensorsFile, _ tensors: TransformerTensors.Linear) throws(EncoderError) {
            weight = try FloatTensor(file, tensors.weight)
            bias = try FloatTensor(file, tensors.bias)
        }
    }

    struct LayerNorm: Sendable {
        let weight: FloatTensor
        let bias: FloatTensor

        init(_ file: SafetensorsFile, _ tensors: TransformerTensors.LayerNorm) throws(EncoderError) {
            weight = try FloatTensor(file, tensors.weight)
            bias = try FloatTensor(file, tensors.bias)
        }
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

        init(_ file: SafetensorsFile, _ tensors: TransformerTensors.Layer) throws(EncoderError) {
            query = try Linear(file, tensors.query)
            key = try Linear(file, tensors.key)
            value = try Linear(file, tensors.value)
            attentionOutput = try Linear(file, tensors.attentionOutput)
            attentionNorm = try LayerNorm(file, tensors.attentionNorm)
            intermediate = try Linear(file, tensors.intermediate)
            output = try Linear(file, tensors.output)
            outputNorm = try LayerNorm(file, tensors.outputNorm)
        }
    }

    let layers: [Layer]

    /// - Throws: `mismatchedTensor` where numbers are not such as weights are stored as.
    init(_ tensors: TransformerTensors) throws(EncoderError) {
        layers = try tensors.layers.map { layer throws(EncoderError) in try Layer(tensors.file, layer) }
    }
}
