import CKernels

/// The weights of one or more linear layers of the same inputs, quantized row by row to signed bytes and laid out as
/// the kernels of this CPU want them.
///
/// Row `o` is stored as codes from -127 to 127 in units of its largest magnitude / 127: an error of at most half a
/// unit per weight.
final class PackedLinear: @unchecked Sendable {  // Nothing is written after `init`.
    /// Good for as long as this object is there: the caller sees to that.
    let pointers: fp_linear

    /// Of the file's weights nothing stays in memory.
    ///
    /// - Parameter parts: layers whose outputs follow one another.
    /// - Throws: `corruptWeights` where a number is not finite.
    init(
        _ file: SafetensorsFile, _ parts: [TransformerTensors.Linear], kernels: UnsafePointer<fp_kernels>
    ) throws(EncoderError) {
        let network = kernels.pointee.network
        let inputs = parts.first?.inputs ?? 0
        let outputs = parts.reduce(0) { $0 + $1.outputs }
        let padded = fp_padded_outputs(network, outputs)
        let panels = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, fp_packed_size(network, outputs, inputs)), alignment: 64
        ).assumingMemoryBound(to: UInt8.self)
        let floats = UnsafeMutablePointer<Float>.allocate(capacity: 2 * padded)
        floats.initialize(repeating: 0, count: 2 * padded)
        pointers = fp_linear(
            outputs: outputs, inputs: inputs, panels: panels, scales: floats, bias: floats + padded)

        let codes = UnsafeMutablePointer<Int8>.allocate(capacity: inputs)
        defer { codes.deallocate() }
        var output = 0
        for part in parts {
            let rows = try FloatRows(file, part.weight)
            let bias = try FloatTensor(file, part.bias).values
            try Self.requireFinite(kernels.pointee.max_abs_f32(bias, bias.count), file, part.bias)
            for row in 0..<part.outputs {
                let largest = rows.withRow(row) { weights in
                    let largest = kernels.pointee.max_abs_f32(weights, inputs)
                    // What is below this may as well be 0, and its inverse could overflow.
                    let inverse = largest < 1e-30 ? 0 : 127 / largest
                    kernels.pointee.quantize_i8(weights, inverse, codes, inputs)
                    return largest
                }
                try Self.requireFinite(largest, file, part.weight)
                fp_pack_row(network, codes, inputs, output, panels)
                floats[output] = largest / 127
                floats[padded + output] = bias[row]
                output += 1
            }
            file.release(part.weight)
        }
    }

    deinit {
        UnsafeMutablePointer(mutating: pointers.panels)?.deallocate()
        UnsafeMutablePointer(mutating: pointers.scales)?.deallocate()
    }

    static func requireFinite(
        _ largest: Float, _ file: SafetensorsFile, _ tensor: SafetensorsFile.Tensor
    ) throws(EncoderError) {
        guard !largest.isFinite else { return }
        throw EncoderError.corruptWeights(
            path: file.path, reason: "tensor \(tensor.name) has numbers that are not finite")
    }
}
