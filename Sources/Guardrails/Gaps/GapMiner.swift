import Fingerpost
import GuidelineStore
import Platform
import TextEncoder

/// Finds clusters of inputs that a library has no guideline for.
///
/// ```swift
/// let report = try GapMiner(library: library).mine(inputs)
/// for gap in report.gaps { print(gap.name, gap.volume, gap.severity, gap.lack) }
/// ```
///
/// Inputs that differ in capitals and punctuation alone are one, counted together. They are put in clusters by their vectors
/// (spherical k-means, on a sample where there are very many). How badly the library covers a cluster is the geometric mean
/// of two numbers, both 0 to 1:
///
/// - the mean over its inputs of the part of all covered inputs that are nearer to their guideline. What covered inputs
///   reach is told by the library's own examples, each left out in turn; an input that reaches no threshold counts 1;
/// - e to the power of -2 r, where r is how many of the library's examples lie in the cluster against how many do on
///   average, so that a cluster in which the library has no examples at all counts 1.
///
/// A gap's score is that times its inputs' number, the mean of what they are worth by their severity (1, 2, 3, 4) and, where
/// everyday inputs are known, how likely its inputs need guidance at all.
///
/// A million short inputs are looked at with some hundreds of megabytes: texts, their counts and the vectors of the sample
/// are held; all other vectors are used and forgotten.
public struct GapMiner: Sendable {
    public let library: GuidelineLibrary
    public var options: GapOptions

    public init(library: GuidelineLibrary, options: GapOptions = GapOptions()) {
        self.library = library
        self.options = options
    }

    /// The gaps that inputs show.
    ///
    /// - Parameters:
    ///   - inputs: in any order.
    ///   - vectors: of the library's encoder, one for each input in their order, where they are there already.
    ///   - progress: told how far the work is, from any thread.
    /// - Throws: ``GuardrailsError/nothingToLearn(problem:)`` without inputs, or if only unmatched ones are asked for and
    ///   nothing says which those are; ``GuardrailsError/invalidOption(name:value:allowed:)``; and what the encoder and the
    ///   library throw.
    /// - Complexity: O(distinct inputs * (passages + clusters) * dimension), after as many texts are encoded.
    public func mine(
        _ inputs: some Sequence<GapInput>, vectors: Embeddings? = nil,
        progress: (@Sendable (GapProgress) -> Void)? = nil
    ) throws -> GapReport {
        var collection = GapCollection()
        for input in inputs { try collection.add(input) }
        if let vectors {
            guard vectors.dimension == library.encoder.dimension, vectors.count == collection.count else {
                throw GuardrailsError.invalidOption(
                    name: "vectors", value: "\(vectors.count) of \(vectors.dimension) numbers",
                    allowed: "\(collection.count) of \(library.encoder.dimension) numbers")
            }
        }
        return try mine(collection, vectors: vectors, progress: progress)
    }

    /// The gaps that inputs show which `read` hands over one by one, so that they need never be held all at once.
    public func mine(
        progress: (@Sendable (GapProgress) -> Void)? = nil, reading read: (inout GapIntake) throws -> Void
    ) throws -> GapReport {
        var intake = GapIntake(progress: progress)
        try read(&intake)
        return try mine(intake, progress: progress)
    }

    /// The gaps that inputs show which were taken before.
    public func mine(_ intake: GapIntake, progress: (@Sendable (GapProgress) -> Void)? = nil) throws -> GapReport {
        try mine(intake.collection, vectors: nil, progress: progress)
    }

    private func mine(
        _ collection: GapCollection, vectors: Embeddings?, progress: (@Sendable (GapProgress) -> Void)?
    ) throws -> GapReport {
        try options.validate()
        guard !collection.entries.isEmpty else {
            throw GuardrailsError.nothingToLearn(problem: "there is no input to look for gaps in")
        }
        var search = try GapSearch(collection, library: library, options: options, vectors: vectors)
        return try search.run(progress)
    }
}

/// Takes the inputs that gaps are looked for in, one by one.
public struct GapIntake {
    private(set) var collection = GapCollection()
    private let progress: (@Sendable (GapProgress) -> Void)?

    public init(progress: (@Sendable (GapProgress) -> Void)? = nil) { self.progress = progress }

    /// Inputs that were taken.
    public var count: Int { collection.count }

    /// - Throws: ``GuardrailsError/invalidOption(name:value:allowed:)`` for a count that is less than 1.
    public mutating func add(_ input: GapInput) throws {
        try collection.add(input)
        if collection.count.isMultiple(of: 1_024) {
            progress?(GapProgress(stage: .reading, completed: collection.count))
        }
    }

    /// Notes that a reviewer found something missing in what was decided on an input that was added with this decision: it
    /// counts once more, as one of high severity, when severities are averaged.
    public mutating func addMissed(decision: String) { collection.addMissed(decision: decision) }
}
