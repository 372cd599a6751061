/// Which records of an archive.
public struct DecisionFilter: Sendable, Hashable {
    /// From this time on.
    public var since: LogTime?
    /// Before this time.
    public var until: LogTime?
    public var rail: DecisionRecord.Rail?
    /// Ids of checks; nil for all.
    public var checks: Set<String>?
    /// The decision's verdict is this or a stricter one.
    public var minimumVerdict: Verdict?
    public var libraryVersion: Int?
    public var model: String?
    /// A rule that matched.
    public var rule: String?
    /// Whether records in shadow are among them.
    public var includesShadow = true

    public init() {}

    /// Whether a record is meant.
    public func matches(_ record: DecisionRecord) -> Bool {
        if let since, record.time < since { return false }
        if let until, record.time >= until { return false }
        return includes(record)
    }

    /// Whether a record that lies in the time is meant.
    func includes(_ record: DecisionRecord) -> Bool {
        if let rail, record.rail != rail { return false }
        if let checks, !checks.contains(record.check.id) { return false }
        if let minimumVerdict, record.decision.verdict < minimumVerdict { return false }
        if let libraryVersion, record.libraryVersion != libraryVersion { return false }
        if let model, record.model != model { return false }
        if let rule, !record.matched.contains(where: { $0.id == rule }) { return false }
        return includesShadow || !record.isShadow
    }
}
