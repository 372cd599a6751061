import Fingerpost
import Foundation

/// A library of the sample corpus in a folder for temporary files.
enum SampleLibrary {
    static func open() throws -> GuidelineLibrary {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let corpus = root.appendingPathComponent("models/sample-corpus/guidelines.jsonl")
        var importer = GuidelineImporter()
        var guidelines: [Guideline] = []
        try importer.forEach(in: InputSource(argument: corpus.path), format: nil) { guideline, _ in
            guidelines.append(guideline)
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fingerpost-benchmark-\(UUID().uuidString)")
        let library = try GuidelineLibrary.openOrCreate(at: folder)
        try library.add(guidelines)
        return library
    }
}
