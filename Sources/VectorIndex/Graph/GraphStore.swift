import CKernels
import Platform

/// The rows and the graph of an index as the one writer has them.
///
/// A change works on blocks that no search sees: a node's block is copied before its links change (once in a
/// transaction), and the copy takes its place at once, whole. The old one is given back once no search can be reading
/// it, which ``Versions`` knows.
final class GraphStore: @unchecked Sendable {
    let rows: RowStore
    let configuration: HNSWConfiguration
    let layout: NodeLayout
    private let blocks: BlockStore
    /// What blocks may lie in besides ``blocks``.
    private let mapping: MappedFile?
    /// The blocks that stand in the order of their rows.
    private var ordered: OrderedBlocks?

    var upper: UpperLevels { didSet { upperHasChanged = true } }
    /// Whether the upper levels have changed in this transaction.
    private(set) var upperHasChanged = false
    /// By row of a level above 0: its first list in ``upper``.
    var upperStart: [UInt32: UInt32] = [:]
    var entry: GraphEntry?
    var codebook: NeighborCodebook?

    /// Rows whose nodes are part of the graph, the dead among them included.
    private var linked = BitSet()
    private var linkedCount = 0
    /// Rows whose block is this transaction's own: searches do not see it before the end.
    private var fresh = BitSet()
    private var freshRows: [UInt32] = []
    /// Blocks replaced in this transaction, by row.
    private var replaced: [UInt32: UnsafeMutableRawPointer] = [:]
    /// Rows that this transaction took out of the graph.
    private var unlinked: [UInt32] = []
    /// Rows linked since the graph was last looked through for nodes that nothing leads to.
    var unchecked = 0

    init(dimension: Int, metric: Metric, configuration: HNSWConfiguration) {
        self.configuration = configuration
        rows = RowStore(dimension: dimension, metric: metric)
        layout = NodeLayout(dimension: dimension, configuration: configuration)
        blocks = BlockStore(blockSize: layout.blockSize)
        upper = UpperLevels(degree: configuration.M)
        mapping = nil
    }

    /// A graph from an archive, in which the blocks of `rows` lie.
    init(
        rows: RowStore, linked: BitSet, configuration: HNSWConfiguration, upper: UpperLevels,
        upperStart: [UInt32: UInt32],
        entry: GraphEntry?, codebook: NeighborCodebook?, mapping: MappedFile
    ) {
        self.rows = rows
        self.linked = linked
        linkedCount = linked.count
        self.configuration = configuration
        layout = NodeLayout(dimension: rows.dimension, configuration: configuration)
        blocks = BlockStore(blockSize: layout.blockSize)
        self.upper = upper
        self.upperStart = upperStart
        self.entry = entry
        self.codebook = codebook
        self.mapping = mapping
        if rows.count > 0, let base = rows.block(0) {
            ordered = OrderedBlocks(base: base, count: rows.count, blockSize: layout.blockSize, isWritable: false)
        }
    }

    // MARK: Rows

    /// Takes up validated vectors: claims rows for them, writes and codes them. They are in no graph yet.
    func take(_ vectors: UnsafeBufferPointer<Float>, threads: Int) -> [UInt32] {
        let dimension = rows.dimension
        let count = vectors.count / dimension
        let before = rows.count
        let claimed = rows.claim(count)
        // Nothing has ever been allocated, so that these blocks will stand one behind the other.
        let isFirst = before == 0 && count > 0
        if isFirst { blocks.reserve(count) }
        for (place, row) in claimed.enumerated() {
            let home = Int(row) < before ? ordered?.home(row) : nil
            let block = home ?? blocks.allocate()
            if place == 0, isFirst, count >= Self.bulkThreshold {
                ordered = OrderedBlocks(base: block, count: count, blockSize: layout.blockSize, isWritable: true)
            }
            rows.setBlock(row, block)
            ordered?.place(row, at: block)
            markFresh(row)
            linked.insert(row)
        }
        linkedCount += count
        guard let base = vectors.baseAddress else { return claimed }
        nonisolated(unsafe) let source = base
        Parallel.forEachRange(count, chunk: 256, threads: threads) { range, _ in
            let kernels = fp_kernels_current().pointee
            for index in range { write(source + index * dimension, at: claimed[index], kernels: kernels) }
        }
        return claimed
    }

