import Fingerpost
import GuidelineStore

/// Whether guidelines of a library apply to a text: those that are similar enough, by their own threshold or the library's
/// calibration, and whose counterexamples are not nearer to the text than they are.
///
/// All semantic checks of one rails that search in the same way share one search, and one encoding in any case.
public struct Semantic: DefinableCheck {
    public let id: String
    public let options: Options
    public let version: String
    /// Nil until the rails are given one, where a file names the check.
    public internal(set) var library: GuidelineLibrary?
    /// Vectors of counterexamples.
    var counterexamples = CounterexampleVectors()
    /// How many guidelines are searched for: more than ``Options/limit`` where a search is shared.
    var searchLimit: Int

    /// Which guidelines count.
    public struct Options: Sendable, Hashable {
        /// How many are told at most.
        public var limit = 6
        /// Similarity from which a guideline without a threshold of its own counts. Nil takes the library's calibration, and
        /// ``Semantic/standardThreshold`` where there is none.
        public var threshold: Float?
        /// Guidelines with one of these risk codes, `mlc:*` for all of a list; empty for all.
        public var risk: [String] = []
        public var minimumSeverity: Guideline.Severity?
        /// Guidelines that are searched; nil for all.
        public var filter: GuidelineFilter?
        /// What guidelines are ranked by.
        public var method = RetrievalMethod.hybrid

        public init() {}
    }

    /// The similarity that counts where nothing else is known.
    public static let standardThreshold: Float = 0.5

    /// - Throws: ``GuardrailsError/invalidCheck(id:problem:)`` for numbers that make no sense.
    public init(
        _ library: GuidelineLibrary?, _ options: Options = Options(), id: String = "semantic"
    ) throws(GuardrailsError) {
        guard (1...1_000).contains(options.limit) else {
            throw .invalidCheck(id: id, problem: "the limit is \(options.limit), must be 1 to 1000")
        }
        if let threshold = options.threshold, !(-1...1).contains(threshold) {
            throw .invalidCheck(id: id, problem: "the threshold is \(threshold), must be -1 to 1")
        }
        guard options.method != .lexical else {
            throw .invalidCheck(id: id, problem: "words alone have no similarity to compare with a threshold")
        }
        (self.library, self.options, self.id) = (library, options, id)
        version = Self.definition(id, options).version
        searchLimit = options.risk.isEmpty && options.minimumSeverity == nil ? options.limit : 4 * options.limit
    }

    public var kind: String { "semantic" }
    public var scope: CheckScope { .sentence }
    public var definition: CheckDefinition { Self.definition(id, options) }

    private static func definition(_ id: String, _ options: Options) -> CheckDefinition {
        let standard = Options()
        var members = DefinitionMembers()
        if options.limit != standard.limit { members.add("limit", options.limit) }
        members.add("threshold", options.threshold.map { Double("\($0)") ?? Double($0) })
        members.add("risk", options.risk)
        members.add("minimum_severity", options.minimumSeverity?.rawValue)
        members.add("filter", options.filter?.description)
        if options.method != standard.method { members.add("method", options.method.rawValue) }
        return CheckDefinition(check: "semantic", id: id, members: members.members)
    }

    /// Encodes the counterexamples of the library ahead, so that the first texts need not wait for it.
    ///
    /// - Complexity: O(guidelines) and an encoding for each counterexample.
    public func prepare() throws {
        guard let library else { throw GuardrailsError.missingPart(id: id, part: "library") }
        try counterexamples.prepare(library)
    }

    // MARK: Running

    /// How the search goes, but for its limit: what semantic checks share a search by.
    func retrievalOptions(limit: Int, isCalibrated: Bool) -> RetrievalOptions {
        var retrieval = RetrievalOptions(limit: limit, method: options.method)
        retrieval.filter = options.filter
        retrieval.minimumScore = options.threshold ?? (isCalibrated ? nil : Self.standardThreshold)
        return retrieval
    }

