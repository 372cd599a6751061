import Fingerpost
import Foundation
import Guardrails
import GuidelineStore

/// What `replay --json` printed, read again for a page.
struct SavedReplay: Decodable {
    private struct Part: Decodable {
        var id: String
        var title: String?
        var stopped: Int
        var passed: Int
    }

    private struct Example: Decodable {
        struct Named: Decodable { var id: String }

        var decision: String
        var time: String
        var old: Verdict
        var new: Verdict
        var checks: [Named]
        var rules: [Named]
        var judgement: Flip.Judgement?
    }

    private var candidate: String
    private var byText: Int
    private var byEvidence: Int
    private var untold: [String: Int]
    private var stopped: Int
    private var passed: Int
    private var other: Int
    private var regressions: Int
    private var repairs: Int
    private var rules: [Part]
    private var examples: [Example]

    /// - Throws: ``Failure`` where the file is not what `replay --json` prints; ``GuidelineStoreError`` where it cannot be
    ///   read.
    static func flips(from path: String) throws -> DecisionReport.Flips {
        let text = try InputSource(argument: path).text(limit: 64 << 20)
        do {
            return try JSONDecoder().decode(SavedReplay.self, from: Data(text.utf8)).flips()
        } catch {
            throw Failure(
                code: "invalid_replay",
                message: "\(PlainText.line(path)) is not what replay --json prints: \(Self.problem(error)).",
                file: path,
                isInputError: true)
        }
    }

    private struct Problem: Error { var text: String }

    private func flips() throws -> DecisionReport.Flips {
        let (told, isOver) = byText.addingReportingOverflow(byEvidence)
        let counts = [byText, byEvidence, stopped, passed, other, regressions, repairs] + Array(untold.values)
        guard !isOver, counts.allSatisfy({ $0 >= 0 && $0 <= 1 << 48 }), stopped + passed + other <= told else {
            throw Problem(text: "its numbers do not go together")
        }
        var flips = DecisionReport.Flips(candidate: candidate, told: told)
        flips.untold = untold.values.reduce(0, +)
        (flips.stopped, flips.passed, flips.other) = (stopped, passed, other)
        (flips.repairs, flips.regressions) = (repairs, regressions)
        flips.rules = rules.map { .init(id: $0.id, title: $0.title, stopped: $0.stopped, passed: $0.passed) }
        flips.examples = try examples.map { example in
            guard let time = LogTime(example.time) else { throw Problem(text: "\"\(example.time)\" is no time") }
            return .init(
                decision: example.decision, time: time, before: example.old, after: example.new,
                rule: example.rules.first?.id ?? example.checks.first?.id,
                isRepair: example.judgement.map { $0 == .repair })
        }
        return flips
    }

    private static func problem(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "" : " in " + context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case let error as Problem: error.text
        case DecodingError.keyNotFound(let key, let context): "\"\(key.stringValue)\" is missing\(place(context))"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "a value is of another kind\(place(context))"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "a value is not known\(place(context))"
        default: "it is no JSON document"
        }
    }
}
