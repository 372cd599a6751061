import Fingerpost
import GuideAlign
import GuidelineStore

/// What a review has decided, for people and for scripts.
struct ReviewAnswer {
    var library = ""
    var libraryVersion = 0
    /// Guidelines that still wait.
    var left = 0
    /// Decisions that were taken back again.
    var undone = 0
    private var counts: [GuidelineDecision.Kind: Int] = [:]

    var isEmpty: Bool { counts.isEmpty }

    mutating func add(_ receipt: ReviewReceipt) {
        for decision in receipt.decisions { counts[decision.kind, default: 0] += 1 }
    }

    var json: JSON {
        [
            "library": .string(library), "libraryVersion": .integer(libraryVersion),
            "decisions": .object(GuidelineDecision.Kind.allCases.map { ($0.rawValue, .integer(counts[$0] ?? 0)) }),
            "undone": .integer(undone), "left": .integer(left),
        ]
    }

    /// `3 decisions: 2 approved, 1 rejected`.
    var sentence: String {
        let parts = GuidelineDecision.Kind.allCases.compactMap { kind in
            counts[kind].map { "\(Format.count($0)) \(kind.participle)" }
        }
        let total = counts.values.reduce(0, +)
        return total == 0 ? "no decision" : "\(Format.count(total, "decision")): \(parts.joined(separator: ", "))"
    }

    var text: String { "\(sentence); \(Format.count(left)) left" }
}

extension GuidelineDecision.Kind {
    fileprivate var participle: String {
        switch self {
        case .approve: "approved"
        case .shadow: "approved as shadow"
        case .edit: "edited"
        case .reject: "rejected"
        case .merge: "merged"
        }
    }
}

/// Decisions of a file that cannot be carried out.
struct ReviewFaults {
    private static let shownCount = 20
    let isJSON: Bool
    private(set) var count = 0
    private var first: [Failure] = []

    init(isJSON: Bool) { self.isJSON = isJSON }

    mutating func note(_ error: any Error) {
        count += 1
        if first.count < Self.shownCount { first.append(Failure(error)) }
    }

    /// Tells standard error, one line for each.
    func log() {
        let inOrder = first.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        for failure in inOrder {
            Console.log(isJSON ? failure.reportLine : "invalid: \(PlainText.escaped(failure.message))")
        }
        let more = count - first.count
        if more > 0, !isJSON { Console.log("and \(Format.count(more)) more") }
    }
}

extension GuidelineReview.Item {
    /// The line that `review --list --json` prints.
    var json: JSON {
        var members: [(String, JSON)] = [
            ("id", .string(guideline.id)), ("version", .integer(guideline.version)),
            ("status", .string(guideline.status.rawValue)), ("title", .optional(guideline.title)),
            ("text", .string(guideline.text)), ("condition", .optional(guideline.condition)),
            ("kind", .string(guideline.kind.rawValue)), ("authority", .string(guideline.authority.rawValue)),
            ("priority", .integer(guideline.priority)), ("severity", .string(guideline.severity.rawValue)),
            ("risk", .strings(guideline.risk)), ("tags", .strings(guideline.tags)),
            ("lang", .string(guideline.language)),
            ("support", .integer(guideline.support)), ("examples", .strings(guideline.examples)),
            ("counterexamples", .strings(guideline.counterexamples)), ("source", .value(.object(guideline.source))),
        ]
        members.append(
            (
                "nearest",
                .array(
                    nearest.map {
                        [
                            "id": .string($0.id), "similarity": .rounded($0.similarity, places: 4),
                            "opposite": .bool($0.isOpposite), "status": .string($0.guideline.status.rawValue),
                            "title": .optional($0.guideline.title),
                            "text": .string($0.guideline.text),
                        ]
                    })
            ))
        members.append(
            (
                "findings",
                .array(
                    findings.map {
                        [
                            "rule": .string($0.rule.rawValue), "severity": .string($0.severity.rawValue),
                            "ids": .strings($0.ids), "field": .optional($0.field), "message": .string($0.message),
                            "evidence": .strings($0.evidence),
                            "score": $0.score.map { .rounded($0, places: 4) } ?? .null,
                            "advice": .string($0.advice),
                        ]
                    })
            ))
        return .object(members)
    }
}
