import Testing

@testable import GuidelineStore

@Suite struct YAMLImportTests {
    @Test func readsEveryField() throws {
        let text = """
            # A comment
            guidelines:
              - id: 007
                title: No
                text: >-
                  Never write
                  malware.
                condition: 2024-01-01
                kind: style
                priority: -2
                threshold: .5
                tags: [yes, "b", 1.10]
                examples:
                  - |
                    two
                    lines
                relations: [{type: depends_any, target: b}]
                source: {license: CC0-1.0, year: 2024, open: true, none: ~}
                version: 0x10
                extra: [1, 1.5, off, null, text]
            """
        let expected = Guideline(
            id: "007", title: "No", text: "Never write malware.", condition: "2024-01-01", kind: .style, priority: -2,
            tags: ["yes", "b", "1.10"], examples: ["two\nlines"], threshold: 0.5,
            relations: [.init(type: .dependsOnAny, target: "b")],
            source: ["license": .string("CC0-1.0"), "year": .integer(2024), "open": .bool(true), "none": .null],
            version: 16,
            additionalFields: ["extra": .array([.integer(1), .number(1.5), .bool(false), .null, .string("text")])])
        #expect(try GuidelineImporter.read(text, .yaml) == [expected])
    }

    @Test func readsListsSingleRecordsAndSeveralDocuments() throws {
        let text = "- text: one\n- {text: two}\n---\ntext: three\n---\nguidelines: [text: four]\n"
        #expect(try GuidelineImporter.read(text, .yaml).map(\.text) == ["one", "two", "three", "four"])
    }

    @Test func expandsAliasesAndMerges() throws {
        let text = """
            - &base {text: one, tags: &tags [a], severity: high}
            - {<<: *base, text: two}
            - {text: three, tags: *tags}
            """
        let read = try GuidelineImporter.read(text, .yaml)
        #expect(read.map(\.tags) == [["a"], ["a"], ["a"]])
        #expect(read.map(\.severity) == [.high, .high, .medium])
        #expect(read.map(\.text) == ["one", "two", "three"])
    }

    @Test func aliasesCannotFillTheMemory() {
        var text = "- text: x\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let previous = "*a\(level - 1)"
            text += "  a\(level): &a\(level) [\(Array(repeating: previous, count: 9).joined(separator: ", "))]\n"
        }
        #expect(storeError { _ = try GuidelineImporter.read(text, .yaml) }?.code == "syntax")
    }

    @Test func nestingThatCannotBeStoredIsAnError() {
        let text = "- text: x\n  deep: " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(storeError { _ = try GuidelineImporter.read(text, .yaml) }?.code == "invalid_field")
    }

    @Test func deepNestingIsAnError() {
        let text = "- text: x\n  deep: " + String(repeating: "[", count: 100_000)
        #expect(storeError { _ = try GuidelineImporter.read(text, .yaml) }?.code == "syntax")
    }

    @Test(
        arguments: [
            ("- text: one\n- text: [a]\n", "invalid_field", 2...2), ("- text: one\n- just text\n", "syntax", 2...2),
            ("- text: one\n- text: \"two\n", "syntax", 2...3), ("- text: one\n  text: two\n", "syntax", 1...2),
            ("- text: one\n-\ttext: two\n", "syntax", 2...2), ("guidelines: 5\n", "syntax", 1...1),
            ("just text\n", "syntax", 1...1),
            ("- text: one\n- {text: two, kind: nice}\n", "invalid_field", 2...2),
            ("- {text: *none}\n", "syntax", 1...1),
            ("- {id: a, text: x}\n- {id: a, text: y}\n", "duplicate_id", 2...2), ("- text: ''\n", "empty_text", 1...1),
            ("- [1]: x\n  text: y\n", "syntax", 1...1), ("- {text: one, priority: high}", "invalid_field", 1...1),
            ("- text: one\n- text: \u{1}\n", "syntax", 2...2),
        ] as [(String, String, ClosedRange<Int>)])
    func faultsNameTheirLine(text: String, code: String, lines: ClosedRange<Int>) {
        let error = storeError { _ = try GuidelineImporter.read(text, .yaml) }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.location?.line.map { lines.contains($0) } == true, "\(String(describing: error))")
    }
}
