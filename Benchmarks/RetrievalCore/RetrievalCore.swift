import Benchmark
import BenchmarkData
import Foundation
import VectorIndex

// The index alone, on vectors of your own (BASE and QUERIES name .npy files) or on made-up ones around a few centres.
// What a search takes here and what `QueryAPI` takes differ by the encoder and the library around the index.

private struct Vectors: Sendable {
    let dimension: Int
    let rows: [Float]
    let queries: [[Float]]

    var count: Int { rows.count / dimension }

    static func load() -> Vectors {
        let environment = ProcessInfo.processInfo.environment
        guard let base = environment["BASE"], let queries = environment["QUERIES"] else { return madeUp() }
        do {
            let (base, queries) = (try NumPyMatrix(contentsOf: base), try NumPyMatrix(contentsOf: queries))
            guard base.columns == queries.columns else {
                fatalError("BASE has \(base.columns) columns, QUERIES \(queries.columns)")
            }
            return Vectors(
                dimension: base.columns, rows: base.elements, queries: (0..<queries.rows).map(queries.row))
        } catch {
            fatalError("\(error)")
        }
    }

    /// The same on every machine.
    private static func madeUp() -> Vectors {
        var random = SeededGenerator(seed: 1)
        let dimension = 128
        let centres = (0..<200).map { _ in (0..<dimension).map { _ in random.normal() } }
        func vector() -> [Float] {
            let centre = centres[Int.random(in: 0..<centres.count, using: &random)]
            return centre.map { $0 + 0.8 * random.normal() }
        }
        var rows: [Float] = []
        for _ in 0..<20_000 { rows += vector() }
        return Vectors(dimension: dimension, rows: rows, queries: (0..<500).map { _ in vector() })
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Near enough: the sum of twelve even numbers.
    mutating func normal() -> Float {
        (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0..<1, using: &self) }
    }
}

let benchmarks: @Sendable () -> Void = {
    let vectors = Vectors.load()

    func index(_ layout: HNSWConfiguration.Layout) throws -> HNSWIndex<Int> {
        let index = try HNSWIndex<Int>(
            dimension: vectors.dimension, configuration: HNSWConfiguration(layout: layout))
        try index.insert(contentsOf: vectors.rows, keys: Array(0..<vectors.count))
        return index
    }

    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .peakMemoryResident], warmupIterations: 20, maxDuration: .seconds(3),
        maxIterations: 100_000)

    for layout in HNSWConfiguration.Layout.allCases {
        for ef in [32, 64, 128] {
            Benchmark("search, \(layout.name), efSearch \(ef)") { benchmark, index in
                let options = SearchOptions<Int>(efSearch: ef, strategy: .graph)
                for iteration in benchmark.scaledIterations {
                    blackHole(
                        try index.search(
                            vectors.queries[(benchmark.currentIteration + iteration) % vectors.queries.count],
                            limit: 10, options: options))
                }
            } setup: {
                try index(layout)
            }
        }
        Benchmark(
            "build, \(layout.name)", configuration: .init(metrics: [.wallClock, .peakMemoryResident], maxIterations: 3)
        ) { _ in
            blackHole(try index(layout))
        }
    }
    Benchmark("exact scan") { benchmark, index in
        blackHole(
            try index.search(
                vectors.queries[benchmark.currentIteration % vectors.queries.count], limit: 10,
                options: SearchOptions(strategy: .exact)))
    } setup: {
        try index(.compact)
    }
    for percent in [50, 10, 1] {
        Benchmark("search, fast, a filter that \(percent)% pass") { benchmark, index in
            let filter = index.filter(including: stride(from: 0, to: vectors.count, by: 100 / percent))
            let options = SearchOptions<Int>(filter: .rows(filter))
            benchmark.startMeasurement()
            for query in vectors.queries { blackHole(try index.search(query, limit: 10, options: options)) }
        } setup: {
            try index(.fast)
        }
    }
}
