import Fingerpost
import Platform

/// How a library does on a fixed set of inputs, asked anew at every release: what changes in these figures is the library
/// and its thresholds, never the mix of inputs that a log happens to have.
public struct CanaryScore: Sendable, Hashable, Codable {
    /// `sha256:` and 64 digits, of the set: figures of different sets are not to be compared.
    public var set: String
    /// Inputs to which something applies and that get some guideline.
    public var caught: ObservedRate
    /// Of those, inputs that get one of the guidelines they name among the first six. An input that names none counts in
    /// ``caught`` alone.
    public var named: ObservedRate
    /// Inputs to which nothing applies and that get some guideline all the same.
    public var falseAlarms: ObservedRate

    /// Asks a library about each input.
    ///
    /// - Parameters:
    ///   - inputs: with the guidelines that apply to them; none where nothing does, unless ``EvaluationQuery/isUnsafe`` says
    ///     that something should.
    ///   - library: searched with its own thresholds and calibration.
    ///   - threads: nil for all there are. The result does not depend on it.
    /// - Throws: ``GuardrailsError/nothingToLearn(problem:)`` without inputs, and what a search throws.
    public init(
        of inputs: [EvaluationQuery], in library: GuidelineLibrary, options: RetrievalOptions = RetrievalOptions(),
        threads: Int? = nil
    ) throws {
        guard !inputs.isEmpty else {
            throw GuardrailsError.nothingToLearn(problem: "The canary set is empty; name a file of inputs.")
        }
        set = Self.digest(of: inputs)
        caught = ObservedRate(count: 0, total: 0)
        (named, falseAlarms) = (caught, caught)
        let survivors = try library.mergedGuidelines()
        let found = try library.search(batch: inputs.map(\.text), options: options, threads: threads)
        for (input, retrieval) in zip(inputs, found) {
            let ids = Set(retrieval.matches.prefix(6).map(\.id))
            if input.positives.isEmpty, input.isUnsafe != true {
                falseAlarms.record(!retrieval.matches.isEmpty)
            } else {
                caught.record(!retrieval.matches.isEmpty)
                guard !input.positives.isEmpty else { continue }
                named.record(!ids.isDisjoint(with: input.resolved(by: survivors).positives))
            }
        }
    }

    private static func digest(of inputs: [EvaluationQuery]) -> String {
        var digest = SHA256()
        for input in inputs {
            let positives = input.positives.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let label = input.isUnsafe.map { $0 ? "unsafe" : "safe" } ?? ""
            // Lengths go before what they are of, so that no two sets have the same bytes.
            for part in [input.text, label] + positives { digest.update("\(part.utf8.count):\(part)") }
            digest.update("\(positives.count);")
        }
        return "sha256:" + SHA256.hexadecimal(digest.finalize())
    }
}

extension ObservedRate {
    /// Counts one more.
    mutating func record(_ happened: Bool) {
        total += 1
        if happened { count += 1 }
    }
}
