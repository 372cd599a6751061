/// The links of a hierarchical navigable small world graph.
///
/// Yu. A. Malkov and D. A. Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
/// Navigable Small World graphs", IEEE TPAMI 42(4), 2020 (arXiv:1603.09320).
///
/// Every node is on level 0; a node on level l is on all levels below. Links are fixed rows of row numbers, filled from
/// the front and ended by ``noLink``; level 0 rows hold 2M, others M. The graph knows rows, not vectors: the functions
/// that need distances are given the ``VectorRows``.
struct HNSWGraph: Sendable {
    let configuration: HNSWConfiguration

    /// Level 0: one row of links a node.
    let base: Column<UInt32>
    /// Levels 1 and up: a node of level l has l rows, one after the other, from ``upperStart``.
    let upper: Column<UInt32>
    /// By node: the highest level it is on.
    var levels: [UInt8] = []
    /// By node: its first row in ``upper``; meaningless for nodes of level 0.
    var upperStart: [UInt32] = []
    /// Rows of ``upper`` in use.
    var upperCount = 0
    /// Where every search starts; nil if the graph is empty.
    var entry: UInt32?

    static let noLink = UInt32.max

    init(configuration: HNSWConfiguration) {
        self.configuration = configuration
        base = Column(stride: configuration.baseDegree)
        upper = Column(stride: configuration.M)
    }

    init(
        configuration: HNSWConfiguration, base: Column<UInt32>, upper: Column<UInt32>, levels: [UInt8], entry: UInt32?
    ) {
        self.configuration = configuration
        self.base = base
        self.upper = upper
        self.levels = levels
        self.entry = entry
        upperStart.reserveCapacity(levels.count)
        for level in levels {
            upperStart.append(UInt32(upperCount))
            upperCount += Int(level)
        }
    }

    var count: Int { levels.count }
    var topLevel: Int { entry.map { Int(levels[Int($0)]) } ?? -1 }

    func degree(level: Int) -> Int { level == 0 ? configuration.baseDegree : configuration.M }

    /// The links of a node on a level it is on.
    @inline(__always)
    func links(_ row: UInt32, level: Int) -> UnsafeMutablePointer<UInt32> {
        level == 0 ? base.row(Int(row)) : upper.row(Int(upperStart[Int(row)]) + level - 1)
    }

    func linkCount(_ row: UInt32, level: Int) -> Int {
        let links = links(row, level: level)
        let degree = degree(level: level)
        return (0..<degree).first { links[$0] == Self.noLink } ?? degree
    }

    /// Makes room for nodes up to `rows` (not yet linked), and makes all links writable.
    mutating func appendNodes(upTo rows: Int) {
        let first = count
        guard rows > first else { return }
        base.ensureCapacity(rows)
        for row in first..<rows {
            let level = configuration.level(ofRow: row)
            levels.append(UInt8(level))
            upperStart.append(UInt32(upperCount))
            upperCount += level
        }
        upper.ensureCapacity(upperCount)
        base.row(first).update(repeating: Self.noLink, count: (rows - first) * configuration.baseDegree)
        let firstUpper = Int(upperStart[first])
        upper.row(firstUpper).update(repeating: Self.noLink, count: (upperCount - firstUpper) * configuration.M)
    }

    /// Writes a whole list of links.
    func setLinks(_ row: UInt32, level: Int, _ targets: some Collection<UInt32>) {
        let links = links(row, level: level)
        let degree = degree(level: level)
        var index = 0
        for target in targets.prefix(degree) {
            links[index] = target
            index += 1
        }
        (links + index).update(repeating: Self.noLink, count: degree - index)
    }
}
