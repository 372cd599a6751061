import Foundation
import LinearAlgebra

/// What a library has learned about how inputs lie towards its guidelines: a map of the input's vector, and a correction for
/// guidelines that are near to every input.
///
/// It works on top of any encoder and changes no stored vector, so that a library goes back to what it was by forgetting it:
/// an input `q` becomes `u = q + q W + b` at unit length, and is then compared with what guidelines say. Their examples are
/// inputs themselves and are compared with `q` as it is.
///
/// In a space of many dimensions a few rows are among the nearest of very many queries (Radovanović, Nanopoulos and Ivanović,
/// "Hubs in Space", JMLR 2010). How prominent a guideline is, is measured on inputs that it has been shown, the *anchors*, as
/// the smooth maximum `t log mean exp(a d / t)`, and a part of that is taken off its similarity (Smith et al., "Offline
/// bilingual word vectors", ICLR 2017, with the inverted softmax; Conneau et al., 2018).
public struct RetrieverAdapter: Sendable, Hashable {
    /// The length of the encoder's vectors.
    public let dimension: Int
    /// `W`: `dimension` rows of `dimension` numbers.
    public let weights: [Float]
    /// `b`.
    public let bias: [Float]
    /// What is taken off for prominence, 0 to 1.
    public let prominenceWeight: Float
    /// `t`, above 0.
    public let temperature: Float
    /// Mapped inputs at unit length, one after the other, that tell how prominent a guideline is.
    public let anchors: [Float]
    /// What is added to every similarity, and what it is multiplied by before: they put similarities where they were before,
    /// so that shared words and thresholds weigh as much as ever.
    public let offset: Float
    public let scale: Float
    /// Where it comes from, and how it did.
    public let origin: Origin

    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)`` for numbers that do not fit together.
    public init(
        dimension: Int, weights: [Float], bias: [Float], prominenceWeight: Float, temperature: Float, anchors: [Float],
        offset: Float, scale: Float, origin: Origin
    ) throws(FingerpostError) {
        guard dimension > 0, dimension <= 1 << 15, weights.count == dimension * dimension, bias.count == dimension,
            anchors.count.isMultiple(of: dimension)
        else {
            throw .invalidOption(
                name: "an adapter's size", value: "\(weights.count), \(bias.count) and \(anchors.count) numbers",
                allowed: "\(dimension) rows of \(dimension), one such row, and whole rows")
        }
        guard temperature > 0, scale > 0, prominenceWeight >= 0, prominenceWeight == 0 || !anchors.isEmpty,
            [prominenceWeight, temperature, offset, scale].allSatisfy(\.isFinite),
            weights.allSatisfy(\.isFinite), bias.allSatisfy(\.isFinite), anchors.allSatisfy(\.isFinite)
        else {
            throw .invalidOption(name: "an adapter's numbers", value: "not finite or not positive", allowed: "finite")
        }
        (self.dimension, self.weights, self.bias) = (dimension, weights, bias)
        (self.prominenceWeight, self.temperature, self.anchors) = (prominenceWeight, temperature, anchors)
        (self.offset, self.scale, self.origin) = (offset, scale, origin)
    }

    /// Where an adapter comes from.
    public struct Origin: Sendable, Hashable, Codable {
        /// Name and SHA-256 of the encoder that it belongs to.
        public var encoder: String
        public var encoderSHA256: String
        /// Version of the library that it was made for.
        public var libraryVersion: Int
        /// Inputs, and guidelines that apply to them, that it has learned from.
        public var inputs: Int
        public var guidelines: Int
        public var seed: UInt64
        /// nDCG@10 of inputs that were held out, without it and with it.
        public var before: Double
        public var after: Double
        /// The gain's 95% interval, and the inputs held out.
        public var low: Double
        public var high: Double
        public var heldOut: Int

        public init(
            encoder: String, encoderSHA256: String, libraryVersion: Int, inputs: Int, guidelines: Int, seed: UInt64,
            before: Double, after: Double, low: Double, high: Double, heldOut: Int
        ) {
            (self.encoder, self.encoderSHA256, self.libraryVersion) = (encoder, encoderSHA256, libraryVersion)
            (self.inputs, self.guidelines, self.seed) = (inputs, guidelines, seed)
            (self.before, self.after, self.low, self.high, self.heldOut) = (before, after, low, high, heldOut)
        }
    }

    // MARK: Use

    /// The input's vector as it is compared with what guidelines say, at unit length; zeros stay zeros.
    ///
    /// - Precondition: it has ``dimension`` numbers.
    /// - Complexity: O(`dimension`²), on the calling thread.
    public func apply(_ vector: [Float]) -> [Float] {
        precondition(vector.count == dimension, "a vector of \(vector.count) numbers where \(dimension) are mapped")
        guard vector.contains(where: { $0 != 0 }) else { return vector }
        var mapped = [Float](unsafeUninitializedCapacity: dimension) { result, count in
            count = dimension
            for place in 0..<dimension { result.initializeElement(at: place, to: vector[place] + bias[place]) }
            guard let target = result.baseAddress else { return }
            weights.withUnsafeBufferPointer { weights in
                vector.withUnsafeBufferPointer { vector in
                    guard let weights = weights.baseAddress, let vector = vector.baseAddress else { return }
                    BLAS.multiply(
                        transposingA: true, rows: dimension, columns: dimension, a: weights, leadingA: dimension,
                        x: vector, beta: 1, into: target)
                }
            }
        }
        let length = mapped.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else { return vector }
        for place in mapped.indices { mapped[place] /= length }
        return mapped
    }

    /// How prominent each row of unit length is. O(rows * anchors * dimension).
    ///
    /// - Parameter threads: the result does not depend on it.
    func prominences(of rows: Matrix, threads: Int) throws -> [Float] {
        guard prominenceWeight > 0, rows.rows > 0 else { return [Float](repeating: 0, count: rows.rows) }
        let anchors = try Matrix(rows: anchors.count / dimension, columns: dimension, elements: anchors)
        return try Self.prominences(of: rows, to: anchors, temperature: temperature, threads: threads)
    }

    /// The smooth maximum of each row's products with the anchors.
    package static func prominences(
        of rows: Matrix, to anchors: Matrix, temperature: Float, threads: Int
    ) throws -> [Float] {
        let (count, width) = (rows.rows, anchors.rows)
        guard count > 0, width > 0 else { return [Float](repeating: 0, count: count) }
        var result = [Float](repeating: 0, count: count)
        try result.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let target = buffer
            try rows.forEachProductBlock(by: anchors, transposingOther: true, threads: threads) { range, block in
                for (place, row) in range.enumerated() {
                    let products = block[(place * width)..<((place + 1) * width)]
                    var largest = -Float.infinity
                    for product in products { largest = max(largest, product) }
                    var sum: Float = 0
                    for product in products { sum += exp((product - largest) / temperature) }
                    target[row] = largest + temperature * log(sum / Float(width))
                }
            }
        }
        return result
    }

    /// The similarity of what a guideline says to an input, from the cosine with the mapped input.
    func similarity(cosine: Float, prominence: Float) -> Float {
        offset + scale * (cosine - prominenceWeight * prominence)
    }
}
