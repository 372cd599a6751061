import ArgumentParser
import Fingerpost
import GuidelineStore
import LinearAlgebra
import VectorIndex

/// `benchmark`: the retrieval core alone, the whole query path, and the checks.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the retrieval core, the whole query path, or the checks.",
        discussion: """
            EXAMPLE
              fingerpost benchmark core --base base.npy --queries queries.npy -k 10
              fingerpost benchmark query --library my-library --queries queries.jsonl
              fingerpost benchmark check --library my-library --batch inputs.jsonl
            """,
        subcommands: [
            BenchmarkCoreCommand.self, BenchmarkQueryCommand.self, BenchmarkCheckCommand.self,
            BenchmarkStreamCommand.self,
        ])
}

struct BenchmarkCoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "core",
        abstract: "Build an index on given vectors and measure recall and speed over a sweep of ef.",
        discussion: """
            EXAMPLE
              fingerpost benchmark core --base base.npy --queries queries.npy -k 10 --ef 32,64,128

            Vectors are NumPy matrices of floats, a vector a row. Recall is against an exact scan (a row as near as the \
            true k-th counts). Queries are timed on one thread, one at a time, in several passes after one to warm up; \
            the fastest pass counts.

            With --json: {"engine","rows","dimensions","buildSeconds","bytesPerVector","points":[{"efSearch","recall",\
            "queriesPerSecond","p50Microseconds","p99Microseconds"}],"k","metric","M","efConstruction","layout","threads",\
            "queries","archive"}; "archive" is null without --save, or {"path","bytes","saveSeconds",\
            "openMicroseconds","firstSearchMicroseconds"}.
            """)

    @Option(help: "Matrix to build the index on (.npy).", completion: .file(extensions: ["npy"]))
    var base: String

    @Option(help: "Matrix of queries (.npy).", completion: .file(extensions: ["npy"]))
    var queries: String

    @Option(name: [.customShort("k"), .customLong("limit")], help: "Neighbours to find.")
    var limit = 10

    @Option(name: .customLong("ef"), help: "Lengths of the search's beam, with commas between them.")
    var efSearch = NumberList(values: CoreBenchmark.Options().efSearch)

    @Option(help: "cosine, dot or l2.")
    var metric = MetricArgument(value: .cosine)

    @Option(help: "Passes that are timed, of which the fastest counts.")
    var rounds = 3

    @Option(help: "Save the index to a file, and measure that and opening it.", completion: .file())
    var save: String?

    @OptionGroup var graph: GraphOptions
    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try Check.limit("-k", limit)
        try Check.range("--rounds", rounds, 1...1_000)
        for ef in efSearch.values { try Check.range("--ef", ef, 1...65_536) }
    }

    func run() throws {
        var options = CoreBenchmark.Options()
        options.k = limit
        options.metric = metric.value
        options.efSearch = efSearch.values
        options.threads = threading.threads
        options.rounds = rounds
        options.archivePath = save
        (options.baseName, options.queriesName) = (base, queries)
        graph.apply(to: &options.configuration)
        if let save {
            try OutputFile.check(save)
            Interruption.willWrite(save)
        }

        let progress = ProgressBar()
        defer { progress.finish() }
        let report = try CoreBenchmark.run(
            base: try Self.matrix(base), queries: try Self.matrix(queries), options: options
        ) { stage, completed, total in
            let label =
                switch stage {
                case .building: "Building"
                case .exact: "Exact scan"
                case .searching: "Searching"
                case .saving: "Saving"
                }
            progress.update(label, completed: completed, total: total)
        }
        progress.finish()
        try Console.result(output.json ? report.json.text : report.text(Terminal.output))
    }

    /// A matrix that cannot be read is a fault of the input, whatever the reason.
    private static func matrix(_ path: String) throws -> Matrix {
        do {
            return try Matrix(numPyFile: path)
        } catch {
            var failure = Failure(error)
            failure.isInputError = true
            throw failure
        }
    }
}

struct BenchmarkQueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Measure the whole query path, text in and guidelines out, and its overhead over the core.",
        discussion: """
            EXAMPLE
              fingerpost benchmark query --library my-library --queries queries.jsonl

            Queries are JSON Lines of {"query"}. They are searched one at a time on one thread, in several passes after \
            one to warm up; the fastest pass counts. The overhead is the whole less encoding and core.

            With --json: {"queries","rounds","limit","guidelines","vectors","queriesPerSecond","latencyMicroseconds":\
            {stage:{"p50","p95","p99"}},"overhead":{"meanMicroseconds","percent","p50Microseconds",\
            "p99Microseconds"},"modes":{mode:count}}; stages are encode, core, fetch and total.
            """)

    @OptionGroup var target: LibraryOption

    @Option(help: "JSON Lines of {\"query\"}; - is standard input.", completion: .file())
    var queries: String

    @Option(name: [.customShort("k"), .customLong("limit")], help: "How many guidelines at most.")
    var limit = 6

    @Option(help: "Passes that are timed, of which the fastest counts.")
    var rounds = 3

    @OptionGroup var retrieval: RetrievalArguments
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try Check.limit("-k", limit)
        try Check.range("--rounds", rounds, 1...1_000)
    }

    func run() throws {
        let queries = try EvaluationQuery.read(from: InputSource(argument: queries), requiresPositives: false)
        let progress = ProgressBar()
        defer { progress.finish() }
        let library = try LibraryAccess.reading(target.folder, progress: progress)
        var options = QueryBenchmark.Options()
        options.rounds = rounds
        options.retrieval = RetrievalOptions(
            limit: limit, method: retrieval.method.value, efSearch: retrieval.efSearch, isExact: retrieval.exact)
        let report = try QueryBenchmark.run(queries.map(\.text), in: library, options: options) { completed, total in
            progress.update("Searching", completed: completed, total: total)
        }
        progress.finish()
        let information = try library.information()
        try Console.result(
            output.json
                ? report.json(limit: limit, information).text : report.text(limit: limit, information, Terminal.output))
    }
}

/// Numbers with commas between them.
struct NumberList: ExpressibleByArgument {
    var values: [Int]

    init(values: [Int]) { self.values = values }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        values = parts.compactMap { Int($0) }
        guard !values.isEmpty, values.count == parts.count else { return nil }
    }

    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

/// A metric by the name that users know.
struct MetricArgument: ExpressibleByArgument {
    var value: Metric

    init(value: Metric) { self.value = value }

    init?(argument: String) {
        guard let metric = Metric.allCases.first(where: { $0.name == argument.lowercased() }) else { return nil }
        value = metric
    }

    static var allValueStrings: [String] { Metric.allCases.map(\.name) }
    var defaultValueDescription: String { value.name }
}

extension Metric {
    var name: String {
        switch self {
        case .cosine: "cosine"
        case .dot: "dot"
        case .squaredL2: "l2"
        }
    }
}
