import ArgumentParser
import Fingerpost

/// Which guidelines count, and how many.
struct SelectionArguments: ParsableArguments {
    @Option(name: [.customShort("k"), .customLong("limit")], help: "How many guidelines at most.")
    var limit = 6

    @Option(help: "Guidelines of less similarity do not count as matches (-1 to 1; with --lexical: the score).")
    var minScore: Float?

    @Option(help: "Only guidelines that this lets through, such as 'severity >= high and lang = en'.")
    var filter: String?

    @Option(help: "Return guidelines of at least this authority for every input.")
    var always: AuthorityArgument?

    @Option(help: "Leave out guidelines whose letters are as alike to a better one's (0 to 1; 0.5 as in Guide-Align).")
    var diverse: Double?

    @Option(
        help:
            "Trade score against likeness to better ones: the weight of the score (0 to 1; maximal marginal relevance)."
    )
    var mmr: Double?

    @Flag(help: "Do not compare with guidelines' own thresholds.")
    var ignoreThresholds = false

    @OptionGroup var calibration: CalibrationArguments

    func validate() throws {
        try Check.limit("-k", limit)
        if let minScore, !minScore.isFinite { throw ValidationError("--min-score must be a finite number.") }
        for (name, value) in [("--diverse", diverse), ("--mmr", mmr)] {
            guard let value, !(0...1).contains(value) else { continue }
            throw ValidationError("\(name) is \(value); it must be from 0 to 1.")
        }
        guard diverse == nil || mmr == nil else { throw ValidationError("Give --diverse or --mmr, not both.") }
    }

    /// - Throws: `GuidelineStoreError` for a filter that cannot be read.
    func options(_ retrieval: RetrievalArguments) throws -> RetrievalOptions {
        var options = RetrievalOptions(
            limit: limit, method: retrieval.method.value, minimumScore: minScore, efSearch: retrieval.efSearch,
            isExact: retrieval.exact)
        options.filter = try filter.map { try GuidelineFilter(parsing: $0) }
        options.always = always?.value
        options.diversity = diverse.map(Diversity.fuzzy) ?? mmr.map { .marginalRelevance(weight: $0) }
        options.usesThresholds = !ignoreThresholds
        options.usesCalibration = !calibration.noCalibration
        return options
    }
}

/// Whether what a library has learned counts.
struct CalibrationArguments: ParsableArguments {
    @Flag(help: "Do not use the threshold that the library has learned by calibrate.")
    var noCalibration = false
}
