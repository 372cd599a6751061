import ArgumentParser
import Foundation
import Guardrails

/// The texts of a benchmark, and what they are held against.
struct CheckedTextsArguments: ParsableArguments {
    @Option(help: "JSON Lines of {\"id\",\"text\"}; - is standard input.", completion: .file())
    var batch: String

    @Option(
        name: [.long, .customShort("l")], help: "Folder of a library whose guidelines count.", completion: .directory)
    var library: String?

    @OptionGroup var checks: RailsArguments

    func validate() throws {
        if library == nil, checks.areAboutGuidelines {
            throw ValidationError("--filter and --on-match are about guidelines; name their library with --library.")
        }
    }

    func texts() throws -> [String] { try CheckCommand.texts(of: batch).map(\.text) }

    func rails(_ progress: ProgressBar) throws -> Rails {
        try checks.rails(try library.map { try LibraryAccess.reading(URL(fileURLWithPath: $0), progress: progress) })
    }
}
