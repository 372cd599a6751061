import Fingerpost
import GuidelineStore

/// What can go wrong in checking texts and in learning from what was checked, beyond what its parts report: errors of the
/// library, the store and the encoder come through as ``FingerpostError``, ``GuidelineStoreError`` and ``EncoderError``.
public enum GuardrailsError: Error, Sendable, Hashable {
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
    /// There is too little in the log, or in the file, to learn from.
    case nothingToLearn(problem: String)
    /// The log has no decision with this id, or several whose ids begin so.
    case unknownDecision(library: String, id: String, isAmbiguous: Bool)
    /// A check looks for nothing, or for something that cannot be.
    case invalidCheck(id: String, problem: String)
    /// A file of rails is wrong in a place.
    case invalidRails(InputLocation, problem: String)
    /// Two checks of the same rails have one name.
    case duplicateCheck(id: String)
    /// A check asks a library, or a judge, that its rails were not given.
    case missingPart(id: String, part: String)
    /// A check of a program's own cannot be written to a file.
    case notDefinable(id: String)
    /// A file of proposed changes is wrong in a place.
    case invalidPlan(InputLocation, problem: String)
    /// A plan was made for another library.
    case foreignPlan(plan: String, library: String)
    /// Rules have changed, or gone, since a plan was made.
    case outdatedPlan(library: String, rules: [String])
    /// A check has not come to an end in time.
    case deadlineMissed
    /// A judge has answered with something else than was asked for.
    case unclearAnswer
    /// A stream goes no further: what comes next is denied, or somebody has to be asked.
    case streamStopped(verdict: Verdict, checks: [String])
}

extension GuardrailsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidOption(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        case .nothingToLearn(let problem): problem
        case .unknownDecision(let library, let id, let isAmbiguous):
            "\(library): "
                + (isAmbiguous
                    ? "several decisions have ids that begin" : "no decision has the id, or one that begins,")
                + " \"\(id)\". fingerpost log show lists them."
        case .invalidCheck(let id, let problem): "The check \(id) is wrong: \(problem)."
        case .invalidRails(let location, let problem): "\(location): \(problem)."
        case .duplicateCheck(let id): "Two checks are called \(id); give one of them another id."
        case .missingPart(let id, let part): "The check \(id) asks a \(part), and there is none; give the rails one."
        case .notDefinable(let id):
            "The check \(id) is a program's own and cannot be written to a file; leave it out, or keep these rails in code."
        case .invalidPlan(let location, let problem): "\(location): the plan's line is wrong: \(problem)."
        case .foreignPlan(let plan, let library):
            "\(library): the plan was made for the library \(plan), which is another one."
        case .outdatedPlan(let library, let rules):
            "\(library): \(rules.prefix(5).joined(separator: ", "))\(rules.count > 5 ? " and \(rules.count - 5) more" : "") "
                + "changed or went since the plan was made. Nothing was changed; make the plan again."
        case .deadlineMissed: "The check came to no end in time."
        case .unclearAnswer:
            "The judge's answer is neither {\"violates\":true} nor {\"violates\":false}; it counts as none."
        case .streamStopped(let verdict, let checks):
            "The stream was stopped: \(verdict.rawValue), by \(checks.joined(separator: ", "))."
        }
    }

    /// A short name for scripts, the same in all versions.
    public var code: String {
        switch self {
        case .invalidOption: "invalid_option"
        case .nothingToLearn: "nothing_to_learn"
        case .unknownDecision: "unknown_decision"
        case .invalidCheck: "invalid_check"
        case .invalidRails: "invalid_rails"
        case .duplicateCheck: "duplicate_check"
        case .missingPart: "missing_part"
        case .notDefinable: "not_definable"
        case .invalidPlan: "invalid_plan"
        case .foreignPlan: "foreign_plan"
        case .outdatedPlan: "outdated_plan"
        case .deadlineMissed: "deadline_missed"
        case .unclearAnswer: "unclear_answer"
        case .streamStopped: "stream_stopped"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool {
        switch self {
        case .invalidOption, .nothingToLearn, .unknownDecision, .invalidCheck, .invalidRails, .duplicateCheck,
            .missingPart, .notDefinable, .invalidPlan, .foreignPlan, .outdatedPlan:
            true
        case .deadlineMissed, .unclearAnswer, .streamStopped: false
        }
    }

    /// The place in the input that is at fault; nil where there is none to name.
    public var location: InputLocation? {
        switch self {
        case .unknownDecision(let library, _, _): InputLocation(file: library)
        case .invalidRails(let location, _), .invalidPlan(let location, _): location
        case .foreignPlan(_, let library), .outdatedPlan(let library, _): InputLocation(file: library)
        default: nil
        }
    }
}
