import LinearAlgebra

/// What inputs look like to which some guideline applied, and what those look like to which none did.
///
/// Whether an input asks for a guideline at all is seen better beside other inputs than beside guidelines: people do not
/// write as guidelines do. The margin between the two densities is added to the similarity of every guideline, so that the
/// bar is higher for what looks like everyday inputs and lower for what looks like those that needed guidance.
struct Precedents: Sendable, Hashable {
    private let applying: DirectionalMixture
    private let benign: DirectionalMixture
    /// The centres of both, as rows.
    private let centers: Matrix

    /// Centres on each side.
    static let largestCount = 256
    /// Inputs of a kind below which there is too little to learn from.
    static let fewestInputs = 40
    /// Inputs of a kind that are looked at; of more, every so manieth.
    static let mostInputs = 20_000

    private init(applying: DirectionalMixture, benign: DirectionalMixture) throws {
        self.applying = applying
        self.benign = benign
        centers = try Matrix(
            rows: applying.count + benign.count, columns: applying.dimension,
            elements: applying.centers + benign.centers)
    }

    /// Nil if there are too few inputs of one kind.
    ///
    /// - Parameters:
    ///   - applying: vectors of unit length of inputs to which guidelines apply, as rows, in no order that means anything.
    ///   - benign: the same of inputs to which none does.
    init?(applying: Matrix, benign: Matrix, threads: Int) throws {
        let fewest = min(applying.rows, benign.rows)
        guard fewest >= Self.fewestInputs else { return nil }
        func mixture(_ vectors: Matrix) throws -> DirectionalMixture {
            try DirectionalMixture(
                fitting: vectors, count: min(Self.largestCount, vectors.rows / 4), threads: threads)
        }
        try self.init(applying: mixture(applying), benign: mixture(benign))
    }

    /// How much more an input looks like those that needed guidance than like those that did not, in units of cosine
    /// similarity; negative if less. 512 products of vectors at most.
    func margin(of vector: [Float]) throws -> Float {
        let similarities = try centers.multiplied(by: vector)
        return DirectionalMixture.logDensity(similarities.prefix(applying.count), logWeights: applying.logWeights)
            - DirectionalMixture.logDensity(similarities.dropFirst(applying.count), logWeights: benign.logWeights)
    }

    static func == (one: Precedents, other: Precedents) -> Bool {
        one.applying == other.applying && one.benign == other.benign
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(applying)
        hasher.combine(benign)
    }

    // MARK: Numbers

    /// Numbers of centres, and all that is known of them.
    var numbers: (applying: Int, benign: Int, values: [Float]) {
        (
            applying.count, benign.count,
            applying.logWeights + benign.logWeights + applying.centers + benign.centers
        )
    }

    /// Nil if there are not as many numbers as there should be, or one is not finite.
    init?(applying: Int, benign: Int, dimension: Int, values: [Float]) throws {
        let limit = 1...Self.largestCount
        guard limit.contains(applying), limit.contains(benign), dimension > 0, values.allSatisfy(\.isFinite),
            values.count == (applying + benign) * (dimension + 1)
        else { return nil }
        let weights = applying + benign
        let split = weights + applying * dimension
        try self.init(
            applying: DirectionalMixture(
                dimension: dimension, centers: Array(values[weights..<split]), logWeights: Array(values[..<applying])),
            benign: DirectionalMixture(
                dimension: dimension, centers: Array(values[split...]), logWeights: Array(values[applying..<weights])))
    }
}
