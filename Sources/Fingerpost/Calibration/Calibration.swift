import GuidelineStore
import Platform

/// Where a library draws the line between guidelines that apply and those that are merely nearest, learned from inputs with
/// known answers.
///
/// A guideline counts if its *evidence* reaches its threshold: its similarity plus `weight` times the margin by which the
/// input looks more like those that needed guidance than like everyday ones. ``GuidelineLibrary/calibrate(_:options:progress:)``
/// makes one, and a search uses the one that its library keeps unless it is told other thresholds.
public struct Calibration: Sendable, Hashable {
    /// The guidelines that it is about, as a filter; nil for all. Others have no threshold by it.
    public var scope: GuidelineFilter?
    /// The evidence from which a guideline counts.
    public var threshold: Float
    /// Thresholds of guidelines that have one of their own, by their ids.
    public var guidelineThresholds: [String: Float]
    /// What a margin of one is worth in similarity; 0 where margins do not help.
    public var weight: Float
    /// The rate of false alarms that was asked for, and the confidence that it is not exceeded.
    public var falseAlarmRate: Double
    public var confidence: Double
    /// False alarms among the inputs to which nothing applies, each judged by what was learned from the others.
    public var falseAlarms: ObservedRate
    /// Inputs to which something applies and that get some guideline, judged in the same way.
    public var detections: ObservedRate
    /// Version of the library that it was made for.
    public var libraryVersion: Int
    /// The ``RetrieverAdapter`` that it was made with, whose similarities it is about; nil for none.
    var adapter: String?
    var precedents: Precedents?

    /// Whether the inputs were too few to promise the rate of false alarms with that confidence.
    public var isUncertain: Bool {
        guard
            let most = BinomialBound.largestCount(
                showing: falseAlarmRate, confidence: confidence, total: falseAlarms.total)
        else { return true }
        return falseAlarms.count > most
    }

    /// What is added to the similarity of every guideline for an input with this vector.
    func shift(for vector: [Float]) throws -> Float {
        guard weight > 0, let precedents else { return 0 }
        return try weight * precedents.margin(of: vector)
    }

    /// Tells ``shift(for:)`` from those of other calibrations; nil where there is none.
    var shiftName: String? {
        guard weight > 0, let numbers = precedents?.numbers else { return nil }
        let checksum = ([weight] + numbers.values).withUnsafeBytes { CRC32C.checksum($0) }
        return AppliedAdapter.id(checksum)
    }

    /// The evidence from which a guideline counts.
    public func threshold(for id: String) -> Float { guidelineThresholds[id] ?? threshold }
}

/// A calibration as a search has used it.
public struct AppliedCalibration: Sendable, Hashable {
    /// What was added to every guideline's similarity to make its evidence.
    public var shift: Float
    /// The evidence from which guidelines without a threshold of their own counted.
    public var threshold: Float
}
