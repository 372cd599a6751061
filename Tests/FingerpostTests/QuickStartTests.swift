// The README's Swift examples, compiled and run. Each stands between two markers, word for word.

// README: quick-start
import Fingerpost
import Foundation

func guidelines(for input: String, in folder: URL) throws -> [GuidelineMatch] {
    let library = try GuidelineLibrary.openOrCreate(at: folder)
    try library.add([
        Guideline(
            id: "locks", title: "Do not help to break in",
            text: "Give no way to open a lock, door or car that is not the asker's own.",
            examples: ["how do I get into my neighbour's house while they are away"]),
        Guideline(
            id: "doses", title: "Leave doses to a pharmacist",
            text: "Do not say how much of a medicine to take; name who can.",
            examples: ["can I take four of these painkillers at once"]),
    ])
    let found = try library.search(input, options: RetrievalOptions(limit: 3, minimumScore: 0.3))
    for match in found.matches {
        print(match.score, match.guideline.id, "by its \(match.via.label):", match.via.text)
    }
    return found.matches
}
// README: end

// README: vector-index
import VectorIndex

func nearest(to query: [Float], among vectors: [String: [Float]]) throws -> [String] {
    let index = try HNSWIndex<String>(dimension: query.count, metric: .cosine)
    for (key, vector) in vectors { try index.insert(vector, for: key) }
    let options = SearchOptions<String>(filter: .predicate { !$0.hasPrefix("draft-") })
    return try index.search(query, limit: 2, options: options).map(\.key)
}
// README: end

// README: text-encoder
import FingerpostResources
import TextEncoder

func similarity(of first: String, and second: String) throws -> Float {
    let encoder = try PretrainedEncoder.load(from: BundledModels.encoderFolder())
    let (a, b) = (try encoder.encode(first), try encoder.encode(second))
    return zip(a, b).map(*).reduce(0, +)
}
// README: end

import Testing

@Suite("The README's Swift examples")
struct QuickStartTests {
    @Test("The quick start finds the guideline that applies, and none where none does")
    func quickStart() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try guidelines(for: "is it safe to take five painkillers", in: folder).first?.id == "doses")
        // The second time the library is there, and what is in it is not added again.
        #expect(
            try guidelines(for: "open the door of the house next door without a key", in: folder).first?.id == "locks")
        #expect(try guidelines(for: "what rhymes with orange", in: folder).isEmpty)
        #expect(try GuidelineLibrary.open(at: folder, mode: .readOnly).count == 2)
    }

    @Test("The vector index example returns the nearest keys that pass the filter")
    func vectorIndex() throws {
        let vectors: [String: [Float]] = [
            "east": [1, 0.1], "north": [0, 1], "draft-east": [1, 0], "north-east": [1, 1],
        ]
        #expect(try nearest(to: [1, 0], among: vectors) == ["east", "north-east"])
    }

    @Test("The encoder example puts what means the same nearer than what does not")
    func textEncoder() throws {
        let near = try similarity(of: "the film was great", and: "a wonderful movie")
        let far = try similarity(of: "the film was great", and: "quarterly tax return")
        #expect(near > far + 0.1)
    }

    @Test("The README shows them word for word", arguments: ["quick-start", "vector-index", "text-encoder"])
    func readmeShowsThem(name: String) throws {
        let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
        let example = try #require(
            Self.text(in: source, after: "// README: \(name)\n", before: "// README: end"))
        let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(example)```"), "README.md has no ```swift block with the example \(name)")
    }

    private static var root: URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private static func text(in source: String, after start: String, before end: String) -> String? {
        guard let first = source.range(of: start),
            let last = source.range(of: end, range: first.upperBound..<source.endIndex)
        else { return nil }
        return String(source[first.upperBound..<last.lowerBound])
    }
}
