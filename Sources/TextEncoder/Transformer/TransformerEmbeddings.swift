/// What every network begins with: a vector per token and one per position, normalised.
struct TransformerEmbeddings: Sendable {
    /// Read from the file's memory map as they are used.
    let words: RowTable
    /// Position embeddings with the embedding of token type 0, the only one that single texts have, added.
    let positions: [Float]
    let norm: TransformerWeights.LayerNorm

    init(_ tensors: TransformerTensors) throws(EncoderError) {
        let file = tensors.file
        words = try RowTable(file, tensors.words)
        norm = try TransformerWeights.LayerNorm(file, tensors.embeddingNorm)
        var positions = try FloatTensor(file, tensors.positions).values
        if let types = tensors.types {
            let table = try RowTable(file, types)
            positions.withUnsafeMutableBufferPointer { positions in
                guard let start = positions.baseAddress, table.dimension > 0 else { return }
                for row in 0..<(positions.count / table.dimension) {
                    table.add(0, times: 1, to: start + row * table.dimension)
                }
            }
        }
        self.positions = positions
    }
}
