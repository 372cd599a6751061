import GuidelineStore
import TextEncoder
import VectorIndex

/// What can go wrong in a library of guidelines and in measuring one, beyond what its parts report: errors of the store,
/// the encoder and the index come through as ``GuidelineStoreError``, ``EncoderError`` and ``VectorIndexError``.
public enum FingerpostError: Error, Sendable, Hashable {
    /// The encoder that the library was built with is not where it was, nor is it the bundled one.
    case encoderNotFound(library: String, encoder: EncoderRecord, searched: [String])
    /// The encoder given is another one than the library was built with.
    case encoderMismatch(library: String, stored: EncoderRecord, given: EncoderIdentity)
    /// Some passages have no vector yet and the library is open for reading only, so that rules could be missed.
    case incomplete(library: String, pending: Int)
    /// Guidelines that the index has found are not in the database, time and again.
    case indexMismatch(library: String)
    /// A number in the options makes no sense.
    case invalidOption(name: String, value: String, allowed: String)
    /// A bound for a figure of an evaluation cannot be read.
    case invalidGate(String, problem: String)
    /// A template of a prompt does not say how to write a guideline.
    case invalidTemplate(problem: String, InputLocation)
    /// A conversation is not in the format expected.
    case invalidChat(problem: String, InputLocation)
    /// The guidelines that apply to every input need more tokens than a prompt may have.
    case budgetExceeded(needed: Int, budget: Int, counter: String)
    /// A vector to search by has another length than the encoder's.
    case wrongDimension(expected: Int, found: Int)
    /// A query of an evaluation names a guideline that the library does not have.
    case unknownPositive(id: String, query: String?, InputLocation?)
    /// A query of a scorecard names a document that is not in the corpus.
    case unknownDocument(id: String, corpus: String, InputLocation?)
    /// Two files of vectors cannot be compared.
    case dimensionMismatch(base: String, baseDimension: Int, queries: String, queryDimension: Int)
    /// What a library has learned about thresholds cannot be used.
    case invalidCalibration(library: String, problem: String)
    /// What a library has learned about inputs cannot be used.
    case invalidAdapter(library: String, problem: String)
    /// There is nothing to learn thresholds from.
    case nothingToCalibrate(problem: String)
    /// There is nothing to measure in the file.
    case noVectors(file: String)
    /// A vector cannot be indexed or searched by; `row` is counted from 0.
    case unusableVector(file: String, row: Int, problem: String)
    /// A file is no plan of duplicates, or was edited to one that makes no sense.
    case invalidPlan(problem: String, InputLocation?)
    /// A plan of duplicates was made for another library.
    case foreignPlan(plan: String, library: String)
    /// A library cannot be promoted to itself.
    case samePlace(library: String)
    /// A library changed while another one took over its guidelines. Nothing was taken.
    case changedMeanwhile(library: String)
    /// Guidelines have changed since the plan of duplicates was made.
    case outdatedPlan(library: String, ids: [String])
}

