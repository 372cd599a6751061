import GuidelineStore

/// Why a decision of a review cannot be carried out. Nothing has changed then.
public enum ReviewProblem: Sendable, Hashable {
    /// The decision does not say what it must, or says what it must not.
    case invalid(id: String?, problem: String)
    case unknownGuideline(id: String)
    /// The guideline has another status than those that are reviewed.
    case notInReview(id: String, status: Guideline.Status)
    /// There is a decision about the guideline before, in the same file.
    case decidedTwice(id: String)
    /// The guideline to merge into is missing, retired or the guideline itself.
    case invalidTarget(id: String, target: String, problem: String)
    /// Somebody else has changed the guideline since it was shown, or since it was decided.
    case changedMeanwhile(id: String)
    /// So many decisions of a file cannot be carried out, so that none was.
    case notApplied(count: Int)
}

extension ReviewProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let id, let problem):
            "the decision\(id.map { " about \"\($0)\"" } ?? "") \(problem)."
        case .unknownGuideline(let id):
            "the library has no guideline \"\(id)\". Check the id."
        case .notInReview(let id, let status):
            "the guideline \"\(id)\" is \(status.rawValue) and not in this review. Leave it out, or name its status with "
                + "--status."
        case .decidedTwice(let id):
            "there is a decision about \"\(id)\" before. Leave one of them."
        case .invalidTarget(let id, let target, let problem):
            "\"\(id)\" cannot be merged into \"\(target)\": \(problem)."
        case .changedMeanwhile(let id):
            "the guideline \"\(id)\" has been changed meanwhile. Look at it again."
        case .notApplied(let count):
            "nothing was changed, because \(count) decision\(count == 1 ? "" : "s") cannot be carried out. Correct or "
                + "remove the lines, and run again."
        }
    }

    /// A stable name of the case, for programs.
    public var code: String {
        switch self {
        case .invalid: "invalid_decision"
        case .unknownGuideline: "unknown_id"
        case .notInReview: "not_in_review"
        case .decidedTwice: "decided_twice"
        case .invalidTarget: "invalid_target"
        case .changedMeanwhile: "changed_meanwhile"
        case .notApplied: "decisions_not_applied"
        }
    }
}
