import GuidelineStore

/// What can go wrong between a program and the model that it asks.
///
/// No case holds a key, a header or the text of a request.
public enum GuideAlignError: Error, Sendable, Hashable {
    /// The address of the endpoint cannot be used.
    case invalidEndpoint(url: String, problem: String)
    /// The key cannot be read from where the user said it is.
    case missingKey(source: String, problem: String)
    /// A parameter of a request is out of its range.
    case invalidRequest(field: String, problem: String)
    /// The server answered with a status that is no success, and asking again would not help or did not.
    /// `reason` is what the server said about it, at most a few words of it.
    case refused(host: String, status: Int, attempts: Int, reason: String?)
    /// The server sent the client to another address.
    case redirected(host: String, status: Int)
    /// No answer came: the connection failed or the time was over.
    case unreachable(host: String, problem: String, attempts: Int)
    /// The answer is longer than allowed.
    case answerTooLarge(host: String, limit: Int)
    /// The answer is not a chat completion.
    case malformedAnswer(host: String, problem: String)
    /// What the run may spend is spent.
    case budgetExhausted(budget: String, limit: Int)
    /// The run ended before it came to this request.
    case notAsked
    /// The model's answer holds no verdict in the form asked for.
    case noVerdict(problem: String)
    /// Another process writes to the journal.
    case journalInUse(path: String)
    /// The journal cannot be read or written.
    case journalFile(path: String, problem: String)
    /// A whole line of the journal is not an answer.
    case journalDamaged(location: InputLocation, problem: String)
    /// A folder that is to be written holds files.
    case folderNotEmpty(path: String)
    /// A folder that is to be replaced holds something else than training data.
    case notTrainingData(path: String)
    /// A folder cannot be written.
    case folder(path: String, problem: String)
    /// A file of prompts, or of seeds, cannot be used.
    case invalidPrompts(location: InputLocation, problem: String)
    /// No answer could be used.
    case nothingGenerated(problem: String)
    /// The run ended before all was asked.
    case incomplete(left: String, reason: String)
    /// Too few inputs to fit a retriever on whose guidelines the library has.
    case tooFewPairs(found: Int, needed: Int)
    /// So many pairs name guidelines that the library does not have that they are another library's.
    case unknownGuidelines(pairs: Int, of: Int, ids: [String])
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
    /// A decision of a review cannot be carried out.
    case review(ReviewProblem, InputLocation?)
}

extension GuideAlignError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidEndpoint(let url, let problem):
            "the endpoint \"\(url)\" cannot be used: \(problem)."
        case .missingKey(let source, let problem):
            "no key for the endpoint: \(source) \(problem)."
        case .invalidRequest(let field, let problem):
            "the request's \(field) \(problem)."
        case .refused(let host, let status, let attempts, let reason):
            "\(host) answered with status \(status) after \(attempts) attempt\(attempts == 1 ? "" : "s")"
                + (reason.map { ": \"\($0)\". " } ?? ". ") + Self.advice(status)
        case .redirected(let host, let status):
            "\(host) redirects to another address (status \(status)); it was not followed. Name the final address."
        case .unreachable(let host, let problem, let attempts):
            "\(host): no answer after \(attempts) attempt\(attempts == 1 ? "" : "s"): \(problem)."
        case .answerTooLarge(let host, let limit):
            "\(host): the answer is longer than \(limit) bytes. Raise the limit if it is meant."
        case .malformedAnswer(let host, let problem):
            "\(host): not a chat completion: \(problem)."
        case .budgetExhausted(let budget, let limit):
            "the budget of \(limit) \(budget) is spent. Run again with a larger one: answers so far are kept."
        case .notAsked:
            "not asked: the run ended before. Run again to go on."
        case .noVerdict(let problem):
            "the model's answer has no verdict: \(problem)."
        case .journalInUse(let path):
            "\(path): another process writes to this journal. Wait for it, or name another file."
        case .journalFile(let path, let problem):
            "\(path): \(problem)."
        case .journalDamaged(let location, let problem):
            "\(location): not an answer: \(problem). The file was left as it was; mend or move it."
        case .folderNotEmpty(let path):
            "\(path): the folder is not empty. Name another one, or replace the training data in it with --replace."
        case .notTrainingData(let path):
            "\(path): the folder holds no manifest.json, so it is not replaced. Name another one."
        case .folder(let path, let problem):
            "\(path): \(problem)."
        case .invalidPrompts(let location, let problem):
            "\(location): cannot be used: \(problem)."
        case .nothingGenerated(let problem):
            "nothing came of it: \(problem)."
        case .incomplete(let left, let reason):
            "\(left): \(reason) The answers that came are kept: the same command goes on where this one ended."
        case .tooFewPairs(let found, let needed):
            "there are \(found) different inputs with a guideline of the library; fitting and checking the result needs "
                + "\(needed) at least, and pays from about a thousand on."
        case .unknownGuidelines(let pairs, let count, let ids):
            "\(pairs) of \(count) inputs name only guidelines that the library does not have ("
                + ids.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
                + "). Name the library that the pairs are for, correct the ids, or leave them out with --allow-missing."
        case .invalidOption(let name, let value, let allowed):
            "\(name) is \(value), must be \(allowed)."
        case .review(let problem, let location):
            (location.map { "\($0): " } ?? "") + problem.description
        }
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403: "Check the key."
        case 404: "Check the endpoint's path and the model's name."
        case 429: "Ask less often, or wait."
        case 500...: "Try again later."
        default: "Check the request."
        }
    }
}

