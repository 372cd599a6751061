import Foundation
import GuidelineStore
import Testing

@testable import Fingerpost

@Suite("Guidelines that were merged away")
struct MergedGuidelinesTests {
    private func guideline(
        _ id: String, _ text: String, status: Guideline.Status = .active, fields: [String: JSONValue] = [:]
    ) -> Guideline {
        Guideline(id: id, text: text, status: status, additionalFields: fields)
    }

    private func merged(_ ids: [String]) -> JSONValue { .array(ids.map { .object(["id": .string($0)]) }) }

    @Test("An old id leads to the guideline that stands for it, over several merges")
    func survivors() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("merged-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let library = try GuidelineLibrary.openOrCreate(at: folder)
        try library.add([
            guideline("a", "Lock the door at night.", fields: ["merged": merged(["b", "c", "e"])]),
            guideline("d", "Water the plants.", status: .retired, fields: ["merged_into": .string("c")]),
            // In the library again, it stands for itself.
            guideline("e", "Feed the cat twice a day."),
            guideline("f", "Sweep the floor.", status: .retired, fields: ["merged_into": .string("gone")]),
            guideline("g", "Open the window.", status: .retired, fields: ["merged_into": .string("h")]),
            guideline("h", "Close the window.", status: .retired, fields: ["merged_into": .string("g")]),
        ])
        #expect(try library.mergedGuidelines() == ["b": "a", "c": "a", "d": "a"])

        let queries = [
            EvaluationQuery(id: "1", text: "Lock the door at night.", positives: ["b", "d"]),
            EvaluationQuery(id: "2", text: "Feed the cat twice a day.", positives: ["e"]),
        ]
        let report = try Evaluation.run(queries, in: library)
        #expect(report.mergedPositiveCount == 2 && report.missingPositives.isEmpty)
        #expect(report.metrics.recall(at: 1) == 1)
        #expect(throws: FingerpostError.self) {
            try Evaluation.run([EvaluationQuery(text: "x", positives: ["never there"])], in: library)
        }
        try library.close()
    }
}
