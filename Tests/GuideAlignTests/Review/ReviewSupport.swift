import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Testing

/// A library in a folder of its own, which goes with it.
final class ReviewedLibrary {
    let folder: URL
    let library: GuidelineLibrary
    /// Of all decisions.
    static let date = "2026-02-03T04:05:06Z"

    init(_ guidelines: [Guideline]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-review-\(UUID().uuidString)")
        library = try GuidelineLibrary.create(at: folder)
        try library.add(guidelines)
    }

    deinit {
        try? library.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func review(_ reviewer: String? = nil, statuses: Set<Guideline.Status> = [.draft]) -> GuidelineReview {
        GuidelineReview(library, reviewer: reviewer, statuses: statuses) { Date(timeIntervalSince1970: 1_770_091_506) }
    }

    func guideline(_ id: String) throws -> Guideline { try #require(try library.guideline(id: id)) }

    static func draft(
        _ id: String, _ text: String, title: String? = nil, support: Int = 1, severity: Guideline.Severity = .medium,
        status: Guideline.Status = .draft, examples: [String] = [], relations: [Guideline.Relation] = []
    ) -> Guideline {
        Guideline(
            id: id, title: title, text: text, status: status, severity: severity, examples: examples,
            relations: relations, source: ["type": "llm", "model": "m1"].mapValues(JSONValue.string),
            additionalFields: ["support": .integer(support)])
    }
}

/// The code of the problem that `body` throws.
func reviewCode(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let error as GuideAlignError {
        return error.code
    } catch {
        return "\(error)"
    }
}
