/// The sizes and choices of a network of the BERT family, from `config.json`.
struct TransformerConfiguration: Sendable, Hashable {
    enum Family: String, Sendable {
        case bert, distilbert
    }

    enum Activation: String, Sendable {
        /// x times the normal distribution function at x (Hendrycks and Gimpel 2016).
        case gelu
        /// The same through the approximation with tanh.
        case tanhGELU = "gelu_new"
        case relu
    }

    var family: Family
    var layerCount: Int
    var headCount: Int
    /// Numbers per token between layers.
    var hiddenSize: Int
    /// Numbers per token inside the feed-forward part of a layer.
    var intermediateSize: Int
    var vocabularySize: Int
    var maximumPositions: Int
    /// 0 where there are no token types.
    var typeCount: Int
    var layerNormEpsilon: Float
    var activation: Activation

    var headSize: Int { hiddenSize / headCount }
    /// Numbers in the longest row that a matrix product takes.
    var largestRow: Int { max(hiddenSize, intermediateSize) }

    /// - Throws: `invalidField`, `unsupportedField`.
    init(_ config: JSONElement) throws(EncoderError) {
        let type = try config.required("model_type")
        guard let family = Family(rawValue: try type.string()) else { throw type.unsupported() }
        self.family = family
        let isBERT = family == .bert
        func size(_ bert: String, _ distilBERT: String, limit: Int) throws(EncoderError) -> Int {
            try config.required(isBERT ? bert : distilBERT).integer(in: 1...limit)
        }
        layerCount = try size("num_hidden_layers", "n_layers", limit: 1 << 10)
        headCount = try size("num_attention_heads", "n_heads", limit: 1 << 12)
        hiddenSize = try size("hidden_size", "dim", limit: 1 << 16)
        intermediateSize = try size("intermediate_size", "hidden_dim", limit: 1 << 18)
        vocabularySize = try size("vocab_size", "vocab_size", limit: 1 << 30)
        maximumPositions = try size("max_position_embeddings", "max_position_embeddings", limit: 1 << 16)
        typeCount = isBERT ? try config.optional("type_vocab_size")?.integer(in: 1...(1 << 16)) ?? 2 : 0
        layerNormEpsilon = 1e-12
        if isBERT, let epsilon = try config.optional("layer_norm_eps") {
            let value = try epsilon.number()
            guard value >= 0, value < 1 else { throw epsilon.invalid("should be from 0 to 1") }
            layerNormEpsilon = Float(value)
        }
        let activation = try config.required(isBERT ? "hidden_act" : "activation")
        switch try activation.string() {
        case "gelu": self.activation = .gelu
        case "gelu_new", "gelu_pytorch_tanh": self.activation = .tanhGELU
        case "relu": self.activation = .relu
        default: throw activation.unsupported()
        }
        guard hiddenSize % headCount == 0 else {
            throw try config.required(isBERT ? "num_attention_heads" : "n_heads")
                .invalid("should divide the hidden size, \(hiddenSize)")
        }

        // What would change the vectors if it were ignored.
        if let kind = try config.optional("position_embedding_type"), try kind.string() != "absolute" {
            throw kind.unsupported()
        }
        for flag in ["is_decoder", "add_cross_attention"] {
            if let value = try config.optional(flag), try value.boolean() { throw value.unsupported() }
        }
        if let quantization = try config.optional("quantization_config") { throw quantization.unsupported() }
        if let pruned = try config.optional("pruned_heads") { try pruned.requireMembers(among: []) }
    }
}
