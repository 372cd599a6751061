import ArgumentParser
import Fingerpost
import GuidelineStore

/// `history`: what a guideline was, and when.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the versions that a guideline has had.",
        discussion: """
            EXAMPLE
              fingerpost history g12 --library my-library

            Every change of a guideline is a version of it, and every write that changes guidelines is a version of the \
            library, by which decisions can be traced. Removed guidelines have a history too. See also diff and rollback.

            With --json: {"library","id","libraryVersion","versions":[{"version","libraryVersion","time","change",\
            "fields":[...],"guideline":{...}}]}; the change is added, updated, removed or restored, and a removal has no \
            guideline.
            """)

    @Argument(help: "Id of the guideline.")
    var id: String

    @OptionGroup var target: LibraryOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let library = try LibraryDatabase.open(at: target.folder, mode: .readOnly)
        let versions = try library.history(of: id)
        guard !versions.isEmpty else {
            throw GuidelineStoreError.unknownGuidelineVersion(path: target.library, id: id, version: nil, known: [])
        }
        let answer = HistoryAnswer(
            library: target.library, id: id, libraryVersion: try library.libraryVersion, versions: versions)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }
}

/// The versions of a guideline, to be printed.
struct HistoryAnswer {
    var library: String
    var id: String
    var libraryVersion: Int
    /// The oldest first.
    var versions: [GuidelineVersion]

    /// The fields in which each version differs from the one before it.
    private var changedFields: [[String]] {
        var before: Guideline?
        return versions.map { version in
            defer { before = version.guideline }
            guard before != nil, version.guideline != nil else { return [] }
            return GuidelineDifference(from: before, to: version.guideline).changes.map(\.field)
        }
    }

    var json: JSON {
        [
            "library": .string(library), "id": .string(id), "libraryVersion": .integer(libraryVersion),
            "versions": .array(
                zip(versions, changedFields).map { version, fields in
                    [
                        "version": .integer(version.version), "libraryVersion": .integer(version.libraryVersion),
                        "time": .string(version.time), "change": .string(version.change.rawValue),
                        "fields": .strings(fields), "guideline": version.guideline.map { .value($0.json) } ?? .null,
                    ]
                }),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var table = Table(alignments: [.right, .left, .right, .left, .left])
        table.rows.append(["version", "change", "library", "time", "fields"])
        for (version, fields) in zip(versions, changedFields) {
            table.rows.append([
                String(version.version), version.change.rawValue, String(version.libraryVersion),
                PlainText.line(version.time), PlainText.line(fields.joined(separator: ", ")),
            ])
        }
        var lines = [terminal.bold(PlainText.line(id))]
        if let title = versions.last(where: { $0.guideline != nil })?.guideline?.title {
            lines.append(PlainText.truncated(title, width: terminal.width))
        }
        return (lines + table.lines.map { PlainText.cut($0, width: max(terminal.width, 60)) }).joined(separator: "\n")
    }
}