    private func write(_ vector: UnsafePointer<Float>, at row: UInt32, kernels: fp_kernels) {
        guard let block = rows.block(row) else { return }
        rows.write(vector, at: row, kernels: kernels)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: layout.blockSize)
        let code = block.assumingMemoryBound(to: Int8.self)
        rows.factors.row(Int(row)).pointee.scale = VectorMath.quantize(
            rows.vectors.row(Int(row)), rows.dimension, into: code, kernels)
        let links = (block + layout.linksOffset).assumingMemoryBound(to: UInt32.self)
        links.update(repeating: GraphView.noLink, count: layout.degree)
    }

    // MARK: Blocks

    /// A node's block to be changed: its own in this transaction, a copy of what searches see otherwise.
    func writableBlock(_ row: UInt32) -> UnsafeMutableRawPointer {
        guard let current = rows.block(row) else { preconditionFailure("row \(row) is in no graph") }
        if fresh.contains(row) { return current }
        let copy = blocks.allocate()
        copy.copyMemory(from: current, byteCount: layout.blockSize)
        rows.setBlock(row, copy)
        ordered?.place(row, at: copy)
        replaced[row] = current
        markFresh(row)
        return copy
    }

    private func markFresh(_ row: UInt32) {
        fresh.insert(row)
        freshRows.append(row)
    }

    /// The block that a node's was copied from in this transaction, which searches may still see.
    func original(_ row: UInt32) -> UnsafeMutableRawPointer? { replaced[row] }

    /// Writes a whole list of level 0.
    func setLinks(_ row: UInt32, _ targets: some Collection<UInt32>) {
        let links = (writableBlock(row) + layout.linksOffset).assumingMemoryBound(to: UInt32.self)
        var index = 0
        for target in targets.prefix(layout.degree) {
            links[index] = target
            index += 1
        }
        (links + index).update(repeating: GraphView.noLink, count: layout.degree - index)
    }

    /// Ends a transaction: searches see its blocks from now on, and what it replaced is garbage as soon as no search can
    /// see it.
    func endTransaction() -> Garbage {
        for row in freshRows {
            rows.publishBlock(row)
            ordered?.publish(row)
            fresh.remove(row)
        }
        defer {
            freshRows = []
            replaced = [:]
            unlinked = []
            upperHasChanged = false
        }
        return Garbage(blocks: Array(replaced.values), rows: unlinked, owner: ObjectIdentifier(self))
    }

    /// Takes back what no search can see any more.
    func reclaim(_ garbage: Garbage) {
        // A search may have held on to a state from before the index was built anew: that store's memory goes with it.
        guard garbage.owner == ObjectIdentifier(self) else { return }
        for block in garbage.blocks {
            if let row = ordered?.row(ofHome: block) {
                returnHome(row, to: block)
            } else if !isMapped(block) {
                blocks.release(block)
            }
        }
        guard !garbage.rows.isEmpty else { return }
        for row in garbage.rows {
            if let block = rows.block(row), ordered?.row(ofHome: block) == nil, !isMapped(block) {
                blocks.release(block)
            }
        }
        rows.reclaim(garbage.rows)
    }

    /// Puts a node back where its row's number says that it is, once no search reads what was there before: so that
    /// many small changes leave searches as fast as they were. It is the first step of the next transaction.
    private func returnHome(_ row: UInt32, to home: UnsafeMutableRawPointer) {
        guard isLinked(row), !fresh.contains(row), let current = rows.block(row), current != home else { return }
        home.copyMemory(from: current, byteCount: layout.blockSize)
        rows.setBlock(row, home)
        ordered?.place(row, at: home)
        replaced[row] = current
        markFresh(row)
    }

    /// Marks a row as taken out of the graph by this transaction.
    func markUnlinked(_ row: UInt32) {
        unlinked.append(row)
        linked.remove(row)
        linkedCount -= 1
    }

    /// Whether a row's node is part of the graph, or about to be.
    func isLinked(_ row: UInt32) -> Bool { linked.contains(row) }

    /// Dead rows that the graph still leads through.
    var tombstoneCount: Int { linkedCount - rows.liveCount }

    private func isMapped(_ block: UnsafeMutableRawPointer) -> Bool {
        guard let bytes = mapping?.bytes, let base = bytes.baseAddress else { return false }
        return UnsafeRawPointer(block) >= base && UnsafeRawPointer(block) < base + bytes.count
    }

    // MARK: What lies in an archive

    /// Makes sure that all nodes are as they were written. The writer reads them without asking.
    func checkNodes(threads: Int) throws(VectorIndexError) {
        try rows.checksums?.nodes.checkAll(threads: threads)
    }

    func checkVectors(threads: Int) throws(VectorIndexError) {
        try rows.checksums?.vectors.checkAll(threads: threads)
    }

    /// Makes sure of all that a change may read.
    func checkBeforeChange(threads: Int) throws(VectorIndexError) {
        try checkNodes(threads: threads)
        // Rows of the archive are written over, or looked at to learn a codebook.
        if !rows.free.isEmpty || codebook == nil { try checkVectors(threads: threads) }
    }

    /// Copies all nodes of the archive into memory of the store's own. No search may have begun.
    func loadNodes(threads: Int) throws(VectorIndexError) {
        try checkNodes(threads: threads)
        guard let mapping, let first = rows.count > 0 ? rows.block(0) : nil else { return }
        let size = layout.blockSize
        blocks.reserve(rows.count)
        let places = (0..<rows.count).map { _ in blocks.allocate() }
        let copies = Copies(from: (0..<UInt32(rows.count)).map(rows.block), to: places)
        Parallel.forEachRange(rows.count, chunk: 1024, threads: threads) { range, _ in
            for row in range {
                if let block = copies.from[row] { copies.to[row].copyMemory(from: block, byteCount: size) }
            }
        }
        for (row, place) in places.enumerated() {
            rows.setBlock(UInt32(row), place)
            rows.publishBlock(UInt32(row))
        }
        ordered = OrderedBlocks(base: places[0], count: rows.count, blockSize: size, isWritable: true)
        if let start = mapping.bytes.baseAddress.map({ UnsafeRawPointer(first) - $0 }) {
            mapping.release(start..<(start + rows.count * size))
        }
    }

    // MARK: Views

    /// What the writer sees. Good until its next change.
    func withView<Value>(_ body: (GraphView) throws -> Value) rethrows -> Value {
        try rows.live.words.withUnsafeBufferPointer { live in
            try upper.rows.withUnsafeBufferPointer { upperRows in
                try upper.links.withUnsafeBufferPointer { upperLinks in
                    try body(view(live: live, upperRows: upperRows, upperLinks: upperLinks, forWriter: true))
                }
            }
        }
    }

    func view(
        live: UnsafeBufferPointer<UInt64>, upperRows: UnsafeBufferPointer<UInt32>,
        upperLinks: UnsafeBufferPointer<UInt32>, forWriter: Bool = false
    ) -> GraphView {
        let blocks = forWriter ? ordered?.ownView : ordered?.view
        return GraphView(
            rows: rows.view(live: live, blocks: blocks ?? .none, forWriter: forWriter), layout: layout,
            nodeCount: linkedCount, upperRows: upperRows, upperLinks: upperLinks, upperDegree: upper.degree,
            entry: entry, codebook: codebook?.view)
    }

    /// What the graph would be without rows.
    var isEmpty: Bool { entry == nil }
}

