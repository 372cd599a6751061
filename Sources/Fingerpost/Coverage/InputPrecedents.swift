import Foundation
import LinearAlgebra

/// Inputs that need guidance beside everyday ones, and how much more any other looks like the ones than like the others.
package struct InputPrecedents: Sendable {
    private let precedents: Precedents

    /// Nil if there are too few inputs of one kind to learn from.
    ///
    /// - Parameters:
    ///   - applying: vectors of unit length of inputs that need guidance, as rows, in no order that means anything.
    ///   - benign: the same of inputs that need none.
    package init?(applying: Matrix, benign: Matrix, threads: Int) throws {
        guard let precedents = try Precedents(applying: applying, benign: benign, threads: threads) else { return nil }
        self.precedents = precedents
    }

    /// The fewest inputs of either kind that something can be learned from.
    package static var fewestInputs: Int { Precedents.fewestInputs }

    /// How likely an input needs guidance, if as many do as do not.
    package func need(of vector: [Float]) throws -> Double { Self.chance(try precedents.margin(of: vector)) }

    /// The chance that a difference of two logarithms of densities stands for, in the units of ``Precedents/margin(of:)``.
    static func chance(_ margin: Float) -> Double {
        1 / (1 + exp(-Double(margin) * Double(DirectionalMixture.concentration)))
    }
}
