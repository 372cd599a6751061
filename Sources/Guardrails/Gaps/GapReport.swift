import Fingerpost
import GuidelineStore

/// Clusters of inputs that no guideline covers, the one that matters most first.
public struct GapReport: Sendable, Hashable {
    /// A cluster of inputs that the library has little for.
    public struct Gap: Sendable, Hashable, Identifiable {
        /// Made of what is in it: the same inputs give the same.
        public var id: String
        /// The words that set its inputs apart from the others, without plural endings; or how its most central input
        /// begins.
        public var name: String
        public var words: [String]
        /// Inputs, each as often as it came.
        public var volume: Int
        /// Different ones.
        public var distinctCount: Int
        /// Of all inputs that were looked at.
        public var share: Double
        /// The mean of what its inputs are worth: 1 for low, 2 for medium, 3 for high, 4 for critical.
        public var severityWeight: Double
        /// How badly it is covered, 0 to 1.
        public var lack: Double
        /// Where ``lack`` lies in 95 of 100 samples of as many inputs.
        public var lackInterval: ClosedRange<Double>
        /// How likely its inputs need guidance at all; nil where nothing is known of everyday inputs.
        public var need: Double?
        /// Inputs that reach no threshold; nil where no guideline has one.
        public var unmatchedCount: Int?
        /// Its most central inputs that differ from each other.
        public var examples: [Example]
        /// All of its inputs, if the options ask for them, in an order that means nothing.
        public var members: [Example] = []
        /// The guidelines that are nearest to most of its inputs.
        public var nearest: [NearGuideline]
        public var times: Times?
        /// Where it lies among the other gaps; see ``GapReport/mapShare``.
        public var position = Position(x: 0, y: 0)
        /// The gap that is most like it; nil where it is the only one.
        public var closest: CloseGap?

        /// What gaps are ranked by: ``volume`` x ``severityWeight`` x ``lack`` x ``need``.
        public var score: Double { Double(volume) * severityWeight * lack * (need ?? 1) }

        /// ``severityWeight`` as the nearest severity.
        public var severity: Guideline.Severity { Guideline.Severity(gapWeight: severityWeight) }
    }

    /// A place in the plane in which gaps lie as far apart as a plane allows: distances in it are at most those between the
    /// middles of the gaps, which are directions, and so at most 2.
    public struct Position: Sendable, Hashable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// A gap near another one.
    public struct CloseGap: Sendable, Hashable, Identifiable {
        public var id: String
        /// The cosine of the angle between their middles, -1 to 1.
        public var similarity: Double
    }

    /// An input of a gap.
    public struct Example: Sendable, Hashable {
        public var id: String?
        /// Word for word.
        public var text: String
        /// How often it came, in whatever capitals and punctuation.
        public var count: Int
        /// `sha256:` and 64 digits, as ``DecisionRecord/inputHash``.
        public var hash: String
        /// How near it is to the middle of the cluster, -1 to 1.
        public var centrality: Double
    }

    /// A guideline near a gap.
    public struct NearGuideline: Sendable, Hashable, Identifiable {
        /// Why it does not cover the gap.
        public enum Reason: String, Sendable, Hashable {
            /// Its threshold is more than most inputs have.
            case belowThreshold = "below_threshold"
            /// It has no threshold, and is further from them than three of four covered inputs are from their guideline.
            case far
            /// It is near enough to be taken for theirs, and may be a neighbour that answers in another's place.
            case neighbour
        }

        public var id: String
        public var title: String?
        /// Inputs that it is the nearest to.
        public var volume: Int
        /// The mean similarity of those.
        public var similarity: Double
        /// The evidence from which it counts; nil where it has no threshold.
        public var threshold: Double?
        /// Of ``volume``, those for which it reaches its threshold.
        public var matchedCount: Int
        public var reason: Reason
    }

    /// When the inputs of a gap came.
    public struct Times: Sendable, Hashable {
        public enum Trend: String, Sendable, Hashable { case growing, steady, fading }

        public var first: LogTime
        public var last: LogTime
        /// Whether its inputs came later, or earlier, than the others by more than chance explains: the mean of their times
        /// is more than two standard errors away from that of all.
        public var trend: Trend
    }

    /// How well inputs must be covered is told by what the library's own examples reach where each is left out; without
    /// any, by what the other inputs reach.
    public enum Reference: String, Sendable, Hashable { case examples, inputs }

    /// Largest ``Gap/score`` first, equal ones by their ids.
    public var gaps: [Gap]
    /// Inputs that were looked at, each as often as it came.
    public var inputCount: Int
    /// Different ones, but for capitals, punctuation and white space.
    public var distinctCount: Int
    /// Inputs that are not counted in ``inputCount``: some guideline reaches its threshold for them, and only others were
    /// asked for.
    public var matchedCount: Int
    /// Inputs without any word that the encoder knows, which are in no cluster, nor in ``inputCount``.
    public var unreadableCount: Int
    public var clusterCount: Int
    public var reference: Reference
    /// The version of the library that was looked at.
    public var libraryVersion: Int
    public var guidelineCount: Int
    /// The part of the squared distances between the gaps that their positions keep, 0 to 1.
    public var mapShare = 1.0
}

extension Guideline.Severity {
    /// What an input of this severity counts in a gap's score.
    public var gapWeight: Double {
        switch self {
        case .low: 1
        case .medium: 2
        case .high: 3
        case .critical: 4
        }
    }

    init(gapWeight: Double) {
        switch gapWeight {
        case ..<1.5: self = .low
        case ..<2.5: self = .medium
        case ..<3.5: self = .high
        default: self = .critical
        }
    }
}
