import GuidelineStore

/// How to look for guidelines.
public struct RetrievalOptions: Sendable, Hashable {
    /// How many guidelines at most.
    public var limit = 6
    /// How many of the best guidelines are looked at before thresholds, relations and diversity leave some of them out, at
    /// least ``limit``; nil for three times as many as that.
    public var candidates: Int?
    /// What guidelines are ranked by.
    public var method = RetrievalMethod.hybrid
    /// Guidelines whose ``GuidelineMatch/similarity`` is lower do not count as matches; nil counts all. Zero matches is an
    /// answer. Where words alone are compared, it is the score that counts.
    public var minimumScore: Float?
    /// As ``minimumScore``, for guidelines with a risk code; of several codes the lowest counts.
    public var riskThresholds: [String: Float] = [:]
    /// Which guidelines are looked at; nil for all.
    public var filter: GuidelineFilter?
    /// Whether a guideline's own threshold, where it has one, comes before these.
    public var usesThresholds = true
    /// Whether guidelines for which none of these gives a threshold have that of the library's ``Calibration``, if it has
    /// one. A ``minimumScore`` is a threshold for all; and where words alone are compared, there is nothing to compare
    /// with it.
    public var usesCalibration = true
    /// How guidelines that say nearly the same are kept from filling the answer; nil leaves them.
    public var diversity: Diversity?
    /// Whether relations between guidelines decide which of them are returned together; see ``Guideline/Relation``.
    public var honorsRelations = true
    /// Guidelines of at least this authority are returned for every input, in ``Retrieval/always``; nil for none.
    public var always: Guideline.Authority?
    /// Length of the graph search's beam; nil takes the index's own.
    public var efSearch: Int?
    /// Scores every passage, so that the answer is the true one. The default lets the index choose.
    public var isExact = false
    /// Adds to each match the scores of all its passages.
    public var explains = false

    public init(
        limit: Int = 6, method: RetrievalMethod = .hybrid, minimumScore: Float? = nil, efSearch: Int? = nil,
        isExact: Bool = false, explains: Bool = false
    ) {
        self.limit = limit
        self.method = method
        self.minimumScore = minimumScore
        self.efSearch = efSearch
        self.isExact = isExact
        self.explains = explains
    }
}

/// What guidelines are ranked by.
public enum RetrievalMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// Meaning and words together: finds names and terms that the encoder does not know, too.
    case hybrid
    /// The meaning alone: similarity of vectors.
    case dense
    /// The words alone: BM25.
    case lexical
}

/// What was found for an input, how, and what was found and not returned.
public struct Retrieval: Sendable {
    /// The input; nil for a search by vector.
    public var query: String?
    public var mode: RetrievalMode
    /// The version of the library that was searched, which whoever acts on the answer may note.
    public var libraryVersion = 0
    /// What evidence was made with beside the encoder: a name of the ``RetrieverAdapter`` and of the calibration's shift;
    /// nil where there is neither. Where two answers have the same, their evidence can be compared.
    public var scoring: String?
    /// Whether the library's ``RetrieverAdapter`` had its say.
    public var isFitted = false
    /// Best first; equal scores in the order in which the guidelines were added. A guideline that another one entails
    /// stands after that one.
    public var matches: [GuidelineMatch]
    /// Guidelines that apply to every input, by ``RetrievalOptions/always``: those of the highest authority first, then by
    /// priority, then in the order in which they were added. None of them is among the matches.
    public var always: [Guideline] = []
    /// The calibration that was used; nil where none was.
    public var calibration: AppliedCalibration?
    /// Guidelines that ranked high enough but do not count.
    public var dropped: [DroppedGuideline]
    public var latency: RetrievalLatency
}

/// How an answer was found.
public enum RetrievalMode: String, Sendable, Hashable, Codable {
    case graph, exact
    /// The graph found too few, so everything was scored.
    case graphThenExact = "graph_then_exact"
    /// Words alone were compared: that was asked for, or the encoder knows no word of the input.
    case words
    /// There is nothing to compare: no word of the input is known.
    case none
}

/// A guideline that was found.
public struct GuidelineMatch: Sendable, Identifiable {
    public var guideline: Guideline
    /// What matches are ordered by: the similarity, and what shared words add to it. Where words alone were compared,
    /// ``wordShare``.
    public var score: Float
    /// How similar the meanings of the input and the guideline are, -1 to 1, from the cosine similarities of what the
    /// guideline says and of its examples; nil where words alone were compared.
    public var similarity: Float?
    /// How much of the input's words, the rare ones above all, the guideline has: 0 for none, 1 and more for the best part
    /// of them; nil where words were not compared.
    public var wordShare: Float?
    /// What was compared with ``threshold``: the similarity, with the calibration's shift where that gave the threshold.
    public var evidence: Float?
    /// The threshold that the guideline has reached; nil where it had none to reach.
    public var threshold: Float?
    /// The passage that is nearest to the input.
    public var via: MatchedPassage
    /// The match that entails this guideline, which was not looked for itself; its score is then that match's.
    public var entailedBy: String?
    /// All passages of the guideline with their scores, best first, if the options ask for an explanation.
    public var parts: [MatchedPassage] = []

    public var id: String { guideline.id }
}

/// A part of a guideline and how similar it is to the input.
public struct MatchedPassage: Sendable, Hashable {
    public var field: PassageField
    /// Which example, from 0.
    public var ordinal: Int
    public var text: String
    /// Cosine similarity, -1 to 1; 0 where words alone were compared.
    public var score: Float

    /// "text" or "example:2", counted from 1.
    public var label: String { field == .example ? "example:\(ordinal + 1)" : field.rawValue }
}

/// A guideline that was found and is not among the matches.
public struct DroppedGuideline: Sendable, Hashable, Identifiable {
    public enum Reason: String, Sendable, Hashable, Codable {
        case belowThreshold = "below_threshold"
        /// It is a draft, in shadow or retired.
        case status
        /// A match says nearly the same; see ``Diversity``.
        case nearDuplicate = "near_duplicate"
        /// The filter does not let it through. Told where an explanation is asked for.
        case filtered
        /// A match that has priority over it applies.
        case deprioritized
        /// It and a match exclude each other, and the match has the higher authority, priority or rank.
        case excluded
        /// It depends on guidelines that do not apply.
        case unmetDependency = "unmet_dependency"
    }

    public var id: String
    /// The guideline's version.
    public var version: Int
    public var score: Float
    /// See ``GuidelineMatch/similarity``.
    public var similarity: Float?
    /// See ``GuidelineMatch/evidence``.
    public var evidence: Float?
    /// The threshold that it was compared with; nil where it had none.
    public var threshold: Float?
    public var reason: Reason

    init(_ match: GuidelineMatch, reason: Reason) {
        (id, version) = (match.id, match.guideline.version)
        (score, similarity) = (match.score, match.similarity)
        (evidence, threshold) = (match.evidence, match.threshold)
        self.reason = reason
    }
}

/// Where the time of a retrieval went.
public struct RetrievalLatency: Sendable, Hashable {
    /// Text to vector; its share of the batch for a batch.
    public var encode: Duration = .zero
    /// Vector to passages: the retrieval core.
    public var search: Duration = .zero
    /// Text to the words that guidelines share with it.
    public var words: Duration = .zero
    /// Candidates in full: all passages of each, and their order.
    public var rank: Duration = .zero
    /// Passages to guidelines with their texts.
    public var fetch: Duration = .zero
    public var total: Duration = .zero
}