extension FingerpostError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .encoderNotFound(let library, let encoder, let searched):
            "the encoder \(encoder) of the library \(library) was not found (looked in \(searched.joined(separator: ", ")));"
                + " name its folder with --encoder, or build the library again with --replace-encoder"
        case .encoderMismatch(let library, let stored, let given):
            "the library \(library) was built with the encoder \(stored), not with \(given); vectors of different encoders"
                + " cannot be compared: use the library's own encoder, or encode it again with --replace-encoder"
        case .incomplete(let library, let pending):
            "\(pending) passages of the library \(library) are not encoded yet, so guidelines would be missed; run build"
                + " again, or open the library for writing"
        case .invalidOption(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        case .invalidGate(let gate, let problem): "the bound \"\(gate)\" \(problem)"
        case .invalidTemplate(let problem, let location):
            "\(location): the template cannot be used: \(problem)."
        case .invalidChat(let problem, let location):
            "\(location): the conversation cannot be used: \(problem). Expected is OpenAI's format, "
                + "{\"messages\":[{\"role\":\"user\",\"content\":\"...\"}]}."
        case .budgetExceeded(let needed, let budget, let counter):
            "the guidelines that apply to every input need \(needed) tokens (\(counter)), more than the budget of \(budget); "
                + "raise it, or ask for a higher authority with --always"
        case .wrongDimension(let expected, let found):
            "the vector has \(found) numbers, the library's encoder makes \(expected)"
        case .unknownPositive(let id, let query, let location):
            "\(location.map { "\($0): " } ?? "")\(query.map { "query \"\($0)\" " } ?? "the query ")names the guideline "
                + "\"\(id)\", which the library does not have. Build it into the library, correct the id, or leave such "
                + "ids out with --allow-missing."
        case .unknownDocument(let id, let corpus, let location):
            "\(location.map { "\($0): " } ?? "")the id \"\(id)\" is not in \(corpus). Correct it, add the document, or leave "
                + "such ids out with --allow-missing."
        case .dimensionMismatch(let base, let baseDimension, let queries, let queryDimension):
            "\(queries): its vectors have \(queryDimension) numbers, those of \(base) have \(baseDimension). Encode both "
                + "with the same encoder."
        case .indexMismatch(let library):
            "guidelines that the index of \(library) has found are not in its database; run verify, or remove index.hnsw, which "
                + "is then built again"
        case .invalidCalibration(let library, let problem):
            "the calibration of \(library) cannot be used: \(problem). Make it again with calibrate, remove it with calibrate "
                + "--remove, or search with --min-score."
        case .invalidAdapter(let library, let problem):
            "the fitted retriever of \(library) cannot be used: \(problem). Fit it again with fit, or remove it with unfit."
        case .nothingToCalibrate(let problem):
            "thresholds cannot be learned: \(problem)"
        case .noVectors(let file):
            "\(file): there is no vector in it."
        case .unusableVector(let file, let row, let problem):
            "\(file): row \(row) (counted from 0) \(problem). Remove or replace it."
        case .invalidPlan(let problem, let location):
            "\(location.map { "\($0): " } ?? "")the plan \(problem). Make it again with dedup --plan, or correct the line."
        case .foreignPlan(let plan, let library):
            "the plan was made for another library (\(plan)) than \(library). Make one for this library with dedup --plan."
        case .samePlace(let library):
            "the candidate and the library are both \(library). Change a copy of a library (fingerpost copy), and promote that."
        case .changedMeanwhile(let library):
            "\(library) changed while it was promoted. Nothing was taken over; promote it again."
        case .outdatedPlan(let library, let ids):
            "\(ids.count) guidelines of \(library) have changed since the plan was made: "
                + ids.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ") + (ids.count > 20 ? ", …" : "")
                + ". Nothing was applied. Make the plan again, or leave their groups out with --force."
        }
    }

    /// A short name for scripts, the same in all versions.
    public var code: String {
        switch self {
        case .encoderNotFound: "encoder_not_found"
        case .encoderMismatch: "encoder_mismatch"
        case .incomplete: "incomplete"
        case .invalidOption: "invalid_option"
        case .invalidGate: "invalid_gate"
        case .invalidTemplate: "invalid_template"
        case .invalidChat: "invalid_chat"
        case .budgetExceeded: "budget_exceeded"
        case .wrongDimension, .dimensionMismatch: "wrong_dimension"
        case .unknownPositive, .unknownDocument: "unknown_positive"
        case .indexMismatch: "index_mismatch"
        case .invalidCalibration: "invalid_calibration"
        case .invalidAdapter: "invalid_adapter"
        case .nothingToCalibrate: "nothing_to_calibrate"
        case .noVectors: "no_records"
        case .unusableVector: "unusable_vector"
        case .invalidPlan: "invalid_plan"
        case .foreignPlan: "foreign_plan"
        case .outdatedPlan: "outdated_plan"
        case .samePlace: "same_library"
        case .changedMeanwhile: "changed_meanwhile"
        }
    }

    /// Whether what was given is at fault (exit status 2) rather than the work (exit status 1).
    public var isInputError: Bool {
        switch self {
        case .incomplete, .indexMismatch, .invalidCalibration, .invalidAdapter, .changedMeanwhile: false
        case .encoderNotFound, .encoderMismatch, .invalidOption, .invalidGate, .invalidTemplate, .invalidChat,
            .budgetExceeded,
            .wrongDimension, .unknownPositive, .unknownDocument,
            .nothingToCalibrate, .dimensionMismatch, .noVectors, .unusableVector, .invalidPlan, .foreignPlan,
            .outdatedPlan, .samePlace:
            true
        }
    }

    /// The library, or the place in the input, that is at fault; nil where there is none to name.
    public var location: InputLocation? {
        switch self {
        case .encoderNotFound(let file, _, _), .encoderMismatch(let file, _, _), .incomplete(let file, _),
            .invalidCalibration(let file, _), .invalidAdapter(let file, _), .indexMismatch(let file),
            .dimensionMismatch(_, _, let file, _),
            .noVectors(let file),
            .unusableVector(let file, _, _),
            .foreignPlan(_, let file), .outdatedPlan(let file, _), .samePlace(let file), .changedMeanwhile(let file):
            InputLocation(file: file)
        case .unknownPositive(_, _, let location), .unknownDocument(_, _, let location), .invalidPlan(_, let location):
            location
        case .invalidTemplate(_, let location), .invalidChat(_, let location): location
        case .invalidOption, .invalidGate, .budgetExceeded, .wrongDimension, .nothingToCalibrate: nil
        }
    }
}
