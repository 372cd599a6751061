/// The encoder that a library's vectors come from. Vectors of different encoders are never compared.
public struct EncoderRecord: Sendable, Hashable, Codable, CustomStringConvertible {
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

    public var description: String { "\(name)@\(sha256.prefix(12)) (\(dimension))" }
}
