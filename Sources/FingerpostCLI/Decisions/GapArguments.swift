import ArgumentParser
import Fingerpost
import GuidelineStore
import Guardrails

/// How gaps are looked for.
struct GapArguments: ParsableArguments {
    @Flag(exclusivity: .exclusive)
    var scope = ScopeArgument.all

    @Option(name: [.customShort("k"), .customLong("limit")], help: "How many gaps are told.")
    var limit = 10

    @Option(help: "Inputs that a gap has at least.")
    var minVolume = 5

    @Option(help: "Examples of each gap; with 0, no words of users but single ones that set gaps apart.")
    var examples = 5

    @Option(help: "Clusters that the inputs are put in. Default: by how many inputs there are.")
    var clusters: Int?

    @Option(help: "The guidelines that gaps are looked for beside, such as 'kind = safety'.")
    var filter: String?

    @Option(
        help: "Everyday inputs that need no guideline, as JSON Lines of {\"query\"}; may be repeated.",
        completion: .file())
    var benign: [String] = []

    /// Which inputs are looked at.
    enum ScopeArgument: EnumerableFlag {
        case all, unmatched

        static func help(for value: ScopeArgument) -> ArgumentHelp? {
            switch value {
            case .all: "Look for gaps among all inputs: what a neighbouring guideline takes for its own hides a gap."
            case .unmatched: "Look for gaps among inputs alone for which no guideline reaches its threshold."
            }
        }
    }

    func validate() throws {
        for (name, value) in [("-k", limit), ("--min-volume", minVolume), ("--clusters", clusters ?? 1)] {
            try Check.limit(name, value)
        }
        guard examples >= 0 else { throw ValidationError("--examples is \(examples); it must be at least 0.") }
        guard benign.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("A file's name is empty.") }
    }

    /// - Parameter minimumScore: evidence from which guidelines without a threshold count.
    func options(minimumScore: Float?, threads: Int?) throws -> GapOptions {
        var options = GapOptions()
        options.scope = scope == .all ? .all : .unmatched
        (options.limit, options.minimumVolume, options.exampleCount) = (limit, minVolume, examples)
        (options.clusterCount, options.minimumScore, options.threads) = (clusters, minimumScore, threads)
        options.filter = try filter.map { try GuidelineFilter(parsing: $0) }
        for file in benign {
            options.benign += try LabelledInput.readBenign(from: InputSource(argument: file)).map(\.text)
        }
        return options
    }
}

extension GapProgress.Stage {
    var label: String {
        switch self {
        case .reading: "Reading"
        case .comparing: "Comparing"
        case .clustering: "Clustering"
        }
    }
}
