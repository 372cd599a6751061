import GuidelineStore

/// An input that somebody gave an assistant, as gaps are looked for among many.
public struct GapInput: Sendable, Hashable {
    /// What the caller calls it; examples of a gap carry it.
    public var id: String?
    public var text: String
    /// How often it came.
    public var count: Int
    /// How bad it would be to treat it wrongly, where that is known; else the nearest guidelines say.
    public var severity: Guideline.Severity?
    public var time: LogTime?
    /// The decision of the log that it was checked in.
    public var decision: String?
    /// Whether some guideline was found to apply when it was checked; nil where nobody has looked.
    public var wasMatched: Bool?

    public init(
        id: String? = nil, text: String, count: Int = 1, severity: Guideline.Severity? = nil, time: LogTime? = nil,
        decision: String? = nil, wasMatched: Bool? = nil
    ) {
        (self.id, self.text, self.count, self.severity) = (id, text, count, severity)
        (self.time, self.decision, self.wasMatched) = (time, decision, wasMatched)
    }
}
