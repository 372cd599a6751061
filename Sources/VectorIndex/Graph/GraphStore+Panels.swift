import CKernels
import Platform

extension GraphStore {
    /// Rows from which on low-bit codes are worth learning; with fewer, searches scan or travel on int8 codes.
    static var codebookThreshold: Int { 2_048 }

    /// Writes the panels of nodes anew whose links have changed, turning codes as they are needed.
    func encodePanels(of nodes: [UInt32], threads: Int, pool: WorkspacePool) {
        guard let codebook else { return }
        for node in nodes { _ = writableBlock(node) }
        let unique = Set(nodes).sorted()
        let originals = Originals(blocks: unique.map(original))
        withView { view in
            let book = codebook.view
            Parallel.forEachRange(unique.count, chunk: 16, threads: threads) { range, _ in
                let kernels = fp_kernels_current().pointee
                let scratch = PanelScratch(book)
                for index in range {
                    view.encodePanels(
                        of: unique[index], from: originals.blocks[index], book,
                        rotated: { row, out in
                            let code = CodedQuery(code: view.rows.code(row), scale: view.rows.scale(row))
                            book.rotate(
                                code, subtractingMean: false, into: out, integers: scratch.integers, kernels: kernels)
                        }, scratch: scratch, kernels: kernels)
                }
            }
        }
    }

    /// Learns a codebook from the graph as it is and writes all panels. Blocks of all nodes become the transaction's
    /// own.
    func learnCodebook(threads: Int, pool: WorkspacePool, monitor: WorkMonitor) {
        guard layout.hasPanels else { return }
        let nodes = (0..<UInt32(rows.count)).filter(isLinked)
        let (differences, mean) = withView { $0.sampleDifferences(NeighborCodebook.sampleCount, of: nodes) }
        guard
            let learned = NeighborCodebook.train(
                differences: differences, dimension: rows.dimension, groups: layout.groups, mean: mean,
                threads: threads)
        else { return }
        codebook = learned
        encodeAllPanels(learned, threads: threads, monitor: monitor)
    }

    /// As ``encodePanels(of:threads:pool:)`` for all nodes, with every row turned once.
    private func encodeAllPanels(_ codebook: NeighborCodebook, threads: Int, monitor: WorkMonitor) {
        let nodes = (0..<UInt32(rows.count)).filter(isLinked)
        for node in nodes { _ = writableBlock(node) }
        let book = codebook.view
        let width = codebook.keptDimensions
        // Turned rows as codes: their rounding is far below that of the panels.
        let turned = RotatedRows(count: rows.count, width: width)
        withView { view in
            Parallel.forEachRange(nodes.count, chunk: 256, threads: threads) { range, _ in
                let kernels = fp_kernels_current().pointee
                let scratch = PanelScratch(book)
                for node in nodes[range] {
                    let code = CodedQuery(code: view.rows.code(node), scale: view.rows.scale(node))
                    book.rotate(
                        code, subtractingMean: false, into: scratch.own, integers: scratch.integers, kernels: kernels)
                    turned.set(Int(node), scratch.own, kernels: kernels)
                }
            }
            Parallel.forEachRange(nodes.count, chunk: 64, threads: threads) { range, _ in
                guard monitor.goesOn(0.8 + 0.2 * Double(range.lowerBound) / Double(nodes.count)) else { return }
                let kernels = fp_kernels_current().pointee
                let scratch = PanelScratch(book)
                for node in nodes[range] {
                    view.encodePanels(
                        of: node, from: nil, book, rotated: { turned.get(Int($0), into: $1) }, scratch: scratch,
                        kernels: kernels)
                }
            }
        }
    }
}

/// Carries pointers across to other threads.
private struct Originals: @unchecked Sendable {
    let blocks: [UnsafeMutableRawPointer?]
}

/// Turned rows in signed bytes with a scale each.
private final class RotatedRows: @unchecked Sendable {
    private let width: Int
    private let codes: AlignedMemory
    private let scales: UnsafeMutablePointer<Float>

    init(count: Int, width: Int) {
        self.width = width
        codes = AlignedMemory(byteCount: count * width)
        scales = .allocate(capacity: max(1, count))
    }

    deinit {
        codes.deallocate()
        scales.deallocate()
    }

    func set(_ row: Int, _ values: UnsafePointer<Float>, kernels: fp_kernels) {
        let code = (codes.base + row * width).assumingMemoryBound(to: Int8.self)
        scales[row] = VectorMath.quantize(values, width, into: code, kernels)
    }

    func get(_ row: Int, into out: UnsafeMutablePointer<Float>) {
        let code = (codes.base + row * width).assumingMemoryBound(to: Int8.self)
        let scale = scales[row]
        for d in 0..<width { out[d] = Float(code[d]) * scale }
    }
}

extension GraphView {
    /// Differences between nodes and neighbours, spread evenly over the graph and scaled to length one; and the mean of
    /// the rows looked at.
    func sampleDifferences(_ wanted: Int, of nodes: [UInt32]) -> (differences: [Float], mean: [Float]) {
        let dimension = rows.dimension
        var differences: [Float] = []
        var mean = [Float](repeating: 0, count: dimension)
        let step = max(1, nodes.count / wanted)
        let perNode = max(1, wanted / max(1, nodes.count))
        var sampled = 0
        differences.reserveCapacity(min(wanted, nodes.count * perNode) * dimension)
        for place in stride(from: 0, to: nodes.count, by: step) {
            let node = nodes[place]
            let vector = rows.vector(node)
            for d in 0..<dimension { mean[d] += vector[d] }
            sampled += 1
            let count = linkCount(node)
            guard count > 0 else { continue }
            for turn in 0..<perNode {
                // Another place in the list for each node.
                let neighbor = links(node)[(place / step * 7 + turn) % count]
                guard Int(neighbor) < rows.count else { continue }
                let other = rows.vector(neighbor)
                var square: Float = 0
                for d in 0..<dimension { square += (other[d] - vector[d]) * (other[d] - vector[d]) }
                guard square > 0 else { continue }
                let inverse = 1 / square.squareRoot()
                for d in 0..<dimension { differences.append((other[d] - vector[d]) * inverse) }
            }
        }
        for d in 0..<dimension { mean[d] /= Float(max(1, sampled)) }
        return (differences, mean)
    }
}
