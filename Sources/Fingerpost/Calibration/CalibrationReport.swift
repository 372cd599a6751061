import GuidelineStore

/// How thresholds are to be learned.
public struct CalibrationOptions: Sendable, Hashable {
    /// The share of inputs to which nothing applies that may get a guideline all the same.
    public var falseAlarmRate = 0.02
    /// How sure it is to be that there are not more, for inputs like those given.
    public var confidence = 0.95
    /// The guidelines that it is about; nil for all that are active.
    public var scope: GuidelineFilter?
    /// Whether guidelines get thresholds of their own; nil decides by what finds more.
    public var setsGuidelineThresholds: Bool?
    /// Whether inputs are compared with the given ones too; nil decides by what finds more.
    public var usesPrecedents: Bool?
    /// How many guidelines a search returns, for the figures on those.
    public var limit = 6
    /// Leaves positives that the library does not have out, instead of failing.
    public var allowsMissingPositives = false
    /// How many threads may work; nil for all there are. The result does not depend on it.
    public var threads: Int?

    public init() {}
}

/// What was learned from inputs with known answers, and how well it holds. Every input is judged by what was learned from
/// four fifths of the inputs that it is not among.
public struct CalibrationReport: Sendable {
    public var calibration: Calibration
    /// Guidelines that it is about.
    public var guidelineCount: Int
    /// Inputs that say nothing about those: what applies to them is outside, or not in the library.
    public var leftOutCount = 0
    /// Ids of positives that the library does not have, which were left out.
    public var missingPositives: [String] = []
    /// Every way that was tried, and what it finds at the rate of false alarms that was asked for.
    public var alternatives: [Alternative] = []
    /// What is found at other rates of false alarms, from low to high.
    public var curve: [Point] = []
    /// Guidelines that are returned where something applies, and those of them that do.
    public var precision = ObservedRate(count: 0, total: 0)
    /// Guidelines, or risks where those were given, that apply, and those of them that are returned.
    public var recall = ObservedRate(count: 0, total: 0)
    /// Detections by risk code of what applies.
    public var risks: [String: ObservedRate] = [:]
    /// Inputs to which nothing applies and that get a guideline, the clearest first.
    public var falseAlarms: [Case] = []
    /// Inputs to which something applies and that get nothing, the furthest from it first.
    public var misses: [Case] = []

    public struct Alternative: Sendable, Hashable {
        public var setsGuidelineThresholds: Bool
        public var weight: Float
        public var threshold: Float
        public var detections: ObservedRate
        public var isChosen: Bool
    }

    /// One choice of threshold.
    public struct Point: Sendable, Hashable {
        public var threshold: Float
        public var falseAlarms: ObservedRate
        public var detections: ObservedRate
        /// What similarity alone, with one threshold for all, would find with no more false alarms.
        public var plainDetections: ObservedRate
    }

    /// An input that is judged wrongly.
    public struct Case: Sendable, Hashable {
        public var id: String?
        public var text: String
        public var location: InputLocation?
        /// The guideline with the most evidence for its threshold, and both.
        public var guideline: String
        public var similarity: Float
        public var evidence: Float
        public var threshold: Float
    }
}
