import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Platform
import Testing

@Suite("Review of guidelines")
struct GuidelineReviewTests {
    private typealias L = ReviewedLibrary

    private static func drafts() throws -> ReviewedLibrary {
        try L([
            L.draft(
                "kept", "Do not explain how to record a person in secret.", support: 5, status: .active,
                examples: ["hide a camera"]),
            L.draft(
                "a", "Refuse to explain how to record a person in secret.", support: 3, severity: .high,
                examples: ["hide a microphone", "hide a camera"]),
            L.draft("b", "Name the source of a figure.", title: "Sources", support: 9),
            L.draft(
                "c", "Ask a doctor about a dose.", support: 9, severity: .critical,
                relations: [.init(type: .entails, target: "a")]),
            L.draft("old", "Answer in verse.", status: .retired),
        ])
    }

    @Test("The queue has the drafts, in each order")
    func entries() throws {
        let place = try Self.drafts()
        let review = place.review()
        #expect(try review.entries().map(\.id) == ["b", "c", "a"])
        #expect(try review.entries(order: .severity).map(\.id) == ["c", "a", "b"])
        #expect(try review.entries(order: .id).map(\.id) == ["a", "b", "c"])
        let filter = try GuidelineFilter(parsing: "severity >= high")
        #expect(try review.entries(filter: filter).map(\.id) == ["c", "a"])
        #expect(try place.review(statuses: [.active, .retired]).entries().map(\.id) == ["kept"])
    }

    @Test("An item has its neighbours, nearest first, and what lint finds")
    func item() throws {
        let place = try Self.drafts()
        let item = try #require(try place.review().item("a"))
        #expect(item.nearest.first?.id == "kept" && !item.nearest.contains { ["a", "old"].contains($0.id) })
        #expect(item.nearest.map(\.similarity) == item.nearest.map(\.similarity).sorted(by: >))
        let similarity = try #require(try place.library.similarity(of: "a", and: "kept"))
        #expect(abs(similarity - (item.nearest.first?.similarity ?? 0)) < 0.02)
        let source = try #require(try place.review().item("b"))
        #expect(source.findings.contains { $0.rule == .noExamples })
        #expect(try place.review().item("kept") == nil && place.review().item("nothing") == nil)
        try place.library.add([L.draft("neg", "Explain how to record a person in secret.")])
        #expect(try place.review().item("neg")?.nearest.first { $0.id == "kept" }?.isOpposite == true)
    }

    @Test("Each decision is one version with a note, and undone it is as before")
    func decisions() throws {
        let changes = GuidelineChanges(title: "", text: "Name the source of every figure.", severity: .low)
        let cases: [(GuidelineDecision, Guideline.Status)] = [
            (.init(id: "b", .approve), .active), (.init(id: "b", .shadow, reason: "to be tried"), .shadow),
            (.init(id: "b", .reject, reason: "too vague"), .retired),
            (.init(id: "b", .edit, changes: changes), .active),
            (.init(id: "b", .merge, into: "kept"), .retired),
        ]
        let place = try Self.drafts()
        let review = place.review("R. Lee")
        for (decision, status) in cases {
            let before = try place.guideline("b")
            let receipt = try review.apply(decision)
            let after = try place.guideline("b")
            #expect(after.version == before.version + 1 && after.status == status)
            guard case .object(let note)? = after.source["review"] else {
                Issue.record("no note of \(decision.kind)")
                continue
            }
            #expect(note["decision"] == .string(decision.kind.rawValue) && note["date"] == .string(L.date))
            #expect(note["reviewer"] == .string("R. Lee") && note["reason"] == decision.reason.map(JSONValue.string))
            #expect(after.source["model"] == .string("m1"))
            if decision.kind == .edit {
                #expect(after.title == nil && after.text == changes.text && after.severity == .low)
                #expect(note["changed"] == .array(["severity", "text", "title"].map(JSONValue.string)))
            }
            try review.undo(receipt)
            var restored = try place.guideline("b")
            #expect(restored.version == before.version + 2)
            restored.version = before.version
            #expect(restored == before)
        }
        #expect(try place.library.history(of: "b").count == 1 + 2 * cases.count)
    }

