import Fingerpost
import GuidelineStore
import TextEncoder

extension JSON {
    static func encoder(_ identity: EncoderIdentity) -> JSON {
        ["name": .string(identity.name), "sha256": .string(identity.sha256), "dimension": .integer(identity.dimension)]
    }

    /// Microseconds with three decimals.
    static func microseconds(_ duration: Duration) -> JSON { .rounded(duration.microseconds, places: 3) }

    /// `{stage: {"p50","p95","p99"}}`.
    static func latencies(_ latencies: StageLatencies) -> JSON {
        .object(
            StageLatencies.Stage.allCases.map { stage in
                (stage.rawValue, latencies[stage].map(JSON.percentiles) ?? .null)
            })
    }

    private static func percentiles(_ values: Percentiles) -> JSON {
        ["p50": .microseconds(values.p50), "p95": .microseconds(values.p95), "p99": .microseconds(values.p99)]
    }

    static func passage(_ passage: MatchedPassage) -> JSON {
        [
            "field": .string(passage.field.rawValue), "ordinal": .integer(passage.ordinal),
            "text": .string(passage.text),
            "score": .float(passage.score),
        ]
    }
}

extension Retrieval {
    /// The document that `search --json` prints. It is the same for the same answer: times are in it only where an
    /// explanation was asked for.
    func json(id: String?, explains: Bool) -> JSON {
        var members: [(String, JSON)] = []
        if let id { members.append(("id", .string(id))) }
        members += [
            ("query", .optional(query)), ("mode", .string(mode.rawValue)),
            ("libraryVersion", .integer(libraryVersion)),
            (
                "calibration",
                calibration.map { ["shift": .float($0.shift), "threshold": .float($0.threshold)] } ?? .null
            ),
            ("matches", .array(matches.map { $0.json(explains: explains) })),
            ("always", .array(always.map(\.json))),
            (
                "dropped",
                .array(
                    dropped.map {
                        [
                            "id": .string($0.id), "score": .float($0.score),
                            "similarity": $0.similarity.map(JSON.float) ?? .null,
                            "evidence": $0.evidence.map(JSON.float) ?? .null,
                            "threshold": $0.threshold.map(JSON.float) ?? .null,
                            "reason": .string($0.reason.rawValue),
                        ]
                    })
            ),
        ]
        if explains {
            members.append(("fitted", .bool(isFitted)))
            members.append(
                (
                    "latencyMicroseconds",
                    [
                        "encode": .microseconds(latency.encode), "core": .microseconds(latency.search),
                        "words": .microseconds(latency.words), "rank": .microseconds(latency.rank),
                        "fetch": .microseconds(latency.fetch), "total": .microseconds(latency.total),
                    ]
                ))
        }
        return .object(members)
    }
}

extension GuidelineMatch {
    fileprivate func json(explains: Bool) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(guideline.id)), ("score", .float(score)), ("title", .optional(guideline.title)),
            ("text", .string(guideline.text)), ("via", .passage(via)),
            ("similarity", similarity.map(JSON.float) ?? .null), ("wordShare", wordShare.map(JSON.float) ?? .null),
            ("evidence", evidence.map(JSON.float) ?? .null), ("threshold", threshold.map(JSON.float) ?? .null),
        ]
        members += guideline.labels
        if let entailedBy { members.append(("entailedBy", .string(entailedBy))) }
        if explains { members.append(("parts", .array(parts.map(JSON.passage)))) }
        return .object(members)
    }
}

extension Guideline {
    fileprivate var json: JSON {
        .object([("id", .string(id)), ("title", .optional(title)), ("text", .string(text))] + labels)
    }

    fileprivate var labels: [(String, JSON)] {
        [
            ("condition", .optional(condition)), ("kind", .string(kind.rawValue)),
            ("severity", .string(severity.rawValue)), ("authority", .string(authority.rawValue)),
            ("priority", .integer(priority)), ("risk", .strings(risk)), ("tags", .strings(tags)),
        ]
    }
}
