// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that no user of Fingerpost resolves the harness.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "Fingerpost", path: ".."),
        // Without its traits it needs no library of the system's; counts of allocations then read 0.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "RetrievalCore",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "VectorIndex", package: "Fingerpost"),
                "BenchmarkData",
            ],
            path: "RetrievalCore", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "QueryAPI",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Fingerpost", package: "Fingerpost"),
                "BenchmarkData",
            ],
            path: "QueryAPI", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .target(name: "BenchmarkData", path: "BenchmarkData"),
        // Searches on command for Peers/compare.py.
        .executableTarget(
            name: "PeerWorker",
            dependencies: [.product(name: "VectorIndex", package: "Fingerpost"), "BenchmarkData"],
            path: "Peers/Worker"),
    ],
    swiftLanguageModes: [.v6]
)