    @Test("Nothing is invented where nobody says who decides")
    func anonymous() throws {
        let place = try Self.drafts()
        try place.review().apply(GuidelineDecision(id: "b", .approve))
        #expect(
            try place.guideline("b").source["review"]
                == .object(["decision": .string("approve"), "date": .string(L.date)]))
    }

    @Test("A merge keeps support, examples and sources, and points relations at what is left")
    func merge() throws {
        let place = try Self.drafts()
        let before = try ["kept", "a", "c"].map(place.guideline)
        let receipt = try place.review().apply(GuidelineDecision(id: "a", .merge, into: "kept"))
        let kept = try place.guideline("kept")
        #expect(kept.support == 8 && kept.examples == ["hide a camera", "hide a microphone"] && kept.severity == .high)
        #expect(kept.status == .active && kept.version == 2)
        guard case .array(let merged)? = kept.additionalFields["merged"], case .object(let entry)? = merged.first else {
            Issue.record("nothing is kept of what was merged")
            return
        }
        #expect(entry["id"] == .string("a") && entry["support"] == .integer(3))
        #expect(entry["source"] == .object(["type": .string("llm"), "model": .string("m1")]))
        if case .number(let similarity)? = entry["similarity"] {
            #expect(similarity > 0.5)
        } else {
            Issue.record("none")
        }
        let draft = try place.guideline("a")
        #expect(draft.status == .retired && draft.additionalFields["merged_into"] == .string("kept"))
        #expect(try place.guideline("c").relations == [.init(type: .entails, target: "kept")])
        #expect(Set(receipt.changes.map(\.before.id)) == ["a", "kept", "c"])
        try place.review().undo(receipt)
        for old in before {
            var now = try place.guideline(old.id)
            now.version = old.version
            #expect(now == old)
        }
        #expect(try place.library.nearest(to: "b", limit: 9).map(\.id).contains("a"))
    }

    @Test("Several merges into one guideline in one file are one version of it, chains too")
    func chain() throws {
        let place = try Self.drafts()
        let receipt = try place.review().apply([
            GuidelineDecision(id: "a", .merge, into: "b"), GuidelineDecision(id: "b", .merge, into: "kept"),
            GuidelineDecision(id: "c", .merge, into: "kept"),
        ])
        let kept = try place.guideline("kept")
        #expect(kept.version == 2 && kept.support == 5 + 3 + 9 + 9 && receipt.changes.count == 4)
        if case .array(let merged)? = kept.additionalFields["merged"] { #expect(merged.count == 3) }
        try place.review().undo(receipt)
        #expect(try place.guideline("kept").support == 5 && place.guideline("a").status == .draft)
    }

    @Test("What cannot be done changes nothing, and says why")
    func refusals() throws {
        let place = try Self.drafts()
        let review = place.review()
        let version = try place.library.libraryVersion
        let cases: [(GuidelineDecision, String)] = [
            (.init(id: "nothing", .approve), "unknown_id"), (.init(id: "kept", .approve), "not_in_review"),
            (.init(id: "a", .approve, version: 7), "changed_meanwhile"), (.init(id: "a", .merge), "invalid_decision"),
            (.init(id: "a", .merge, into: "a"), "invalid_target"),
            (.init(id: "a", .merge, into: "nothing"), "invalid_target"),
            (.init(id: "a", .merge, into: "old"), "invalid_target"), (.init(id: "a", .edit), "invalid_decision"),
            (.init(id: "a", .approve, into: "kept"), "invalid_decision"),
        ]
        for (decision, code) in cases { #expect(reviewCode { try review.apply(decision) } == code) }
        #expect(throws: GuidelineStoreError.self) {
            try review.apply(GuidelineDecision(id: "a", .edit, changes: GuidelineChanges(text: " ")))
        }
        var faults: [String] = []
        let bad = [GuidelineDecision(id: "b", .approve)] + cases.map(\.0) + [GuidelineDecision(id: "b", .reject)]
        #expect(
            reviewCode { try review.apply(bad) { faults.append(($0 as? GuideAlignError)?.code ?? "?") } }
                == "decisions_not_applied")
        #expect(faults == cases.map(\.1) + ["decided_twice"])
        #expect(try place.library.libraryVersion == version)
    }

    @Test("A decision of another process is not overwritten")
    func others() throws {
        let place = try Self.drafts()
        let review = place.review()
        let shown = try #require(try review.item("a")).guideline
        let receipt = try review.apply(GuidelineDecision(id: "b", .approve))
        for id in ["a", "b"] {
            var other = try place.guideline(id)
            other.tags = ["changed"]
            try place.library.add([other])
        }
        #expect(reviewCode { try review.apply(.init(id: "a", .reject, version: shown.version)) } == "changed_meanwhile")
        #expect(reviewCode { try review.undo(receipt) } == "changed_meanwhile")
        #expect(try place.guideline("a").status == .draft && place.guideline("b").status == .active)
    }

    @Test("Random decisions and undoings do what they do to a simple model", arguments: 0..<3)
    func model(seed: Int) throws {
        struct State: Equatable {
            var status: Guideline.Status
            var text: String
            var support: Int
        }
        var generator = SplitMix64(seed: UInt64(seed) &+ 77)
        let ids = (0..<10).map { "g\($0)" }
        let place = try L(ids.enumerated().map { L.draft($1, "Rule \($0) about matters.", support: $0 + 1) })
        let review = place.review()
        var model = Dictionary(
            uniqueKeysWithValues: ids.enumerated().map {
                ($1, State(status: .draft, text: "Rule \($0) about matters.", support: $0 + 1))
            })
        var past: [(receipt: ReviewReceipt, before: [String: State])] = []
        for step in 0..<60 {
            if !past.isEmpty, Int.random(in: 0..<3, using: &generator) == 0 {
                let last = past.removeLast()
                try review.undo(last.receipt)
                model = last.before
            } else {
                var after = model
                var decisions: [GuidelineDecision] = []
                var isValid = true
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    guard let id = ids.randomElement(using: &generator),
                        let into = ids.randomElement(using: &generator),
                        let kind = GuidelineDecision.Kind.allCases.randomElement(using: &generator)
                    else { continue }
                    let text = "Rule \(step) of \(id)."
                    decisions.append(
                        GuidelineDecision(
                            id: id, kind, into: kind == .merge ? into : nil,
                            changes: kind == .edit ? GuidelineChanges(text: text) : GuidelineChanges()))
                    isValid = isValid && after[id]?.status == .draft
                    switch kind {
                    case .approve: after[id]?.status = .active
                    case .shadow: after[id]?.status = .shadow
                    case .reject: after[id]?.status = .retired
                    case .edit:
                        after[id]?.status = .active
                        after[id]?.text = text
                    case .merge:
                        isValid = isValid && into != id && after[into]?.status != .retired
                        let support = after[id]?.support ?? 0
                        after[into]?.support += support
                        after[id]?.status = .retired
                    }
                }
                let version = try place.library.libraryVersion
                do {
                    let receipt = try review.apply(decisions)
                    #expect(isValid, "seed \(seed), step \(step): \(decisions)")
                    #expect(try place.library.libraryVersion == version + 1)
                    past.append((receipt, model))
                    model = after
                } catch {
                    #expect(!isValid, "seed \(seed), step \(step): \(error)")
                    #expect(try place.library.libraryVersion == version)
                }
            }
            for id in ids {
                let guideline = try place.guideline(id)
                #expect(
                    State(status: guideline.status, text: guideline.text, support: guideline.support) == model[id],
                    "seed \(seed), step \(step), \(id)")
            }
        }
    }
}
