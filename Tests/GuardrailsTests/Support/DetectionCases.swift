import Foundation
import Testing

@testable import Guardrails

/// Texts with personal data and credentials in known places, and texts that look like it; see Scripts/detector-cases.py.
struct DetectionCase {
    var name: String
    var text: String
    var findings: [Detection]
    /// What thresholds and words were chosen by; the other half is for figures.
    var isForTuning: Bool

    static let all: [DetectionCase] = {
        do {
            let url = try #require(
                Bundle.module.url(forResource: "detections", withExtension: "jsonl", subdirectory: "Fixtures"))
            return try String(decoding: Data(contentsOf: url), as: UTF8.self).split(separator: "\n").map { line in
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                let object = try #require(value as? [String: Any])
                let parts = try #require(object["parts"] as? [String])
                let findings = try #require(object["findings"] as? [[String: Any]]).map { finding in
                    let kind = try #require(finding["kind"] as? String)
                    let start = try #require(finding["start"] as? Int)
                    let end = try #require(finding["end"] as? Int)
                    return Detection(kind: kind, range: start..<end)
                }
                return DetectionCase(
                    name: try #require(object["case"] as? String), text: parts.joined(), findings: findings,
                    isForTuning: object["half"] as? String == "tuning")
            }
        } catch {
            Issue.record("the cases cannot be read: \(error)")
            return []
        }
    }()

    /// What the two checks find, as they are by default.
    var found: [Detection] {
        PersonalData().detections(in: text) + Secrets().detections(in: text)
    }

    /// Figures of a kind over some cases. A finding counts where kind and place are exactly right.
    struct Figures {
        var positives = 0
        var found = 0
        var wrong = 0

        var recall: Double { positives == 0 ? 1 : Double(found) / Double(positives) }
        var precision: Double { found + wrong == 0 ? 1 : Double(found) / Double(found + wrong) }
    }

    static func figures(of cases: [DetectionCase]) -> [String: Figures] {
        var figures: [String: Figures] = [:]
        for item in cases {
            var left = item.findings
            for finding in item.findings { figures[finding.kind, default: Figures()].positives += 1 }
            for finding in item.found {
                if let place = left.firstIndex(where: { $0.kind == finding.kind && $0.range == finding.range }) {
                    left.remove(at: place)
                    figures[finding.kind, default: Figures()].found += 1
                } else {
                    figures[finding.kind, default: Figures()].wrong += 1
                }
            }
        }
        return figures
    }
}
