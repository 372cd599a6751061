import GuidelineStore

/// A check, and what its rails make of what it finds.
public struct GuardedCheck: Sendable {
    public var check: any Check
    public var action: CheckAction
    /// Actions by the severity of what was found, which go before ``action``.
    public var severityActions: [Guideline.Severity: CheckAction] = [:]
    /// Whether what it says is noted only, and not counted.
    public var isShadow = false
    /// What is made of it where it comes to no end.
    public var failurePolicy = DecisionRecord.FailurePolicy.closed
    /// Where it is run.
    public var rails = Set(DecisionRecord.Rail.allCases)

    /// A check with its ``Check/standardAction``.
    public init(_ check: any Check) {
        self.check = check
        action = check.standardAction
    }

    /// With what is to happen where something is found.
    public func onMatch(_ action: CheckAction) -> GuardedCheck { with { $0.action = action } }

    /// With what is to happen where what is found has a severity.
    public func onSeverity(_ actions: [Guideline.Severity: CheckAction]) -> GuardedCheck {
        with { $0.severityActions.merge(actions) { $1 } }
    }

    /// Noted only, or not.
    public func shadow(_ isShadow: Bool = true) -> GuardedCheck { with { $0.isShadow = isShadow } }

    /// With what is made of it where it comes to no end: `open` lets the text through, `closed` does not.
    public func onFailure(_ policy: DecisionRecord.FailurePolicy) -> GuardedCheck { with { $0.failurePolicy = policy } }

    /// Run there alone.
    public func only(on rails: DecisionRecord.Rail...) -> GuardedCheck { with { $0.rails = Set(rails) } }

    private func with(_ change: (inout GuardedCheck) -> Void) -> GuardedCheck {
        var copy = self
        change(&copy)
        return copy
    }

    /// What happens for what was found.
    func action(for outcome: CheckOutcome) -> CheckAction {
        outcome.severity.flatMap { severityActions[$0] } ?? action
    }
}

extension Check {
    /// With what is to happen where something is found.
    public func onMatch(_ action: CheckAction) -> GuardedCheck { GuardedCheck(self).onMatch(action) }
    /// With what is to happen where what is found has a severity.
    public func onSeverity(_ actions: [Guideline.Severity: CheckAction]) -> GuardedCheck {
        GuardedCheck(self).onSeverity(actions)
    }
    /// Noted only.
    public func shadow() -> GuardedCheck { GuardedCheck(self).shadow() }
    /// With what is made of it where it comes to no end.
    public func onFailure(_ policy: DecisionRecord.FailurePolicy) -> GuardedCheck {
        GuardedCheck(self).onFailure(policy)
    }
    /// Run there alone.
    public func only(on rails: DecisionRecord.Rail...) -> GuardedCheck {
        var guarded = GuardedCheck(self)
        guarded.rails = Set(rails)
        return guarded
    }
}

/// Writes rails as a list of checks.
@resultBuilder
public enum RailsBuilder {
    public static func buildExpression(_ check: any Check) -> [GuardedCheck] { [GuardedCheck(check)] }
    public static func buildExpression(_ check: GuardedCheck) -> [GuardedCheck] { [check] }
    public static func buildBlock(_ parts: [GuardedCheck]...) -> [GuardedCheck] { Array(parts.joined()) }
    public static func buildOptional(_ part: [GuardedCheck]?) -> [GuardedCheck] { part ?? [] }
    public static func buildEither(first part: [GuardedCheck]) -> [GuardedCheck] { part }
    public static func buildEither(second part: [GuardedCheck]) -> [GuardedCheck] { part }
    public static func buildArray(_ parts: [[GuardedCheck]]) -> [GuardedCheck] { Array(parts.joined()) }
}
