import Foundation
import GuidelineStore
import Platform
import Testing

@testable import Fingerpost

@Suite("What a library has learned about inputs")
struct AdapterTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func library(_ encoder: WordEncoder = WordEncoder()) throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options(encoder))
        try library.add(manyGuidelines(300) + [locks, doses])
        return library
    }

    private func adapter(
        _ encoder: WordEncoder = WordEncoder(), weights: Float = 0.05, prominence: Float = 0.5, offset: Float = 0.1
    ) throws -> RetrieverAdapter {
        try WordAdapter.make(encoder, weights: weights, prominence: prominence, offset: offset)
    }

    @Test("Similarities are those of the definition, and the beam finds what a scan finds")
    func definition() throws {
        let library = try library()
        let adapter = try adapter()
        try library.setAdapter(adapter)
        let input = "river stone lantern"
        let mapped = adapter.apply(try library.encoder.encode(input))
        #expect(abs(mapped.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        var plain = RetrievalOptions(limit: 302, method: .dense)
        plain.isExact = true
        let matches = try library.search(input, options: plain).matches
        #expect(matches.count == 302)
        for match in matches where match.guideline.examples.isEmpty {
            let vector = try library.encoder.encode(match.guideline.text)
            let cosine = zip(mapped, vector).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            let products = (0..<6).map { anchor in
                (0..<32).reduce(0.0) { $0 + Double(adapter.anchors[anchor * 32 + $1]) * Double(vector[$1]) }
            }
            let prominence = 0.05 * log(products.reduce(0) { $0 + exp($1 / 0.05) } / 6)
            let expected = 0.1 + 1.5 * (Double(cosine) - 0.5 * prominence)
            #expect(abs(Double(match.similarity ?? 9) - expected) < 1e-4, "\(match.id)")
        }
        for method in [RetrievalMethod.dense, .hybrid] {
            let found = try library.search(input, options: RetrievalOptions(limit: 10, method: method))
            let exact = try library.search(input, options: RetrievalOptions(limit: 10, method: method, isExact: true))
            #expect(found.isFitted && found.matches.map(\.id) == exact.matches.map(\.id))
        }
        // Words alone know nothing of it.
        #expect(try !library.search(input, options: RetrievalOptions(method: .lexical)).isFitted)
        // Answers for many inputs are those for each.
        let many = try library.search(batch: [input, "cloud ember"])
        let each = try [input, "cloud ember"].map { try library.search($0).matches.map(\.score) }
        #expect(many.map { $0.matches.map(\.score) } == each)
    }

    @Test("One that changes nothing gives the answers that were there")
    func identity() throws {
        let library = try library()
        let texts = ["river stone", "how can I pick a lock", "ibuprofen for my baby", "zzz"]
        let before = try library.search(batch: texts)
        var same = try adapter(weights: 0, prominence: 0, offset: 0)
        same = try RetrieverAdapter(
            dimension: 32, weights: same.weights, bias: same.bias, prominenceWeight: 0, temperature: 1, anchors: [],
            offset: 0, scale: 1, origin: same.origin)
        try library.setAdapter(same)
        let after = try library.search(batch: texts)
        for (one, other) in zip(before, after) {
            #expect(one.matches.map(\.id) == other.matches.map(\.id))
            for (left, right) in zip(one.matches, other.matches) { #expect(abs(left.score - right.score) < 1e-5) }
        }
    }

    @Test("A calibration of other similarities is refused, and is right again once they are back")
    func staleCalibration() throws {
        let library = try library()
        let inputs =
            (0..<80).map { LabelledInput(text: "pick a lock \($0)", label: .guidelines(["locks"])) }
            + (0..<80).map { LabelledInput(text: "cook dinner \($0)", label: .benign) }
        try library.setCalibration(try library.calibrate(inputs).calibration)
        let before = try library.search("pick a lock")
        #expect(before.calibration != nil)
        #expect(try !library.isCalibrationStale)
        try library.setAdapter(try adapter())
        #expect(try library.isCalibrationStale && library.information().isCalibrationStale)
        let error = #expect(throws: FingerpostError.self) { try library.search("pick a lock") }
        #expect(error?.code == "invalid_calibration" && "\(error as Any)".contains("fitted"))
        // What asks for other thresholds gets them.
        #expect(try library.search("pick a lock", options: RetrievalOptions(minimumScore: 0.1)).isFitted)
        try library.setCalibration(try library.calibrate(inputs).calibration)
        #expect(try library.search("pick a lock").calibration != nil)
        #expect(try !library.isCalibrationStale)
        #expect(try library.removeAdapter())
        #expect(try library.isCalibrationStale)
        #expect(throws: FingerpostError.self) { try library.search("pick a lock") }
        // The evidence that is calibrated is that which a search sees.
        try library.setCalibration(try library.calibrate(inputs).calibration)
        #expect(try library.search("pick a lock").matches.map(\.similarity) == before.matches.map(\.similarity))
    }

    @Test("It belongs to one encoder")
    func otherEncoder() throws {
        let library = try library()
        #expect(throws: FingerpostError.self) { try library.setAdapter(try adapter(WordEncoder(name: "others"))) }
        try library.setAdapter(try adapter())
        try library.close()
        let other = try GuidelineLibrary.reencode(at: folder.library, options: options(WordEncoder(name: "others")))
        #expect(try other.adapter == nil && !other.search("river stone").isFitted)
    }

    @Test("One that cannot be used is an error where it is used, and can be removed")
    func unusable() throws {
        let library = try library()
        let good = try adapter().stored(prominences: [:])
        for stored in [
            StoredAdapter(record: "{}", numbers: good.numbers, prominences: [:]),
            StoredAdapter(record: good.record, numbers: Array(good.numbers.prefix(700)), prominences: [:]),
            StoredAdapter(record: good.record, numbers: good.numbers + [1], prominences: [:]),
            StoredAdapter(
                record: good.record, numbers: [Float.nan] + good.numbers.dropFirst(), prominences: [:]),
            StoredAdapter(
                record: good.record.replacing("\"format\":1", with: "\"format\":2"), numbers: good.numbers,
                prominences: [:]),
        ] {
            try library.database.write { _ = try $0.setAdapter(stored) }
            let error = #expect(throws: FingerpostError.self) { try library.search("river stone") }
            #expect(error?.code == "invalid_adapter" && error?.isInputError == false)
            #expect(throws: FingerpostError.self) { try library.information() }
            // Words alone do not need it.
            #expect(try !library.search("river stone", options: RetrievalOptions(method: .lexical)).matches.isEmpty)
            #expect(try library.removeAdapter())
            #expect(try !library.search("river stone").isFitted)
        }
    }

    @Test("Numbers that do not fit together make none")
    func invalid() throws {
        let good = try adapter()
        func make(weights: [Float]? = nil, bias: [Float]? = nil, anchors: [Float]? = nil, scale: Float = 1) throws {
            _ = try RetrieverAdapter(
                dimension: 32, weights: weights ?? good.weights, bias: bias ?? good.bias, prominenceWeight: 0.5,
                temperature: 0.05, anchors: anchors ?? good.anchors, offset: 0, scale: scale, origin: good.origin)
        }
        try make()
        #expect(throws: FingerpostError.self) { try make(weights: [1]) }
        #expect(throws: FingerpostError.self) { try make(bias: []) }
        #expect(throws: FingerpostError.self) { try make(anchors: [1]) }
        #expect(throws: FingerpostError.self) { try make(anchors: []) }
        #expect(throws: FingerpostError.self) { try make(scale: 0) }
        #expect(throws: FingerpostError.self) { try make(bias: [Float](repeating: .infinity, count: 32)) }
    }

    @Test("Another process's is used from the next search on")
    func otherProcess() throws {
        let library = try library()
        let reader = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        #expect(try !reader.search("river stone").isFitted)
        try library.setAdapter(try adapter())
        #expect(try reader.search("river stone").isFitted)
        #expect(
            try reader.search("river stone").matches.map(\.score) == library.search("river stone").matches.map(\.score))
        try library.removeAdapter()
        #expect(try !reader.search("river stone").isFitted)
    }
}
