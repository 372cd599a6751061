import CKernels
import Foundation
import Platform
import Testing

@testable import TextEncoder

@Suite("Networks in 8-bit integers")
struct QuantizedEncoderTests {
    private static let texts: [String] = {
        var random = SplitMix64(seed: 5)
        let words = ["never", "share", "a", "password", "please", "\u{e9}t\u{e9}", "x", "keep", "it", "short", "!"]
        let few = ["", " ", "a", "keep it short", String(repeating: "never share a password ", count: 60)]
        return few
            + (0..<35).map { _ in
                (0..<Int.random(in: 1...25, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
                    .joined(separator: " ")
            }
    }()

    private static func cosine(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Every set of kernels that this CPU runs.
    private static var allKernels: [UnsafePointer<fp_kernels>] {
        var all: [UnsafePointer<fp_kernels>] = []
        while let kernels = fp_kernels_at(all.count) { all.append(kernels) }
        return all
    }

    @Test(
        "the direction of the float path, in networks of the sizes that are used",
        arguments: [RandomNetwork(hidden: 256, layers: 4, heads: 8), RandomNetwork(hidden: 384, layers: 2, heads: 12)])
    func direction(network: RandomNetwork) throws {
        try network.withFolder { folder in
            let float = try TransformerEncoder(contentsOf: folder, precision: .float32)
            let encoder = try TransformerEncoder(contentsOf: folder)
            #expect(float.precision == .float32 && encoder.precision == .int8)
            #expect(encoder.identity == float.identity)
            let expected = try float.encode(batch: Self.texts, threads: 1, progress: nil)
            let found = try encoder.encode(batch: Self.texts, threads: 1, progress: nil)
            for index in Self.texts.indices {
                #expect(abs(Self.cosine(found[index], found[index]) - 1) < 1e-5)
                #expect(Self.cosine(found[index], expected[index]) > 0.999, "\(Self.texts[index].prefix(40))")
            }
        }
    }

    @Test("the direction of the reference, for every layout of folder", arguments: TransformerTests.folders)
    func fixtures(folder: String) throws {
        // Weights ten times as large as those of a trained network, in rows of 32: no kind case.
        let encoder = try TransformerEncoder(contentsOf: Fixtures.url(folder), precision: .int8)
        #expect(encoder.precision == .int8)
        let cases: [VectorCase] = try Fixtures.decode("\(folder)/vectors.json")
        for item in cases { #expect(Self.cosine(try encoder.encode(item.text), item.floats) > 0.98) }
    }

    @Test("a float model runs in floats unless it is told otherwise")
    func automatic() throws {
        let folder = try Fixtures.url("bert-mean-f32")
        #expect(try TransformerEncoder(contentsOf: folder).precision == .float32)
        #expect(try PretrainedEncoder.load(from: folder, precision: .int8) is TransformerEncoder)
    }

    @Test("the same bits with every set of kernels, in every batch and on any number of threads")
    func sameBits() throws {
        try RandomNetwork(hidden: 72, layers: 2, heads: 3).withFolder { folder in
            let reference = try TransformerEncoder(folder: ModelFolder(path: folder.path), precision: .int8)
            let expected = try reference.encode(batch: Self.texts, threads: 1, progress: nil)
            for kernels in Self.allKernels {
                let encoder = try TransformerEncoder(
                    folder: ModelFolder(path: folder.path), precision: .int8, kernels: kernels)
                let name = String(cString: kernels.pointee.name)
                for (index, text) in Self.texts.enumerated() {
                    #expect(try encoder.encode(text) == Array(expected[index]), "\(name)")
                }
            }
            for threads in 2...8 {
                #expect(try reference.encode(batch: Self.texts, threads: threads, progress: nil) == expected)
            }
            for (packSize, windowSize) in [(1, 7), (40, 60), (100, 1), (10_000, 10_000)] {
                let batch = try reference.encode(
                    batch: Self.texts, threads: 2, packSize: packSize, windowSize: windowSize, progress: nil)
                #expect(batch == expected)
            }
        }
    }

    @Test("eight tasks on one encoder all get the same bytes")
    func concurrency() async throws {
        let encoder = try TransformerEncoder(contentsOf: Fixtures.url("bert-mean-f32"), precision: .int8)
        let expected = try encoder.encode(batch: Self.texts, threads: 1, progress: nil)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in Self.texts.indices where index % 8 == task {
                        guard try encoder.encode(Self.texts[index]) == Array(expected[index]) else { return false }
                    }
                    return try encoder.encode(batch: Self.texts, threads: 2, progress: nil) == expected
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    @Test("word embeddings as bare integers, positions in the same unit: the normalisation takes the unit out")
    func bareIntegers() throws {
        try RandomNetwork(hidden: 64, layers: 1, heads: 2).withFolder { folder in
            let file = try SafetensorsFile(contentsOf: folder.appendingPathComponent("model.safetensors"))
            #expect(try file.tensor("embeddings.word_embeddings.weight").type == .int8)
            // The same table as floats, read by the float path as any table is.
            try withTemporaryFolder { other in
                let copy = other.appendingPathComponent("copy")
                try FileManager.default.copyItem(at: folder, to: copy)
                try RandomNetwork(hidden: 64, layers: 1, heads: 2).write(
                    copy.appendingPathComponent("model.safetensors"), floatWords: true)
                let float = try TransformerEncoder(contentsOf: copy)
                let bare = try TransformerEncoder(contentsOf: folder, precision: .float32)
                #expect(float.precision == .float32)
                for text in Self.texts { #expect(try float.encode(text) == bare.encode(text)) }
            }
        }
    }

    @Test("weights that are not finite are an error when they are quantized")
    func notFinite() throws {
        for name in ["query.weight", "value.bias"] {
            try withCopy(of: "bert-mean-f32") { folder in
                let url = folder.appendingPathComponent("model.safetensors")
                let file = try SafetensorsFile(contentsOf: url)
                let range = try file.tensor("encoder.layer.1.attention.self.\(name)").byteRange
                var data = try Data(contentsOf: url)
                data.replaceSubrange(range.lowerBound..<(range.lowerBound + 4), with: [0, 0, 0x80, 0x7F])
                try data.write(to: url, options: .atomic)
                let error = try #require(
                    encoderError { _ = try PretrainedEncoder.load(from: folder, precision: .int8) })
                guard case .corruptWeights(_, let reason) = error else { throw error }
                #expect(reason.contains(name))
            }
        }
    }
}

/// A network of random weights in half precision, with the vocabulary of a fixture and 8-bit word embeddings.
struct RandomNetwork: Sendable, CustomTestStringConvertible {
    var hidden: Int
    var layers: Int
    var heads: Int
    private let positions = 64

    init(hidden: Int, layers: Int, heads: Int) {
        (self.hidden, self.layers, self.heads) = (hidden, layers, heads)
    }

    var testDescription: String { "\(hidden) x \(layers)" }

    func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        try withCopy(of: "bert-mean-f32") { folder in
            let config = folder.appendingPathComponent("config.json")
            let size = try JSONDocument([UInt8](Data(contentsOf: config)), path: "config.json").root
                .required("vocab_size").integer(in: 1...1000)
            try config.write(
                """
                {"model_type": "bert", "hidden_size": \(hidden), "num_hidden_layers": \(layers),
                 "num_attention_heads": \(heads), "intermediate_size": \(4 * hidden), "vocab_size": \(size),
                 "max_position_embeddings": \(positions), "type_vocab_size": 2, "hidden_act": "gelu",
                 "layer_norm_eps": 1e-12}
                """)
            try write(folder.appendingPathComponent("model.safetensors"), vocabulary: size)
            return try body(folder)
        }
    }

    func write(_ url: URL, vocabulary: Int? = nil, floatWords: Bool = false) throws {
        var random = SplitMix64(seed: UInt64(hidden))
        // Rows are cut from a pool, which is much faster than making each number in a debug build.
        let pool = (0..<30_011).map { _ in
            (0..<6).reduce(Float(-3)) { sum, _ in sum + Float.random(in: 0...1, using: &random) }
        }
        let size =
            try vocabulary
            ?? SafetensorsFile(contentsOf: url).tensor("embeddings.word_embeddings.weight").shape[0]
        var header: [String] = []
        var data = Data()
        func add(_ name: String, _ shape: [Int], type: String = "F16", scale: Float, offset: Float = 0) {
            let start = data.count
            let count = shape.reduce(1, *)
            if type == "F16" {
                let scaled = pool.map { Self.half($0 * scale + offset) }
                scaled.withUnsafeBufferPointer { scaled in
                    var left = count
                    while left > 0 {
                        let length = min(left, 997)
                        let first = Int.random(in: 0...(scaled.count - length), using: &random)
                        data.append(UnsafeBufferPointer(rebasing: scaled[first..<(first + length)]))
                        left -= length
                    }
                }
            } else {
                for _ in 0..<count {
                    let code = Int.random(in: -127...127, using: &random)
                    if type == "I8" {
                        data.append(UInt8(bitPattern: Int8(code)))
                    } else {
                        withUnsafeBytes(of: Float(code)) { data.append(contentsOf: $0) }
                    }
                }
            }
            let sizes = shape.map(String.init).joined(separator: ",")
            header.append(
                "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(sizes)],\"data_offsets\":[\(start),\(data.count)]}")
        }
        func norm(_ name: String) {
            add("\(name).weight", [hidden], scale: 0.1, offset: 1)
            add("\(name).bias", [hidden], scale: 0.1)
        }
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) {
            add("\(name).weight", [outputs, inputs], scale: 1.6 / Float(inputs).squareRoot())
            add("\(name).bias", [outputs], scale: 0.1)
        }
        add(
            "embeddings.word_embeddings.weight", [size, hidden], type: floatWords ? "F32" : "I8", scale: 1)
        add("embeddings.position_embeddings.weight", [positions, hidden], scale: 20)
        add("embeddings.token_type_embeddings.weight", [2, hidden], scale: 10)
        norm("embeddings.LayerNorm")
        for index in 0..<layers {
            let layer = "encoder.layer.\(index)"
            for part in ["query", "key", "value"] { linear("\(layer).attention.self.\(part)", hidden, hidden) }
            linear("\(layer).attention.output.dense", hidden, hidden)
            norm("\(layer).attention.output.LayerNorm")
            linear("\(layer).intermediate.dense", 4 * hidden, hidden)
            linear("\(layer).output.dense", hidden, 4 * hidden)
            norm("\(layer).output.LayerNorm")
        }
        let text = Data("{\(header.joined(separator: ","))}".utf8)
        var file = Data()
        withUnsafeBytes(of: UInt64(text.count).littleEndian) { file.append(contentsOf: $0) }
        try (file + text + data).write(to: url, options: .atomic)
    }

    /// The half-precision number next to a normal one, toward zero; zero for what is smaller.
    private static func half(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let exponent = Int(bits >> 23 & 255) - 112
        guard exponent > 0 else { return 0 }
        return UInt16(bits >> 16 & 0x8000) | UInt16(exponent) << 10 | UInt16(bits >> 13 & 0x3FF)
    }
}
