/// What an index takes, in bytes, without its keys; see ``HNSWConfiguration/memory(rows:dimension:)``.
public struct IndexMemory: Sendable, Hashable {
    /// Codes, links and what stands beside them: read all over by searches, so that they had better fit in memory.
    public var graph: Int
    /// Vectors in full precision, of which a search reads a few dozen. In an index opened from an archive they stay in the
    /// file until they are read.
    public var vectors: Int

    public var total: Int { graph + vectors }
}

extension HNSWConfiguration {
    /// What an index of so many rows will take, before it is built. ``HNSWIndex/byteCount`` says the same of one that is
    /// there, to within a percent: how many nodes stand on upper levels is a matter of chance.
    ///
    /// Building an empty index up at once takes about `8 * efConstruction / 3` bytes a row besides, for a while.
    public func memory(rows: Int, dimension: Int) -> IndexMemory {
        let layout = NodeLayout(dimension: dimension, configuration: self)
        let perRow = layout.blockSize + MemoryLayout<RowFactors>.stride + MemoryLayout<BlockReference>.stride
        // A list for each level above the lowest: the sum of M^-l.
        let lists = Double(rows) / Double(max(1, M - 1))
        return IndexMemory(
            graph: rows * perRow + Int(lists * Double(M + 1) * 4),
            vectors: rows * RowStore.vectorStride(dimension) * MemoryLayout<Float>.stride)
    }
}