extension GuideAlignError {
    /// A stable name of the case, for programs.
    public var code: String {
        switch self {
        case .invalidEndpoint: "invalid_endpoint"
        case .missingKey: "missing_key"
        case .invalidRequest: "invalid_request"
        case .refused: "refused"
        case .redirected: "redirected"
        case .unreachable: "unreachable"
        case .answerTooLarge: "answer_too_large"
        case .malformedAnswer: "malformed_answer"
        case .budgetExhausted: "budget_exhausted"
        case .notAsked: "not_asked"
        case .noVerdict: "no_verdict"
        case .journalInUse: "journal_in_use"
        case .journalFile: "journal_file"
        case .journalDamaged: "journal_damaged"
        case .folderNotEmpty: "folder_not_empty"
        case .notTrainingData: "not_training_data"
        case .folder: "folder"
        case .invalidPrompts: "invalid_prompts"
        case .nothingGenerated: "nothing_generated"
        case .incomplete: "incomplete"
        case .tooFewPairs: "too_few_pairs"
        case .unknownGuidelines: "unknown_positive"
        case .invalidOption: "invalid_option"
        case .review(let problem, _): problem.code
        }
    }

    /// Whether the input or its use is at fault, not the work.
    public var isInputError: Bool {
        switch self {
        case .invalidEndpoint, .missingKey, .invalidRequest, .journalDamaged, .folderNotEmpty, .notTrainingData,
            .invalidPrompts, .review, .tooFewPairs, .unknownGuidelines, .invalidOption:
            true
        default: false
        }
    }

    /// Whether the next request would fail in the same way.
    var isHopeless: Bool {
        switch self {
        case .budgetExhausted, .redirected, .invalidEndpoint, .missingKey: true
        case .refused(_, let status, _, _): [401, 402, 403, 404].contains(status)
        default: false
        }
    }

    /// Why a run ended, in a sentence, for ``incomplete(left:reason:)``.
    var reasonOfEnd: String {
        if case .budgetExhausted(let budget, let limit) = self { return "the budget of \(limit) \(budget) is spent." }
        return description
    }

    /// Whether the same request may get an answer later: the fault is not its own.
    var isPassing: Bool {
        switch self {
        case .malformedAnswer, .answerTooLarge, .invalidRequest, .noVerdict: false
        case .refused(_, let status, _, _): isHopeless || [408, 409, 425, 429].contains(status) || status >= 500
        default: true
        }
    }

    /// Where in a file it is, if it is in one.
    public var location: InputLocation? {
        switch self {
        case .journalDamaged(let location, _), .invalidPrompts(let location, _): location
        case .review(_, let location): location
        default: nil
        }
    }
}
