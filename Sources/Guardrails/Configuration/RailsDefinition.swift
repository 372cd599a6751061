import Fingerpost
import GuidelineStore

/// Rails as a file says them: what is looked for and what is made of it, without the library and the judge that are asked.
///
/// Two are equal where they say the same, in whatever words.
public struct RailsDefinition: Sendable, Hashable {
    public var checks: [Entry]

    public struct Entry: Sendable, Hashable {
        public var check: CheckDefinition
        public var action: CheckAction
        public var severityActions: [Guideline.Severity: CheckAction]
        public var isShadow: Bool
        public var failurePolicy: DecisionRecord.FailurePolicy
        public var rails: Set<DecisionRecord.Rail>
    }
}

extension Rails {
    /// - Throws: ``GuardrailsError/notDefinable(id:)`` where a check is a program's own.
    public var definition: RailsDefinition {
        get throws(GuardrailsError) {
            var entries: [RailsDefinition.Entry] = []
            for guarded in checks {
                guard let check = guarded.check as? any DefinableCheck else {
                    throw .notDefinable(id: guarded.check.id)
                }
                entries.append(
                    RailsDefinition.Entry(
                        check: check.definition, action: guarded.action, severityActions: guarded.severityActions,
                        isShadow: guarded.isShadow, failurePolicy: guarded.failurePolicy, rails: guarded.rails))
            }
            return RailsDefinition(checks: entries)
        }
    }
}
