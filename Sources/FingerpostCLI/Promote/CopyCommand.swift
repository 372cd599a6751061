import ArgumentParser
import Fingerpost
import Foundation

/// `copy`: a library to try changes on.
struct CopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a library, also while it is used, to try changes on the copy.",
        discussion: """
            EXAMPLE
              fingerpost copy --library my-library --to candidate

            The copy has the guidelines, their history, vectors, thresholds and the fitted retriever as they are now; its \
            index is built anew. The decision log stays with the original. See promote.

            With --json: {"library","copy","libraryVersion","guidelines"}.
            """)

    @OptionGroup var source: LibraryOption

    @Option(help: "Folder of the copy, which must hold no library.", completion: .directory)
    var to: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if to.isEmpty { throw ValidationError("--to is empty; name the folder of the copy.") }
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let folder = URL(fileURLWithPath: to)
        try LibraryAccess.reading(source.folder, progress: progress).copy(to: folder)
        Interruption.willWrite(folder.appendingPathComponent("index.hnsw").path)
        let copy = try GuidelineLibrary.open(at: folder) { progress.update($0) }
        let answer: JSON = [
            "library": .string(source.library), "copy": .string(to),
            "libraryVersion": .integer(try copy.libraryVersion),
            "guidelines": .integer(try copy.count),
        ]
        let text =
            "\(PlainText.line(to)): \(Format.count(try copy.count, "guideline")) of \(PlainText.line(source.library)), "
            + "version \(try copy.libraryVersion)"
        try copy.close()
        progress.finish()
        try Console.result(output.json ? answer.text : text)
    }
}
