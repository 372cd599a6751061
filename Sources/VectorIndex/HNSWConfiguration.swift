import Platform

/// What a graph looks like and how much work goes into building and searching it. Names as in the paper.
public struct HNSWConfiguration: Sendable, Hashable {
    /// Links of a node on the upper levels; on the lowest it has up to twice as many.
    public var M: Int
    /// Effort while building: the length of the beam for rows that come one by one, and how many near rows are
    /// considered when many come at once. Larger makes a better graph, more slowly.
    public var efConstruction: Int
    /// Length of the beam of a search that does not name its own.
    public var efSearch: Int
    /// What a node has beside its links; see ``Layout-swift.enum``.
    public var layout: Layout
    /// Chooses the nodes of the upper levels. The same rows, order and seed give the same graph, byte for byte, however
    /// many threads build it.
    public var seed: UInt64

    /// Speed or memory.
    public enum Layout: UInt32, Sendable, Hashable, CaseIterable {
        /// Low-bit codes of a node's neighbours stand beside its links and are scored together: several times as fast,
        /// for one bit a dimension and link.
        case fast = 1
        /// Links alone: neighbours are scored by their int8 codes, wherever they are.
        case compact = 2

        /// As on the command line.
        public var name: String {
            switch self {
            case .fast: "fast"
            case .compact: "compact"
            }
        }
    }

    public init(
        M: Int = 16, efConstruction: Int = 200, efSearch: Int = 64, layout: Layout = .fast,
        seed: UInt64 = 0x0F1A_6E55_0F0D_51D5
    ) {
        self.M = M
        self.layout = layout
        self.efConstruction = efConstruction
        self.efSearch = efSearch
        self.seed = seed
    }

    /// Recall@10 above .95 on sentence vectors, at good speed.
    public static let balanced = HNSWConfiguration()
    /// A quarter of the memory beside the vectors, and half the speed.
    public static let compact = HNSWConfiguration(layout: .compact)
    /// Recall@10 above .99 on sentence vectors.
    public static let accurate = HNSWConfiguration(efConstruction: 400, efSearch: 192)

    /// Links per node on the lowest level.
    var baseDegree: Int { 2 * M }

    func validate() throws(VectorIndexError) {
        guard (2...256).contains(M) else { throw .invalidParameter(name: "M", value: M, allowed: "2 to 256") }
        guard (1...65_536).contains(efConstruction) else {
            throw .invalidParameter(name: "efConstruction", value: efConstruction, allowed: "1 to 65536")
        }
        guard (1...65_536).contains(efSearch) else {
            throw .invalidParameter(name: "efSearch", value: efSearch, allowed: "1 to 65536")
        }
    }

    /// The highest level of the node in a row: level l is reached with probability M^-l, as the paper's
    /// floor(-ln(u) / ln(M)), in whole numbers so that every machine draws the same.
    func level(ofRow row: Int) -> Int {
        let drawn = SplitMix64.mix(seed &+ 0x9E37_79B9_7F4A_7C15 &* (UInt64(row) &+ 1))
        var level = 0
        var bound = UInt64.max / UInt64(M)
        while drawn < bound, level < Self.maximumLevel {
            level += 1
            bound /= UInt64(M)
        }
        return level
    }

    static let maximumLevel = 15
}
