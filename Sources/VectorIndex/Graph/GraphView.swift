import CKernels

/// A hierarchical navigable small world graph as a search sees it: plain pointers, with nothing to retain.
///
/// Yu. A. Malkov and D. A. Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
/// Navigable Small World graphs", IEEE TPAMI 42(4), 2020 (arXiv:1603.09320).
///
/// Every node is on level 0; a node on level l is on all levels below. The writer may give a node other links while a
/// search goes on, by putting another block in its place. A search then sees the old links or the new ones, both of
/// which lead to rows of the index; which rows count is settled by ``RowView/live``, which never changes.
struct GraphView: @unchecked Sendable {
    let rows: RowView
    let layout: NodeLayout
    /// Nodes, those of dead rows included.
    let nodeCount: Int
    /// Lists of links above level 0; see ``UpperLevels``.
    let upperRows: UnsafeBufferPointer<UInt32>
    let upperLinks: UnsafeBufferPointer<UInt32>
    let upperDegree: Int
    let entry: GraphEntry?
    /// Set where panels are filled in.
    let codebook: CodebookView?

    static let noLink = UInt32.max

    @inline(__always)
    func links(_ row: UInt32) -> UnsafeMutablePointer<UInt32> { links(in: rows.block(row)) }

    @inline(__always)
    func links(in block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        (block + layout.linksOffset).assumingMemoryBound(to: UInt32.self)
    }

    /// Links of level 0 that a node has.
    func linkCount(_ row: UInt32) -> Int {
        let links = links(row)
        return (0..<layout.degree).first { links[$0] == Self.noLink } ?? layout.degree
    }

    @inline(__always)
    func affinity(_ query: CodedQuery, _ row: UInt32, _ kernels: fp_kernels) -> Float {
        let product = kernels.dot_i8(query.code, rows.code(row), layout.codeSize)
        return Float(product) * (query.scale * rows.scale(row)) + rows.bias(row)
    }
}

/// Where every search starts: a node of the highest level.
struct GraphEntry: Sendable, Hashable {
    var row: UInt32
    var level: Int
    /// The node's list on that level; meaningless on level 0.
    var list: UInt32
}

/// A query as the graph sees it: an int8 code, padded with zeros as the rows' are, and its scale.
struct CodedQuery {
    let code: UnsafePointer<Int8>
    let scale: Float
}
