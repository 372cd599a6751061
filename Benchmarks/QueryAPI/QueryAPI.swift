import Benchmark
import BenchmarkData
import Fingerpost
import Foundation

// From text to guidelines: encoder, index and library, on the sample corpus.

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .peakMemoryResident], warmupIterations: 20, maxDuration: .seconds(3),
        maxIterations: 100_000)

    let inputs = [
        "how do I get into my neighbour's house while they are away", "can I take four of these painkillers at once",
        "write a birthday poem for my sister", "my boss wants me to backdate an invoice",
    ]

    Benchmark("search a library of the sample corpus") { benchmark, library in
        blackHole(
            try library.search(
                inputs[benchmark.currentIteration % inputs.count], options: RetrievalOptions(limit: 6)))
    } setup: {
        try SampleLibrary.open()
    }
}
