// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Fingerpost",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "VectorIndex", targets: ["VectorIndex"]),
        .library(name: "TextEncoder", targets: ["TextEncoder", "FingerpostResources"]),
        .library(name: "Fingerpost", targets: ["Fingerpost"]),
        .library(name: "GuideAlign", targets: ["GuideAlign"]),
        .library(name: "Guardrails", targets: ["Guardrails"]),
        .executable(name: "fingerpost", targets: ["FingerpostCLI"]),
    ],
    traits: [
        .trait(
            name: "Telemetry",
            description:
                "Decisions are reported to the program's own metrics and tracing (swift-metrics, swift-distributed-tracing)."
        ),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // For the trait `Telemetry`; a build without it does not resolve them.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C and Swift alone: what a user of `VectorIndex` or `TextEncoder` gets.
        .systemLibrary(name: "CBLAS", providers: [.apt(["libblas-dev", "liblapack-dev"])]),
        .target(name: "CKernels"),
        .target(name: "Platform", dependencies: ["CKernels"]),
        .target(
            name: "LinearAlgebra",
            dependencies: [
                "CKernels", "Platform",
                .target(name: "CBLAS", condition: .when(platforms: [.linux])),
            ]),
        .target(name: "TextEncoder", dependencies: ["LinearAlgebra", "Platform", "CKernels"]),
        .target(name: "VectorIndex", dependencies: ["LinearAlgebra", "Platform", "CKernels"]),

        // The bundled encoder and the sample corpus, found wherever the program runs.
        .target(
            name: "FingerpostResources",
            path: "models",
            exclude: ["recipe"],
            sources: ["BundledModels.swift", "ResourceError.swift", "ResourceSearch.swift"],
            resources: [.copy("fingerpost-small"), .copy("sample-corpus")]),

        // Guidelines.
        .target(
            name: "GuidelineStore",
            dependencies: [
                "Platform",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "Fingerpost",
            dependencies: [
                "GuidelineStore", "TextEncoder", "VectorIndex", "LinearAlgebra", "Platform", "CKernels",
                "FingerpostResources",
            ]),
        // A model writes the guidelines, through an endpoint that the user names, and a retriever learns to find them.
        .target(
            name: "GuideAlign",
            dependencies: ["Fingerpost", "GuidelineStore", "LinearAlgebra", "Platform", "TextEncoder"]),
        // Checks on what goes into a model and comes out of it, and what their log teaches.
        .target(
            name: "Guardrails",
            dependencies: [
                "Fingerpost", "GuidelineStore", "LinearAlgebra", "Platform", "TextEncoder",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Telemetry"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Telemetry"])),
            ]),
        .executableTarget(
            name: "FingerpostCLI",
            dependencies: [
                "Guardrails", "GuideAlign", "Fingerpost", "GuidelineStore", "TextEncoder", "VectorIndex",
                "LinearAlgebra", "Platform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
        .testTarget(name: "PlatformTests", dependencies: ["Platform"]),
        .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "Platform"]),
        .testTarget(name: "FingerpostResourcesTests", dependencies: ["FingerpostResources"]),
        .testTarget(
            name: "TextEncoderTests", dependencies: ["TextEncoder", "FingerpostResources", "Platform", "CKernels"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "VectorIndexTests", dependencies: ["VectorIndex", "Platform"], resources: [.copy("Golden")]),
        // Looks for archives that the reader cannot cope with; see Scripts/fuzz.sh.
        .executableTarget(name: "ArchiveFuzzer", dependencies: ["VectorIndex"], path: "Tests/ArchiveFuzzer"),
        // Killed, and run as another user, by the tests of the store.
        .executableTarget(
            name: "GuidelineStoreCrashHelper", dependencies: ["GuidelineStore"], path: "Tests/GuidelineStoreCrashHelper"
        ),
        .testTarget(
            name: "GuidelineStoreTests",
            dependencies: [
                "GuidelineStore", "GuidelineStoreCrashHelper", "Platform",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.copy("Fixtures")]),
        // Killed by the tests of the whole library.
        .executableTarget(
            name: "FingerpostCrashHelper", dependencies: ["Fingerpost"], path: "Tests/FingerpostCrashHelper"),
        .testTarget(
            name: "FingerpostTests",
            dependencies: [
                "Fingerpost", "FingerpostCrashHelper", "FingerpostResources", "TextEncoder", "VectorIndex", "Platform",
            ]),
        // Stands in for a model's server.
        .target(name: "LoopbackServer", dependencies: ["Platform"], path: "Tests/LoopbackServer"),
        .testTarget(
            name: "GuideAlignTests",
            dependencies: [
                "GuideAlign", "Fingerpost", "GuidelineStore", "LinearAlgebra", "LoopbackServer", "Platform",
                "TextEncoder",
            ]),
        .testTarget(
            name: "GuardrailsTests",
            dependencies: [
                "Guardrails", "Fingerpost", "FingerpostResources", "GuidelineStore", "LinearAlgebra", "Platform",
                "TextEncoder",
                .product(
                    name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Telemetry"])),
                .product(
                    name: "InMemoryTracing", package: "swift-distributed-tracing",
                    condition: .when(traits: ["Telemetry"])),
            ],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "FingerpostCLITests",
            dependencies: [
                "FingerpostCLI", "Fingerpost", "Guardrails", "GuidelineStore", "LinearAlgebra", "LoopbackServer",
                "Platform",
            ],
            resources: [.copy("Fixtures")]),
    ],
    swiftLanguageModes: [.v6]
)
