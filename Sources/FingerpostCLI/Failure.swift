import Foundation
import Fingerpost
import Guardrails
import GuideAlign
import GuidelineStore
import LinearAlgebra
import Platform
import TextEncoder
import VectorIndex

/// An error as it is told to people and to scripts.
struct Failure: Error {
    /// A short name for the kind of error, the same in all versions.
    var code: String
    /// What is wrong, where, and what to do about it.
    var message: String
    var file: String?
    var line: Int?
    /// The place in a document's list, counted from 1.
    var record: Int?
    /// Whether what was given is at fault rather than the work.
    var isInputError: Bool

    /// 1 where the work failed, 2 where what was given is at fault.
    var status: Int32 { isInputError ? 2 : 1 }

    init(code: String, message: String, file: String? = nil, line: Int? = nil, isInputError: Bool) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.isInputError = isInputError
    }

    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as GuidelineStoreError:
            self.init(
                code: error.code, message: error.description, file: error.location?.file, line: error.location?.line,
                isInputError: error.isInputError)
            record = error.location?.record
        case let error as FingerpostError:
            self.init(
                code: error.code, message: error.description, file: error.location?.file, line: error.location?.line,
                isInputError: error.isInputError)
        case let error as GuardrailsError:
            self.init(
                code: error.code, message: error.description, file: error.location?.file, line: error.location?.line,
                isInputError: error.isInputError)
        case let error as GuideAlignError:
            self.init(
                code: error.code, message: error.description, file: error.location?.file, line: error.location?.line,
                isInputError: error.isInputError)
        case is CancellationError:
            self.init(
                code: "interrupted", message: "interrupted. What was done is kept: run again to go on.",
                isInputError: false)
        case let error as EncoderError: self.init(error)
        case let error as VectorIndexError: self.init(error)
        case let error as LinearAlgebraError: self.init(error)
        case let error as FileError:
            self.init(code: Self.code(of: error), message: "\(error).", file: error.path, isInputError: false)
        case let error as Console.OutputFailed:
            self.init(
                code: "output_failed", message: "Standard output cannot be written: \(error.reason).",
                isInputError: false)
        default:
            self.init(code: "failed", message: "\(error)", isInputError: false)
        }
    }

    private static func code(of error: FileError) -> String {
        if error.isMissing { return "file_not_found" }
        if error.isOutOfSpace { return "disk_full" }
        return error.isPermission ? "read_only" : "file"
    }

    /// `{"error":{"code","message","file","line"}}`.
    var json: JSON {
        [
            "error": [
                "code": .string(code), "message": .string(message), "file": .optional(file), "line": .optional(line),
            ]
        ]
    }

    /// `{"file","line","record","code","message"}`, as lists of faults have it.
    var reportLine: String {
        let line: JSON = [
            "file": .optional(file), "line": .optional(line), "record": .optional(record), "code": .string(code),
            "message": .string(message),
        ]
        return line.text
    }

    /// Tells standard error, in JSON where scripts asked for it.
    func report(asJSON: Bool) {
        guard !asJSON else { return Console.log(json.text) }
        let text = PlainText.escaped(message, keepingLineBreaks: true)
        Console.log("\(Terminal.log.red("error:")) \(text)")
    }
}

extension Failure {
    private init(_ error: EncoderError) {
        let (code, path, line): (String, String, Int?) =
            switch error {
            case .missingFile(let path): ("file_not_found", path, nil)
            case .unreadableFile(let path, _): ("unreadable", path, nil)
            case .invalidJSON(let path, let line, _, _): ("syntax", path, line)
            case .invalidField(let path, _, _): ("invalid_field", path, nil)
            case .unsupportedField(let path, _, _): ("unsupported_encoder", path, nil)
            case .invalidVocabulary(let path, let line, _): ("invalid_vocabulary", path, line)
            case .corruptWeights(let path, _): ("corrupt_weights", path, nil)
            case .missingTensor(let path, _), .mismatchedTensor(let path, _, _, _): ("corrupt_weights", path, nil)
            @unknown default: ("encoder", "", nil)
            }
        self.init(code: code, message: "\(error).", file: path, line: line, isInputError: true)
    }

    private init(_ error: VectorIndexError) {
        let (code, path, isInputError): (String, String?, Bool) =
            switch error {
            case .dimensionMismatch: ("wrong_dimension", nil, true)
            case .nonFiniteElement: ("not_finite", nil, true)
            case .zeroVector: ("unusable_vector", nil, true)
            case .duplicateKey: ("duplicate_id", nil, true)
            case .missingKey: ("missing_id", nil, true)
            case .invalidParameter: ("invalid_option", nil, true)
            case .staleFilter: ("stale_filter", nil, false)
            case .capacityExceeded: ("too_many", nil, true)
            case .file(let path, _, _, isOutOfSpace: true): ("disk_full", path, false)
            case .file(let path, _, isMissing: true, _): ("file_not_found", path, false)
            case .file(let path, _, _, _): ("file", path, false)
            case .notAnArchive(let path): ("not_an_archive", path, false)
            case .unsupportedVersion(let path, _, _): ("unsupported_version", path, false)
            case .incompatibleArchive(let path, _): ("incompatible_archive", path, false)
            case .corruptArchive(let path, _, _): ("corrupt_index", path, false)
            @unknown default: ("index", nil, false)
            }
        self.init(code: code, message: "\(error).", file: path, isInputError: isInputError)
    }

    /// A matrix that is read is input; one that cannot be written is work that failed.
    private init(_ error: LinearAlgebraError) {
        switch error {
        case .invalidNumPyFile(let path, _):
            self.init(code: "invalid_npy", message: "\(error).", file: path, isInputError: true)
        case .file(let path, _):
            let isMissing = !FileManager.default.fileExists(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path)
            self.init(
                code: isMissing ? "file_not_found" : "file", message: "\(error).", file: path, isInputError: isMissing)
        default:
            self.init(code: "arithmetic", message: "\(error).", isInputError: false)
        }
    }
}
