import Foundation
import Testing

@testable import GuidelineStore

/// A small file of each format of other programs.
enum ExchangeFixture: String, CaseIterable {
    case pairs = "pairs.json"
    case rules = "rules.jsonl"
    case results = "results.json"
    case passages = "passages.tsv"
    case parlant = "parlant.json"
    case routes = "routes.json"
    case routesYAML = "routes.yaml"
    case policies = "policies.yaml"
    case spec = "spec.md"

    init?(format: ImportFormat) {
        guard let fixture = Self.allCases.first(where: { $0.format == format }), fixture != .spec else { return nil }
        self = fixture
    }

    var format: ImportFormat {
        switch self {
        case .pairs: .dprTraining
        case .rules: .guideAlignRules
        case .results: .dprResults
        case .passages: .dprTSV
        case .parlant: .parlant
        case .routes, .routesYAML: .semanticRouter
        case .policies: .nemoPolicies
        case .spec: .markdown
        }
    }

    func bytes() throws -> [UInt8] {
        let name = rawValue.split(separator: ".")
        let url = try #require(
            Bundle.module.url(
                forResource: String(name[0]), withExtension: String(name[1]), subdirectory: "Fixtures/exchange"))
        return Array(try Data(contentsOf: url))
    }

    func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    /// The guidelines, and what the import had to say.
    func read(
        asked: ImportFormat? = nil, options: ImportOptions = ImportOptions()
    ) throws -> (guidelines: [Guideline], notices: [ImportNotice]) {
        try read(try bytes(), asked: asked, options: options)
    }

    func read(
        _ bytes: [UInt8], asked: ImportFormat?, options: ImportOptions = ImportOptions()
    ) throws -> (guidelines: [Guideline], notices: [ImportNotice]) {
        var importer = GuidelineImporter(options: options)
        var guidelines: [Guideline] = []
        var notices: [ImportNotice] = []
        try importer.forEach(
            in: .bytes(bytes, name: "folder/\(rawValue)"), format: asked, notice: { notices.append($0) }
        ) { guideline, _ in guidelines.append(guideline) }
        return (guidelines, notices)
    }
}

extension Guideline {
    /// The source that an import gives.
    static func source(_ format: String, _ ref: String, record: Int? = nil) -> [String: JSONValue] {
        var source: [String: JSONValue] = [
            "type": .string("import"), "format": .string(format), "ref": .string(ref),
        ]
        if let record { source["record"] = .integer(record) }
        return source
    }

    /// The id derived from title and text alone.
    var idOfContent: String {
        var plain = self
        (plain.examples, plain.counterexamples, plain.condition) = ([], [], nil)
        return Guideline.derivedID(contentHash: plain.contentHash)
    }
}
