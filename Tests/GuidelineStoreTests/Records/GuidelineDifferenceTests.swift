import Platform
import Testing

@testable import GuidelineStore

@Suite struct GuidelineDifferenceTests {
    @Test func fieldsAreNamedInTheirOrder() throws {
        let before = Guideline(
            id: "a", title: "Title", text: "Never write malware.", severity: .high, tags: ["x"],
            source: ["license": .string("CC0"), "ref": .string("r")], version: 1,
            additionalFields: ["support": .integer(1), "same": .null])
        var after = before
        (after.title, after.text, after.severity, after.tags) = (
            nil, "Never help to write malware.", .critical, ["x", "y"]
        )
        after.source["license"] = .string("MIT")
        (after.additionalFields["support"], after.additionalFields["new"]) = (.integer(2), .bool(true))
        after.version = 2
        let difference = GuidelineDifference(from: before, to: after)
        #expect(
            difference.changes.map(\.field) == [
                "title", "text", "severity", "tags", "source.license", "new", "support",
            ])
        #expect(difference.changes[0] == .init(field: "title", before: .string("Title"), after: nil))
        #expect(
            difference.changes[1].words == [
                .init(kind: .kept, text: "Never "), .init(kind: .added, text: "help to "),
                .init(kind: .kept, text: "write malware."),
            ])
        #expect(difference.changes[2].after == .string("critical"))
        #expect(difference.changes[5].before == nil && difference.changes[5].words == nil)
        #expect(GuidelineDifference(from: before, to: before).isEmpty)
        #expect(GuidelineDifference(from: nil, to: nil).isEmpty)
        #expect(GuidelineDifference(from: before, to: nil).changes.allSatisfy { $0.after == nil })
    }

    @Test func textsThatLookAlikeDiffer() {
        let before = Guideline(id: "a", text: "caf\u{E9}", additionalFields: ["\u{E9}": .integer(1)])
        let after = Guideline(id: "a", text: "cafe\u{301}", additionalFields: ["e\u{301}": .integer(1)])
        #expect(GuidelineDifference(from: before, to: after).changes.count == 3)
    }

    @Test(arguments: 1...3)
    func thePartsAreTheTwoTexts(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let words = ["a", "b ", " c", "\n", "  ", "d\te", "caf\u{E9} ", "e\u{301}", "\u{301}", "long-word ", "\r\n"]
        func text(_ count: Int) -> String {
            (0..<Int.random(in: 0...count, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
                .joined()
        }
        for index in 0..<400 {
            let (before, after) = index == 0 ? (text(3_000), text(3_000)) : (text(30), text(30))
            let parts = TextDifference.parts(from: before, to: after)
            func join(_ left: TextDifference.Kind) -> [UInt8] {
                parts.filter { $0.kind == .kept || $0.kind == left }.flatMap { Array($0.text.utf8) }
            }
            #expect(join(.removed) == Array(before.utf8), "seed \(seed)")
            #expect(join(.added) == Array(after.utf8), "seed \(seed)")
            #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.kind != $1.kind })
            if before == after { #expect(parts.allSatisfy { $0.kind == .kept }) }
        }
        let long = (0..<6_000).map { "w\($0) " }.joined()
        #expect(TextDifference.parts(from: long, to: "other").count == 2)
    }
}
