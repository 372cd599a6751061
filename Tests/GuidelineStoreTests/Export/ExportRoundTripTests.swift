import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// What is written is read back as it was: random guidelines with everything in them that files find difficult.
@Suite struct ExportRoundTripTests {
    static let pieces = [
        "a", "B", "7", " ", "  ", "\"", "\\", "'", "\n", "\r", "\r\n", "\t", "\u{1}", "\u{7F}", "\u{85}", "\u{A0}",
        "\u{2028}",
        "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{1FFFF}", "é", "e\u{301}", "\u{301}", "漢", "😀", "👩‍👩‍👧", "\u{202E}", ",",
        ";", ":",
        ": ", "=", "=1+1", "-", "+", "@", "#", "\n# ", "\n---\n", "\n===\n", "```", "\n~~~\n", "<!--", "-->", "<", ">",
        "[", "]",
        "{", "}", "{#x}", "|", "&", "*", "!", "%", "?", "~", "null", "true", "no", "1e3", "0x1F", "\u{0}", "<<", "- ",
        "$", "..",
        "<!-- fingerpost {\"text\":\"x\"} -->",
    ]

    static func text(_ generator: inout SplitMix64, atMost length: Int = 10) -> String {
        (0..<Int.random(in: 1...length, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }

    /// A text that is not empty when it is trimmed.
    static func sound(_ generator: inout SplitMix64) -> String {
        let text = text(&generator)
        return text.trimmingWhiteSpace().isEmpty ? "=" + text : text
    }

    static func value(_ generator: inout SplitMix64, depth: Int = 2) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: -1_000_000_000...1_000_000_000, using: &generator))
        case 3: return .number(.random(in: -1...1, using: &generator) * 1e-7)
        case 4:
            return .number([1.5, -0.25, 1e300, .leastNonzeroMagnitude, 1e21].randomElement(using: &generator) ?? 0.5)
        case 5: return .string(text(&generator))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<3, using: &generator)).map { _ in value(&generator, depth: depth - 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0..<3, using: &generator) {
                members[text(&generator)] = value(&generator, depth: depth - 1)
            }
            return .object(members)
        }
    }

    static func list(_ generator: inout SplitMix64, from minimum: Int = 0) -> [String] {
        guard Bool.random(using: &generator) || minimum > 0 else { return [] }
        if Bool.random(using: &generator) { return ["plain", "x:y.z", "two words"] }
        return (0..<Int.random(in: max(1, minimum)...3, using: &generator)).map { _ in sound(&generator) }
    }

    static func guidelines(_ seed: UInt64, count: Int = 40) throws -> [Guideline] {
        var generator = SplitMix64(seed: seed)
        return try (0..<count).map { index in
            func maybe<Value>(_ value: Value, _ other: Value) -> Value {
                Bool.random(using: &generator) ? value : other
            }
            var additional: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                let name =
                    Bool.random(using: &generator)
                    ? [
                        "support", "metadata", "description", "labels", "track", "name", "enabled", "weight", "llm",
                        "true",
                    ]
                    .randomElement(using: &generator) ?? "x"
                    : sound(&generator)
                additional[name] = value(&generator)
            }
            if index % 13 == 0 { additional[String(repeating: "long ", count: 400)] = .integer(1) }
            let isOdd = Bool.random(using: &generator)
            let id =
                isOdd
                ? "\(index)"
                    + sound(&generator).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
                    .map(String.init).joined() : "g_\(index)"
            let relations: [Guideline.Relation] = maybe(
                [.init(type: .entails, target: "t" + text(&generator)), .init(type: .excludes, target: "g_x")],
                maybe([.init(type: .dependsOnAny, target: "u"), .init(type: .priority, target: "v")], []))
            return try Guideline(
                id: id, title: maybe(sound(&generator), nil), text: sound(&generator),
                condition: maybe(sound(&generator), nil), kind: maybe(.style, .safety),
                status: Guideline.Status.allCases.randomElement(using: &generator) ?? .active,
                authority: maybe(.root, .guideline), priority: .random(in: -3...3, using: &generator),
                severity: Guideline.Severity.allCases.randomElement(using: &generator) ?? .low,
                risk: list(&generator), tags: list(&generator),
                language: maybe("en", maybe("pt-BR", sound(&generator))),
                examples: list(&generator), counterexamples: list(&generator),
                threshold: maybe(.random(in: -1...1, using: &generator), maybe(1e-9, nil)), relations: relations,
                source: maybe(
                    ["license": .string(text(&generator)), "n": value(&generator)], ["type": .string("human")]),
                version: maybe(1, 7), additionalFields: additional
            ).validated()
        }
    }

    static func export(_ guidelines: [Guideline], _ format: ExportFormat) -> (bytes: [UInt8], summary: ExportSummary) {
        var exporter = GuidelineExporter(format: format)
        var bytes: [UInt8] = []
        for guideline in guidelines { exporter.append(guideline, to: &bytes) }
        exporter.finish(to: &bytes)
        return (bytes, exporter.summary)
    }

    static let lossless: [ExportFormat] = [
        .jsonl, .json, .csv, .tsv, .yaml, .markdown, .parlant, .semanticRouter, .semanticRouterYAML,
    ]

    private static func importFormat(_ format: ExportFormat) -> ImportFormat { format.importFormat }

    private func readBack(_ bytes: [UInt8], _ format: ExportFormat, bufferLength: Int = 4096) throws -> [Guideline] {
        var options = ImportOptions()
        options.bufferLength = bufferLength
        options.maximumExamples = 1_000
        var importer = GuidelineImporter(options: options)
        let name = format == .semanticRouterYAML ? "routes.yaml" : "input"
        return try importer.read(from: .bytes(bytes, name: name), format: format.importFormat)
    }

    @Test(arguments: lossless)
    func whatIsWrittenIsReadBack(format: ExportFormat) throws {
        for seed in 1...12 {
            var guidelines = try Self.guidelines(UInt64(seed))
            // Relations are between guidelines there.
            if format == .parlant {
                for index in guidelines.indices { guidelines[index].relations.sort { $0.target < $1.target } }
            }
            let (bytes, summary) = Self.export(guidelines, format)
            #expect(summary.written == guidelines.count && summary.omitted == 0 && summary.lostFields.isEmpty)
            let read = try readBack(bytes, format)
            for (was, became) in zip(guidelines, read) {
                #expect(
                    was.jsonText.utf8.elementsEqual(became.jsonText.utf8),
                    "seed \(seed): \(was.jsonText)\n\(became.jsonText)")
            }
            #expect(read.count == guidelines.count)
            // And the same bytes once more.
            #expect(Self.export(read, format).bytes == bytes, "seed \(seed)")
        }
    }

    /// A guideline that was validated is valid as it is, or a second import would change it.
    @Test func validatingTwiceChangesNothing() throws {
        for seed in 1...20 {
            for guideline in try Self.guidelines(UInt64(seed)) {
                #expect(try guideline.validated().jsonText == guideline.jsonText, "seed \(seed)")
            }
        }
        let repeated = try Guideline(id: "a", title: "T", text: "T: T: T: x").validated()
        #expect(repeated.text == "x" && repeated.title == "T")
    }

    @Test func nothingIsWrittenAsSomethingThatHoldsNothing() throws {
        for format in ExportFormat.allCases {
            let (bytes, _) = Self.export([], format)
            let error = storeError { _ = try readBack(bytes, format) }
            #expect(["no_records", "empty_file"].contains(error?.code), "\(format) \(String(describing: error))")
        }
    }

    @Test func lossyFormatsCarryWhatTheySay() throws {
        for seed in 1...6 {
            let guidelines = try Self.guidelines(UInt64(seed))
            for format in ExportFormat.allCases where !Self.lossless.contains(format) {
                let (bytes, summary) = Self.export(guidelines, format)
                // Two that say the same are one there, so only the first of them is expected.
                let read = try readBack(bytes, format)
                var expected = guidelines
                if format == .dprTraining { expected.removeAll { $0.examples.isEmpty } }
                #expect(summary.written == expected.count && summary.omitted == guidelines.count - expected.count)
                try #require(read.count == expected.count, "seed \(seed) \(format)")
                for (was, became) in zip(expected, read) {
                    #expect(was.id == became.id && was.text.utf8.elementsEqual(became.text.utf8), "seed \(seed)")
                    if format != .nemoPolicies { #expect(was.title == became.title, "seed \(seed) \(was.jsonText)") }
                    if format == .dprTraining { #expect(was.examples == became.examples, "seed \(seed)") }
                    #expect(became.source["format"] == .string(format.importFormat.rawValue))
                }
                let carried = try #require(format.carriedFields)
                for (name, count) in summary.lostFields {
                    #expect(!carried.contains(name))
                    #expect(count == expected.count { $0.filledFields.contains(name) }, "\(name)")
                }
                let tags = expected.count { !$0.tags.isEmpty }
                #expect(summary.lostFields["tags"] == (tags == 0 ? nil : tags))
            }
        }
    }

    @Test func namesOfLostFieldsAreBounded() throws {
        let guidelines = try (0..<300).map {
            try Guideline(id: "\($0)", text: "x", additionalFields: ["n\($0)": .null]).validated()
        }
        let lost = Self.export(guidelines, .dprTSV).summary.lostFields
        #expect(lost.count == 201 && lost["other fields"] == 100)
    }
}