    public func run(on input: CheckInput) throws -> CheckOutcome {
        guard let library else { throw GuardrailsError.missingPart(id: id, part: "library") }
        let isCalibrated = try options.threshold == nil && library.calibration != nil
        let found = try input.searches.retrieval(
            of: input.text, from: library,
            options: retrievalOptions(limit: searchLimit, isCalibrated: isCalibrated))
        var outcome = CheckOutcome()
        outcome.libraryVersion = found.libraryVersion
        outcome.scoring = found.scoring
        outcome.encoder = library.encoder.identity.logName
        outcome.dropped = found.dropped.prefix(options.limit).map { dropped in
            DecisionRecord.Drop(
                id: dropped.id, version: dropped.version, reason: dropped.reason.rawValue,
                score: (dropped.evidence ?? dropped.similarity ?? dropped.score).exact,
                threshold: dropped.threshold?.exact)
        }
        var severity: Guideline.Severity?
        for match in found.matches where covers(match.guideline) {
            guard outcome.matched.count < options.limit else { break }
            // Without a vector there is nothing that a threshold can be compared with.
            guard let similarity = match.similarity else { continue }
            let evidence = match.evidence ?? similarity
            func drop(_ reason: String, _ threshold: Float?) {
                outcome.dropped.append(
                    DecisionRecord.Drop(
                        id: match.id, version: match.guideline.version, reason: reason, score: evidence.exact,
                        threshold: threshold?.exact))
            }
            // Beyond the calibration's scope a guideline has no threshold.
            guard match.threshold != nil || similarity >= Self.standardThreshold || match.entailedBy != nil else {
                drop(DroppedGuideline.Reason.belowThreshold.rawValue, Self.standardThreshold)
                continue
            }
            if match.entailedBy == nil, !match.guideline.counterexamples.isEmpty {
                let vector = try input.searches.vector(of: input.text, for: library)
                let nearest = try counterexamples.nearest(of: match.guideline.counterexamples, to: vector, library)
                if nearest > match.via.score {
                    drop(Self.counterexampleReason, nearest)
                    continue
                }
            }
            outcome.matched.append(
                DecisionRecord.Match(
                    id: match.id, version: match.guideline.version, score: evidence.exact,
                    threshold: match.threshold?.exact, rank: outcome.matched.count + 1, via: match.via.label))
            for code in match.guideline.risk where !outcome.risk.contains(code) { outcome.risk.append(code) }
            severity = max(severity, match.guideline.severity)
        }
        outcome.severity = severity
        outcome.isHit = !outcome.matched.isEmpty
        (outcome.score, outcome.threshold) =
            outcome.matched.first.map { ($0.score, $0.threshold) }
            ?? outcome.dropped.first.map { ($0.score, $0.threshold) } ?? (nil, nil)
        return outcome
    }

    /// Why a rule does not count whose counterexample is nearer than it is.
    static let counterexampleReason = "counterexample"

    /// What a guideline's evidence is held against, and whether a calibration has learned it.
    func line(for guideline: Guideline, _ calibration: Calibration?) -> (threshold: Float, isLearned: Bool) {
        if let own = guideline.threshold { return (Float(own), false) }
        if let threshold = options.threshold { return (threshold, false) }
        guard let calibration, calibration.scope?.matches(guideline) ?? true else {
            return (Self.standardThreshold, false)
        }
        return (calibration.threshold(for: guideline.id), true)
    }

    /// Whether a guideline is one of those that the check is about.
    func covers(_ guideline: Guideline) -> Bool {
        if let least = options.minimumSeverity, guideline.severity.order < least.order { return false }
        guard !options.risk.isEmpty else { return true }
        return guideline.risk.contains { code in
            options.risk.contains { wanted in
                wanted.hasSuffix("*") ? code.hasPrefix(wanted.dropLast()) : code == wanted
            }
        }
    }

    private func max(_ one: Guideline.Severity?, _ other: Guideline.Severity) -> Guideline.Severity {
        guard let one else { return other }
        return one.order < other.order ? other : one
    }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

extension Guideline.Severity {
    /// 0 for the lowest.
    var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension EncoderIdentity {
    /// What a decision log calls it: `id@sha256`.
    var logName: String { "\(name)@\(sha256)" }
}

extension Float {
    /// The number with the digits that it is written with, so that a log shows .61 and not .6100000143.
    var exact: Double { Double("\(self)") ?? Double(self) }
}
