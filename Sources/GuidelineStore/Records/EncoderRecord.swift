/// The encoder that a library's vectors come from. Vectors of different encoders are never compared.
public struct EncoderRecord: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What people call it. It may change, with the folder, while the encoder stays what it is.
    public var name: String
    /// SHA-256 of the weights in lower-case hexadecimal.
    public var sha256: String
    /// Numbers in a vector.
    public var dimension: Int

    /// Dimensions that a library takes.
    package static let dimensions = 1...65536

    public init(name: String, sha256: String, dimension: Int) {
        self.name = name
        self.sha256 = sha256
        self.dimension = dimension
    }

    /// Whether vectors of the two may be compared: the same weights and dimension, under whatever name.
    public func isSameEncoder(as other: EncoderRecord) -> Bool {
        sha256 == other.sha256 && dimension == other.dimension
    }

    public var description: String { "\(name)@\(sha256.prefix(12)) (\(dimension))" }
}
