import CKernels

extension GraphView {
    /// A query's products with the codewords, in the workspace.
    func table(
        _ query: CodedQuery, _ codebook: CodebookView, workspace: SearchWorkspace, kernels: fp_kernels
    ) -> fp_table_query {
        let graph = kernels.graph.pointee
        var codewords = codebook.table
        workspace.prepareRotation(dimensions: codebook.keptDimensions)
        codebook.rotate(
            query, subtractingMean: true, into: workspace.rotated, integers: workspace.rotatedIntegers,
            kernels: kernels)
        graph.tabulate(&codewords, workspace.rotated, workspace.products)
        var table = fp_table_query(groups: codebook.groups, table: workspace.table, unit: 0, offset: 0)
        graph.round_table(workspace.products, codebook.groups, workspace.table, &table.unit, &table.offset)
        return table
    }

    /// Writes the panels of a node from its links. The block is the writer's own.
    ///
    /// - Parameters:
    ///   - original: the block that this one was copied from, whose panels are right for its links: what it has of a
    ///     neighbour is taken over.
    ///   - rotated: the kept dimensions of any row.
    func encodePanels(
        of node: UInt32, from original: UnsafeMutableRawPointer?, _ codebook: CodebookView,
        rotated: (UInt32, UnsafeMutablePointer<Float>) -> Void,
        scratch: PanelScratch, kernels: fp_kernels
    ) {
        let graph = kernels.graph.pointee
        let block = rows.block(node)
        let links = links(in: block)
        let panels = (block + layout.panelsOffset).assumingMemoryBound(to: UInt8.self)
        let width = codebook.keptDimensions
        let scale = rows.scale(node)
        let code = rows.code(node)
        let size = layout.codeSize
        let ownSquare = Float(kernels.dot_i8(code, code, size)) * (scale * scale)
        var codewords = codebook.table
        var isPrepared = false
        func prepare() {
            rotated(node, scratch.own)
            // (p - m) times the codewords.
            for d in 0..<width { scratch.other[d] = scratch.own[d] - codebook.mean[d] }
            var codewords = codebook.table
            graph.tabulate(&codewords, scratch.other, scratch.products)
        }
        for place in 0..<(layout.panelCount * NodeLayout.panelWidth) {
            let panel = panels + place / NodeLayout.panelWidth * layout.panelSize
            let lane = place % NodeLayout.panelWidth
            let neighbor = place < layout.degree ? links[place] : Self.noLink
            guard Int(neighbor) < rows.count else {
                scratch.clearCodes(codebook.groups)
                fp_panel_set(panel, codebook.groups, lane, scratch.codes)
                fp_panel_set_factors(panel, codebook.groups, lane, 0, -.infinity)
                continue
            }
            if let original {
                let before = self.links(in: original)
                if before[place] == neighbor { continue }
                if let old = (0..<layout.degree).first(where: { before[$0] == neighbor }) {
                    let panels = (original + layout.panelsOffset).assumingMemoryBound(to: UInt8.self)
                    fp_panel_copy(
                        panel, codebook.groups, lane, panels + old / NodeLayout.panelWidth * layout.panelSize,
                        old % NodeLayout.panelWidth)
                    continue
                }
            }
            if !isPrepared {
                prepare()
                isPrepared = true
            }
            let otherScale = rows.scale(neighbor)
            let otherCode = rows.code(neighbor)
            // All from the codes: p · x, |x|^2, and so r · p and |r|^2 of the difference r = x - p.
            let product = Float(kernels.dot_i8(code, otherCode, size)) * (scale * otherScale)
            let otherSquare = Float(kernels.dot_i8(otherCode, otherCode, size)) * (otherScale * otherScale)
            let length = max(0, ownSquare - 2 * product + otherSquare).squareRoot()
            rotated(neighbor, scratch.other)
            let inverse = length > 0 ? 1 / length : 0
            for d in 0..<width { scratch.other[d] = (scratch.other[d] - scratch.own[d]) * inverse }
            let similarity = graph.encode(&codewords, scratch.other, scratch.codes)
            // A difference that its code knows nothing of is left to the shift.
            let factor = fp_round_to_bf16(similarity > 0.05 ? length / similarity : 0)
            var ownProduct: Float = 0
            for group in 0..<codebook.groups {
                ownProduct += scratch.products[group * 16 + Int(scratch.codes[group])]
            }
            let shift = product - ownSquare - factor * ownProduct + rows.bias(neighbor)
            fp_panel_set(panel, codebook.groups, lane, scratch.codes)
            fp_panel_set_factors(panel, codebook.groups, lane, factor, shift)
        }
    }
}

/// Memory for encoding panels, one for each thread.
final class PanelScratch {
    let own: UnsafeMutablePointer<Float>
    let other: UnsafeMutablePointer<Float>
    let integers: UnsafeMutablePointer<Int32>
    let products: UnsafeMutablePointer<Float>
    let codes: UnsafeMutablePointer<UInt8>

    init(_ codebook: CodebookView) {
        own = .allocate(capacity: codebook.keptDimensions)
        other = .allocate(capacity: codebook.keptDimensions)
        integers = .allocate(capacity: codebook.keptDimensions)
        products = .allocate(capacity: codebook.groups * 16)
        codes = .allocate(capacity: codebook.groups)
    }

    deinit {
        own.deallocate()
        other.deallocate()
        integers.deallocate()
        products.deallocate()
        codes.deallocate()
    }

    func clearCodes(_ groups: Int) { codes.initialize(repeating: 0, count: groups) }
}
