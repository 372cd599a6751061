import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// How results are printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON for scripts instead of text for people.")
    var json = false
}

/// Which library.
struct LibraryOption: ParsableArguments {
    @Option(name: [.long, .customShort("l")], help: "Folder of the library.", completion: .directory)
    var library: String

    var folder: URL { URL(fileURLWithPath: library) }

    func validate() throws {
        guard !library.isEmpty else { throw ValidationError("--library is empty; name the folder of a library.") }
    }
}

/// How many threads.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads at most. Default: one for each processor.")
    var threads: Int?

    func validate() throws {
        if let threads { try Check.range("--threads", threads, 1...1_024) }
    }
}

/// The shape of a graph.
struct GraphOptions: ParsableArguments {
    @Option(name: .customLong("M"), help: "Links that a new node of the graph asks for (2 to 256).")
    var links: Int?

    @Option(name: .customLong("ef-construction"), help: "Length of the beam while building (1 to 65536).")
    var efConstruction: Int?

    @Option(help: "fast: the codes of a node's neighbours stand beside its links; compact: half the memory.")
    var layout: LayoutArgument?

    func apply(to configuration: inout HNSWConfiguration) {
        if let links { configuration.M = links }
        if let efConstruction { configuration.efConstruction = efConstruction }
        if let layout { configuration.layout = layout.value }
    }

    /// Whether what was asked for differs from what is there.
    func differs(from configuration: HNSWConfiguration) -> Bool {
        var asked = configuration
        apply(to: &asked)
        return asked != configuration
    }

    func validate() throws {
        if let links { try Check.range("--M", links, 2...256) }
        if let efConstruction { try Check.range("--ef-construction", efConstruction, 1...65_536) }
    }
}

/// The name of a layout.
struct LayoutArgument: ExpressibleByArgument {
    let value: HNSWConfiguration.Layout

    init?(argument: String) {
        guard let value = HNSWConfiguration.Layout.allCases.first(where: { $0.name == argument }) else { return nil }
        self.value = value
    }

    static let allValueStrings = HNSWConfiguration.Layout.allCases.map(\.name)
}

/// How a search goes.
struct RetrievalArguments: ParsableArguments {
    @Flag(exclusivity: .exclusive)
    var method = MethodArgument.hybrid

    @Flag(help: "Compare with every passage, so that the answer is the true one.")
    var exact = false

    @Option(name: .customLong("ef-search"), help: "Length of the search's beam: more finds more and takes longer.")
    var efSearch: Int?

    func validate() throws {
        if let efSearch { try Check.range("--ef-search", efSearch, 1...65_536) }
    }
}

/// What guidelines are ranked by.
enum MethodArgument: EnumerableFlag {
    case hybrid, dense, lexical

    var value: RetrievalMethod {
        switch self {
        case .hybrid: .hybrid
        case .dense: .dense
        case .lexical: .lexical
        }
    }

    static func help(for value: MethodArgument) -> ArgumentHelp? {
        switch value {
        case .hybrid: "Rank by meaning and by shared words."
        case .dense: "Rank by meaning alone (similarity of vectors)."
        case .lexical: "Rank by shared words alone (BM25)."
        }
    }
}

/// The name of an authority.
struct AuthorityArgument: ExpressibleByArgument {
    let value: Guideline.Authority

    init?(argument: String) {
        guard let value = Guideline.Authority(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = Guideline.Authority.allCases.map(\.rawValue)
}

/// Checks of what was given.
enum Check {
    static func range(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws {
        guard allowed.contains(value) else {
            throw ValidationError(
                "\(name) is \(value); it must be from \(allowed.lowerBound) to \(allowed.upperBound).")
        }
    }

    static func limit(_ name: String, _ value: Int) throws {
        guard value >= 1 else { throw ValidationError("\(name) is \(value); it must be at least 1.") }
    }
}
