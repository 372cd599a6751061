/// Turns text into a dense vector whose cosine similarity says how close two texts are in meaning.
///
/// Implementations are safe to use from any thread, deterministic, and never touch the network.
public protocol SentenceEncoder: Sendable {
    /// Which encoder this is: vectors of different identities must never be compared.
    var identity: EncoderIdentity { get }
    /// Numbers in a vector.
    var dimension: Int { get }
    /// Tokens read from one text, special tokens included; the rest is cut off. `Int.max` where there is no limit.
    var maximumTokenCount: Int { get }

    /// Encodes texts in the order given, one row of unit length per text (a text without any known token gives a
    /// zero row). Uses at most `threads` threads; `progress` is told, from any thread, how many texts are finished.
    func encode(
        batch texts: [String], threads: Int, progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> Embeddings
    /// Encodes one text on the calling thread.
    func encode(_ text: String) throws -> [Float]
    /// Tokens of the whole text, special tokens included; nil where the encoder does not count them.
    func tokenCount(of text: String) -> Int?
}

extension SentenceEncoder {
    public func tokenCount(of text: String) -> Int? { nil }
}

/// A name and the SHA-256 of the weights, which together say where a vector came from.
public struct EncoderIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
    public var name: String
    /// Lower-case hexadecimal, 64 characters.
    public var sha256: String
    public var dimension: Int

    public init(name: String, sha256: String, dimension: Int) {
        self.name = name
        self.sha256 = sha256
        self.dimension = dimension
    }

    public var description: String { "\(name)@\(sha256.prefix(12)) (\(dimension))" }
}

/// Vectors of equal length, row after row.
public struct Embeddings: Sendable, Hashable {
    /// Numbers in a row.
    public let dimension: Int
    /// `count * dimension` numbers.
    public private(set) var values: [Float]

    /// - Precondition: `dimension > 0` and `values.count` is a multiple of it.
    public init(dimension: Int, values: [Float]) {
        precondition(dimension > 0 && values.count % dimension == 0, "values must be whole rows")
        self.dimension = dimension
        self.values = values
    }

    /// Number of rows.
    public var count: Int { values.count / dimension }

    /// Row `index`.
    public subscript(index: Int) -> ArraySlice<Float> {
        values[(index * dimension)..<((index + 1) * dimension)]
    }
}
