import Platform
import Testing

@testable import GuidelineStore

/// What a file is taken for, and that nothing is guessed silently.
@Suite struct RecognitionTests {
    private func read(_ text: String, _ name: String, _ format: ImportFormat? = nil) throws -> (
        [Guideline], [ImportNotice]
    ) {
        var importer = GuidelineImporter()
        var guidelines: [Guideline] = []
        var notices: [ImportNotice] = []
        try importer.forEach(
            in: .bytes(Array(text.utf8), name: name), format: format, notice: { notices.append($0) }
        ) { guideline, _ in guidelines.append(guideline) }
        return (guidelines, notices)
    }

    @Test func recordsOfOursStayOurs() throws {
        let text =
            #"{"text":"x","question":"q","positive_ctxs":[],"prompt":"p","rules":"r","name":"n","utterances":[]}"#
        for (text, name) in [(text, "a.jsonl"), ("[\(text)]", "a.json"), (text, "a.json"), ("- \(text)", "a.yaml")] {
            let (guidelines, notices) = try read(text, name)
            #expect(guidelines.map(\.text) == ["x"] && notices.isEmpty)
        }
    }

    @Test(arguments: ExchangeFixture.allCases.filter { $0 != .passages && $0 != .spec })
    func aFormatThatIsAskedForIsNoNews(fixture: ExchangeFixture) throws {
        let asked = try fixture.read(asked: fixture.format)
        let recognized = try fixture.read()
        #expect(asked.guidelines == recognized.guidelines)
        #expect(recognized.notices.first == .recognized(file: "folder/\(fixture.rawValue)", as: fixture.format))
        #expect(asked.notices == Array(recognized.notices.dropFirst()))
    }

    @Test func anotherFormatOverrules() throws {
        let error = storeError { _ = try read("[{\"prompt\":\"p\",\"rules\":\"r\"}]", "a.json", .json) }
        #expect(error?.code == "invalid_field")
        #expect(storeError { _ = try read("{\"routes\":[]}", "a.json", .json) }?.code == "no_records")
    }

    @Test func formatsComeInSeveralDresses() throws {
        let pair = #"{"question":"q","positive_ctxs":[{"title":"t","text":"x"}]}"#
        for (text, name) in [(pair + "\n" + pair, "a.jsonl"), ("[\(pair)]", "a.json"), ("- \(pair)", "a.yml")] {
            for format in [ImportFormat?.none, .dprTraining] {
                #expect(try read(text, name, format).0.map(\.text) == ["x"])
            }
        }
        #expect(try read("[{\"prompt\":\"p\",\"rules\":\"r: s\"}]", "a.json", .guideAlignRules).0.map(\.text) == ["s"])
    }

    @Test func namesOfFormats() {
        #expect(ImportFormat(name: "Guide-Align-Pairs") == .dprTraining)
        #expect(ImportFormat(name: "model-spec") == .markdown)
        #expect(ImportFormat(name: "docx") == nil)
        for format in ImportFormat.allCases { #expect(ImportFormat(name: format.rawValue) == format) }
        for format in ExportFormat.allCases { #expect(ExportFormat(name: format.rawValue) == format) }
        #expect(ExportFormat(name: "guide-align-rules") == nil)
        #expect(ExportFormat(path: "a/b.YML") == .yaml && ExportFormat(path: "a.docx") == nil)
    }

    /// Every fixture, cut and changed at random: an error of this module or guidelines, never a trap.
    @Test(arguments: ExchangeFixture.allCases)
    func damagedFilesNeverTrap(fixture: ExchangeFixture) throws {
        let good = try fixture.bytes()
        var generator = SplitMix64(seed: 23)
        let nasty = Array("\"\\{}[],:;#-|>&*!%@`'\n\r\t \0".utf8) + [0xFF, 0xC3, 0xED, 0xEF]
        for round in 0..<1_200 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch round % 4 {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: bytes.insert(nasty.randomElement(using: &generator) ?? 0, at: place)
                case 2: bytes[place] = nasty.randomElement(using: &generator) ?? 0
                default: bytes.removeSubrange(place...)
                }
            }
            for asked in [fixture.format, fixture == .passages ? .dprTSV : nil] {
                do {
                    _ = try fixture.read(bytes, asked: asked)
                } catch {
                    #expect(error is GuidelineStoreError, "round \(round): \(error)")
                    let place = (error as? GuidelineStoreError)?.location
                    #expect(place?.file == "folder/\(fixture.rawValue)", "round \(round): \(error)")
                }
                // Passing over what cannot be used ends too, with what is left.
                var importer = GuidelineImporter()
                do {
                    try importer.forEach(
                        in: .bytes(bytes, name: fixture.rawValue), format: asked, fault: { _ in }
                    ) { guideline, _ in #expect(!guideline.text.isEmpty) }
                } catch {
                    #expect(error is GuidelineStoreError, "round \(round): \(error)")
                }
            }
        }
    }
}
