import CKernels

/// Where the parts of a node stand in its block.
///
/// A block begins with the row's int8 code, from which distances to it are computed; then come the links of level 0,
/// nearest first, ended by ``GraphView/noLink``. In the fast layout panels follow, which hold the neighbours' low-bit
/// codes in the order of the links, 32 neighbours each. Parts start at whole cache lines.
struct NodeLayout: Sendable, Hashable {
    let codeSize: Int
    /// Links of level 0 that there is room for.
    let degree: Int
    /// Groups of dimensions that the low-bit codes have a half byte for; 0 in the compact layout.
    let groups: Int

    init(dimension: Int, configuration: HNSWConfiguration) {
        codeSize = Self.lines(dimension)
        degree = configuration.baseDegree
        groups = configuration.layout == .fast ? Self.groups(dimension: dimension) : 0
    }

    /// One bit a dimension on average, within what sums in 16 bits allow.
    static func groups(dimension: Int) -> Int {
        min(Int(FP_LARGEST_GROUPS), max(4, (dimension + 15) / 16 * 4))
    }

    var hasPanels: Bool { groups > 0 }
    var panelCount: Int { hasPanels ? (degree + Self.panelWidth - 1) / Self.panelWidth : 0 }
    var panelSize: Int { groups * Int(FP_CODEWORDS) + Self.panelWidth * 4 }
    var linksOffset: Int { codeSize }
    var panelsOffset: Int { linksOffset + Self.lines(degree * 4) }
    var blockSize: Int { Self.lines(panelsOffset + panelCount * panelSize) }
    var blockLines: Int { blockSize / 64 }

    static let panelWidth = Int(FP_PANEL_WIDTH)

    /// Rounded up to whole cache lines.
    static func lines(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}
