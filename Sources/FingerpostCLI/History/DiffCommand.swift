import ArgumentParser
import Fingerpost
import GuidelineStore

/// `diff`: what changed between two versions.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed between two versions of a guideline or of the library.",
        discussion: """
            EXAMPLE
              fingerpost diff g12 --library my-library
              fingerpost diff g12 --library my-library --from 1 --to 3
              fingerpost diff --library my-library --from 4

            With an id, --from and --to are versions of that guideline: by default its last state and the one before it. \
            Without, they are versions of the library: by default the present one and the one before it. In texts, [-words-] \
            went and {+words+} came.

            With --json and an id: {"library","id","from","to","changes":[{"field","before","after","words":[{"kind",\
            "text"}]}]}; a version is null where the guideline was not there. Without an id: {"library","from","to",\
            "guidelines":[{"id","change","fromVersion","toVersion","changes":[...]}]}; the change is added, updated or \
            removed.
            """)

    @Argument(help: "Id of a guideline. Default: all that changed.")
    var id: String?

    @OptionGroup var target: LibraryOption

    @Option(help: "The earlier version.")
    var from: Int?

    @Option(help: "The later version.")
    var to: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let library = try LibraryDatabase.open(at: target.folder, mode: .readOnly)
        if let id {
            let answer = try guidelineAnswer(id, library)
            try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
        } else {
            let to = try to ?? library.libraryVersion
            let from = from ?? max(0, to - 1)
            let answer = LibraryDifferenceAnswer(
                library: target.library, from: from, to: to, changes: try library.changes(from: from, to: to))
            try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
        }
    }

    private func guidelineAnswer(_ id: String, _ library: LibraryDatabase) throws -> GuidelineDifferenceAnswer {
        let states = try library.history(of: id)
        let known = states.filter { $0.guideline != nil }.map(\.version)
        func state(_ version: Int) throws -> Int {
            guard let index = states.lastIndex(where: { $0.version == version && $0.guideline != nil }) else {
                throw GuidelineStoreError.unknownGuidelineVersion(
                    path: target.library, id: id, version: version, known: known)
            }
            return index
        }
        guard !states.isEmpty else {
            throw GuidelineStoreError.unknownGuidelineVersion(path: target.library, id: id, version: nil, known: [])
        }
        let end = try to.map(state) ?? states.count - 1
        let start = try from.map(state) ?? end - 1
        return GuidelineDifferenceAnswer(
            library: target.library, id: id, before: start >= 0 ? states[start].guideline : nil,
            after: states[end].guideline)
    }
}
