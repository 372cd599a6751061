import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// The same guidelines in every format, read through small buffers, and inputs that are cut or changed at random.
@Suite struct RoundTripTests {
    private static func guidelines(_ seed: UInt64) throws -> [Guideline] {
        var generator = SplitMix64(seed: seed)
        func text() -> String { "x" + String.random(using: &generator).replacing("\u{1}", with: "y") + "z" }
        return try (0..<40).map { index in
            try Guideline(
                id: "g\(index)", title: Bool.random(using: &generator) ? text() : nil, text: text(),
                kind: Guideline.Kind.allCases.randomElement(using: &generator) ?? .style,
                priority: Int.random(in: -5...5, using: &generator), tags: [text(), text()], examples: [text()],
                threshold: Double.random(in: 0...1, using: &generator),
                relations: [.init(type: .entails, target: "other:\(index)")], source: ["license": .string(text())],
                additionalFields: ["note": .string(text())]
            ).validated()
        }
    }

    /// The guidelines as a file of the format.
    private static func file(_ guidelines: [Guideline], _ format: ImportFormat) -> String {
        switch format {
        case .jsonl: return guidelines.map(\.jsonText).joined(separator: "\n")
        // JSON is YAML.
        case .json, .yaml: return "[" + guidelines.map(\.jsonText).joined(separator: ",\n") + "]"
        case .csv: return table(guidelines, ",")
        case .tsv: return table(guidelines, "\t")
        default: return ""
        }
    }

    private static func table(_ guidelines: [Guideline], _ delimiter: String) -> String {
        let columns = [
            "id", "title", "text", "kind", "priority", "tags", "examples", "threshold", "relations", "source", "note",
        ]
        func cell(_ guideline: Guideline, _ name: String) -> String {
            guard case .object(let members) = guideline.json else { return "" }
            let text: String =
                switch members[name] {
                case .string(let text): text
                case .some(let value): value.jsonText
                case nil: ""
                }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }
        let rows = guidelines.map { guideline in columns.map { cell(guideline, $0) }.joined(separator: delimiter) }
        return ([columns.joined(separator: delimiter)] + rows).joined(separator: "\r\n")
    }

    @Test(arguments: [ImportFormat.jsonl, .json, .csv, .tsv, .yaml], [64, 100, 4096])
    func everyFormatReadsTheSame(format: ImportFormat, bufferLength: Int) throws {
        let folder = try TemporaryFolder()
        var options = ImportOptions()
        options.bufferLength = bufferLength
        for seed in 1...5 {
            let guidelines = try Self.guidelines(UInt64(seed))
            let url = try folder.write(Self.file(guidelines, format), to: "corpus")
            let read = try GuidelineImporter.read(from: url, format: format, options: options)
            #expect(read == guidelines)
            #expect(read.map(\.jsonText) == guidelines.map(\.jsonText))
        }
    }

    @Test(arguments: ImportFormat.allCases)
    func whateverIsReadNothingTraps(format: ImportFormat) throws {
        var generator = SplitMix64(seed: 17)
        let markdown =
            "---\nkind: style\n---\n# A {#a tags=x}\ntext\n```\n# b\n```\n## C\n<!-- x -->\nmore\n\nTitle\n===\nend\n"
        let own = try Self.file(Self.guidelines(1).prefix(3).map(\.self), format)
        let text = if let fixture = ExchangeFixture(format: format) { try fixture.text() } else { own }
        let good = Array((format == .markdown ? markdown : text).utf8)
        let nasty = Array("\"\\{}[],:;#-|>&*!%@`'\n\r\t \0".utf8) + [0xFF, 0xC3, 0xED, 0xEF]
        for round in 0..<600 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch round % 3 {
                case 0: bytes[place] = nasty.randomElement(using: &generator) ?? 0
                case 1: bytes.insert(nasty.randomElement(using: &generator) ?? 0, at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { break }
            }
            do {
                _ = try GuidelineImporter.read(bytes, format)
            } catch {
                #expect(error is GuidelineStoreError, "\(error)")
            }
        }
    }
}
