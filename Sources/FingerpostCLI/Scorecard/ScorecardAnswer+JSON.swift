import Fingerpost

extension ScorecardAnswer {
    /// The document that `evaluate --corpora --json` prints, whose members are the same in all versions.
    var json: JSON {
        [
            "systems": .array(report.systems.map(\.json)),
            "sets": .array(
                report.sets.map { set in
                    let document: JSON = [
                        "name": .string(set.name), "kind": .string(set.kind.rawValue), "path": .string(set.path),
                        "documents": .integer(set.documentCount), "queries": .integer(set.itemCount),
                        "negatives": .integer(set.negativeCount),
                    ]
                    return document.adding(members(of: set.figures))
                }),
            "mean": report.mean.map { .object(members(of: $0)) } ?? .null,
            "bootstrap": [
                "resamples": .integer(report.bootstrap.resampleCount),
                "confidence": .number(report.bootstrap.confidence),
                // As text: not every reader keeps all digits of a number.
                "seed": .string(String(report.bootstrap.seed)),
            ],
            "notes": .strings(notes),
        ]
    }

    private func members(of figures: ScorecardReport.Figures) -> [(String, JSON)] {
        let names = report.systems.map { JSON.string($0.name) }
        func metrics<Value>(_ values: [ScorecardMetric: Value], _ json: (Value) -> JSON) -> [(String, JSON)] {
            ScorecardMetric.allCases.compactMap { metric in values[metric].map { (metric.rawValue, json($0)) } }
        }
        return [
            ("results", .array(zip(names, figures.scores).map { .object([("system", $0)] + metrics($1, \.json)) })),
            (
                "contrasts",
                .array(
                    zip(names, figures.contrasts).dropFirst().map { name, values in
                        .object([("system", names[0]), ("other", name)] + metrics(values, \.json))
                    })
            ),
        ]
    }
}

extension ScorecardReport.System {
    fileprivate var json: JSON {
        [
            "name": .string(name), "encoder": encoder.map(JSON.encoder) ?? .null, "texts": .integer(work.textCount),
            "readSeconds": .rounded(work.reading.secondsValue, places: 6),
            "textsPerSecond": .rounded(work.textsPerSecond, places: 1),
            "rankSeconds": .rounded(work.ranking.secondsValue, places: 6),
        ]
    }
}

extension Estimate {
    fileprivate var json: JSON {
        [
            "value": .rounded(value, places: 6), "low": .rounded(low, places: 6), "high": .rounded(high, places: 6),
        ]
    }
}

extension Contrast {
    fileprivate var json: JSON { ["difference": difference.json, "ratio": ratio?.json ?? .null] }
}
