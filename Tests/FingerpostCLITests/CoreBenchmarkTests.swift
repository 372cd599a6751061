import Fingerpost
import Foundation
import LinearAlgebra
import Platform
import Testing
import VectorIndex

@Suite("Benchmark of the core")
struct CoreBenchmarkTests {
    private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SplitMix64(seed: seed)
        return Matrix(rows: rows, columns: columns) { elements in
            for index in elements.indices {
                elements.initializeElement(at: index, to: .random(in: -1...1, using: &generator))
            }
        }
    }

    private var quick: CoreBenchmark.Options {
        var options = CoreBenchmark.Options()
        options.configuration = HNSWConfiguration(M: 8, efConstruction: 40)
        options.efSearch = [8, 200]
        options.rounds = 1
        options.threads = 1
        return options
    }

    @Test("Above the size at which a scan is taken, recall grows with ef", arguments: Metric.allCases)
    func sweep(metric: Metric) throws {
        var options = quick
        options.k = 5
        options.metric = metric
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fingerpost-\(UUID().uuidString).hnsw")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        options.archivePath = folder.path
        let report = try CoreBenchmark.run(
            base: random(2_500, 8, seed: 1), queries: random(40, 8, seed: 2), options: options)
        #expect(report.rows == 2_500 && report.dimension == 8 && report.queryCount == 40 && report.k == 5)
        #expect(report.points.map(\.efSearch) == [8, 200])
        #expect(report.points[1].recall >= 0.95)
        #expect(report.points[0].recall <= report.points[1].recall)
        #expect(
            report.points.allSatisfy { $0.recall <= 1 && $0.queriesPerSecond > 0 && $0.latency.p50 <= $0.latency.p99 })
        // Vectors, codes and links each take some.
        #expect(report.bytesPerVector > 8 * 4 + 8)
        let archive = try #require(report.archive)
        let size = try #require(FileManager.default.attributesOfItem(atPath: folder.path)[.size] as? Int)
        #expect(archive.bytes == size)
    }

    @Test("k beyond the rows, and rows that are all alike")
    func degenerate() throws {
        var options = quick
        options.k = 10
        let few = try CoreBenchmark.run(base: random(3, 4, seed: 1), queries: random(2, 4, seed: 2), options: options)
        #expect(few.k == 3)
        #expect(few.points.allSatisfy { $0.recall == 1 })
        // Equal vectors are no misses.
        let alike = try CoreBenchmark.run(
            base: Matrix(rows: 50, columns: 4, repeating: 1), queries: random(2, 4, seed: 2), options: options)
        #expect(alike.points.allSatisfy { $0.recall == 1 })
    }

    @Test("What cannot be measured is an error that names the file and the row")
    func errors() throws {
        func error(_ base: Matrix, _ queries: Matrix, _ change: (inout CoreBenchmark.Options) -> Void = { _ in })
            -> FingerpostError?
        {
            var options = quick
            (options.baseName, options.queriesName) = ("b.npy", "q.npy")
            change(&options)
            do {
                _ = try CoreBenchmark.run(base: base, queries: queries, options: options)
                return nil
            } catch {
                return error as? FingerpostError
            }
        }
        let sound = random(5, 4, seed: 1)
        #expect(
            error(sound, random(2, 3, seed: 1))
                == .dimensionMismatch(base: "b.npy", baseDimension: 4, queries: "q.npy", queryDimension: 3))
        #expect(error(Matrix(rows: 0, columns: 4), sound) == .noVectors(file: "b.npy"))
        #expect(error(sound, Matrix(rows: 0, columns: 4)) == .noVectors(file: "q.npy"))
        var spoiled = sound
        spoiled[3, 1] = .nan
        #expect(
            error(spoiled, sound)
                == .unusableVector(file: "b.npy", row: 3, problem: "is NaN or infinite at column 1 (counted from 0)"))
        guard case .unusableVector("q.npy", 3, _) = error(sound, spoiled) else {
            Issue.record("the query at fault is not named")
            return
        }
        for column in 0..<4 { spoiled[3, column] = 0 }
        guard case .unusableVector("b.npy", 3, _) = error(spoiled, sound) else {
            Issue.record("a zero vector is not named")
            return
        }
        #expect(error(sound, sound) { $0.k = 0 } == .invalidOption(name: "k", value: "0", allowed: "at least 1"))
        #expect(error(sound, sound) { $0.efSearch = [] } != nil)
        #expect(error(sound, sound) { $0.efSearch = [0] } != nil)
        #expect(error(sound, sound) { $0.rounds = 0 } != nil)
    }
}
