import CKernels
import Testing

/// One implementation that this CPU runs, named in the report of a failing test.
struct Kernels: Sendable, CustomTestStringConvertible {
    let table: fp_kernels

    var name: String { String(cString: table.name) }
    var testDescription: String { name }

    /// Everything that this CPU runs, best first.
    static let all: [Kernels] = {
        var all: [Kernels] = []
        while let table = fp_kernels_at(all.count) { all.append(Kernels(table: table.pointee)) }
        return all
    }()
}

/// A seeded generator (Steele, Lea and Flood 2014), so that a failure can be repeated.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &self) } }
    mutating func bytes(_ count: Int) -> [Int8] { (0..<count).map { _ in Int8(truncatingIfNeeded: next()) } }
}

/// Every length that the kernels must get right, and how far into their buffers the operands start.
let lengths = 0...1100
let misalignment = 9