/// Blocks one behind the other in the order of the rows, and which of them have been replaced since: as searches see
/// it, and as the writer does.
private final class OrderedBlocks {
    let view: BlockView
    let ownView: BlockView
    private let moved: UnsafeMutablePointer<UInt64>
    private let ownMoved: UnsafeMutablePointer<UInt64>
    /// False in an archive.
    private let isWritable: Bool

    init(base: UnsafeMutableRawPointer, count: Int, blockSize: Int, isWritable: Bool) {
        self.isWritable = isWritable
        let words = (count + 63) / 64
        moved = .allocate(capacity: words)
        moved.initialize(repeating: 0, count: words)
        ownMoved = .allocate(capacity: words)
        ownMoved.initialize(repeating: 0, count: words)
        view = BlockView(base: base, count: UInt32(count), blockSize: blockSize, moved: moved)
        ownView = BlockView(base: base, count: UInt32(count), blockSize: blockSize, moved: ownMoved)
    }

    deinit {
        moved.deallocate()
        ownMoved.deallocate()
    }

    /// Where a row's block may always return to, since no other row is given that place.
    func home(_ row: UInt32) -> UnsafeMutableRawPointer? {
        guard isWritable, row < view.count, let base = view.base else { return nil }
        return base + Int(row) * view.blockSize
    }

    func row(ofHome block: UnsafeMutableRawPointer) -> UInt32? {
        guard isWritable, let base = view.base, block >= base else { return nil }
        let row = (block - base) / view.blockSize
        return row < Int(view.count) ? UInt32(row) : nil
    }

    /// Notes where the writer has a row's block.
    func place(_ row: UInt32, at block: UnsafeMutableRawPointer) {
        guard row < view.count, let base = view.base else { return }
        let bit: UInt64 = 1 << UInt64(row & 63)
        if base + Int(row) * view.blockSize == block {
            ownMoved[Int(row >> 6)] &= ~bit
        } else {
            ownMoved[Int(row >> 6)] |= bit
        }
    }

    /// Lets searches see where a row's block is. To be called once it stands in the table of rows.
    func publish(_ row: UInt32) {
        guard row < view.count else { return }
        let bit: UInt64 = 1 << UInt64(row & 63)
        let word = moved + Int(row >> 6)
        fp_store_word(word, word.pointee & ~bit | ownMoved[Int(row >> 6)] & bit)
    }
}

/// Carries pointers across to other threads.
private struct Copies: @unchecked Sendable {
    let from: [UnsafeMutableRawPointer?]
    let to: [UnsafeMutableRawPointer]
}

/// What a transaction replaced.
struct Garbage: @unchecked Sendable {
    var blocks: [UnsafeMutableRawPointer] = []
    var rows: [UInt32] = []
    /// The store whose blocks they are.
    var owner: ObjectIdentifier?
}
