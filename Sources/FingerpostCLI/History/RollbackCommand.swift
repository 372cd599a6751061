import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// `rollback`: back to what was.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Bring back a version of a guideline or of the whole library.",
        discussion: """
            EXAMPLE
              fingerpost rollback --library my-library --to 4
              fingerpost rollback g12 --library my-library --to 1

            With an id, --to is a version of that guideline, which is brought back even if it was removed. Without, it is a \
            version of the library: guidelines that changed since are changed back, those that were removed come back, \
            those that were added go; to version 0 all go. What is brought back becomes a new version, so nothing is ever \
            lost, and a rollback can be rolled back. Texts that the library knew are encoded again where their vectors are \
            gone.

            A version that was promoted, or that a promotion or a rollback left, brings its thresholds and its fitted \
            retriever back too; see promote.

            With --json: {"library","libraryVersion","restored":[ids],"removed":[ids],"restoresThresholds"}; with an id {"library","id",\
            "libraryVersion","version"}.
            """)

    @Argument(help: "Id of a guideline. Default: the whole library.")
    var id: String?

    @OptionGroup var target: LibraryOption

    @Option(help: "The version to go back to.")
    var to: Int

    @Option(
        help: "Folder of the library's encoder, where it is not the bundled one and has moved.", completion: .directory)
    var encoder: String?

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let handler: ProgressHandler = { progress.update($0) }
        let library = try open(handler)
        let answer: (json: JSON, text: String)
        if let id {
            let restored = try library.restore(id: id, version: to)
            answer = try describe(restored, library.libraryVersion)
        } else {
            answer = describe(try library.rollback(to: to, progress: handler))
        }
        try library.save(progress: handler)
        try library.close()
        progress.finish()
        try Console.result(output.json ? answer.json.text : answer.text)
    }

    private func open(_ handler: @escaping ProgressHandler) throws -> GuidelineLibrary {
        var options = LibraryOptions()
        if let encoder { options.encoder = .folder(URL(fileURLWithPath: encoder)) }
        options.threads = threading.threads
        Interruption.willWrite(target.folder.appendingPathComponent("index.hnsw").path)
        return try GuidelineLibrary.open(at: target.folder, options: options, progress: handler)
    }

    private func describe(_ guideline: Guideline, _ libraryVersion: Int) -> (json: JSON, text: String) {
        let json: JSON = [
            "library": .string(target.library), "id": .string(guideline.id), "libraryVersion": .integer(libraryVersion),
            "version": .integer(guideline.version),
        ]
        let text =
            "\(PlainText.line(guideline.id)) is as it was in version \(to); that is its version \(guideline.version), "
            + "in library version \(libraryVersion)"
        return (json, text)
    }

    private func describe(_ outcome: RollbackOutcome) -> (json: JSON, text: String) {
        let json: JSON = [
            "library": .string(target.library), "libraryVersion": .integer(outcome.libraryVersion),
            "restored": .strings(outcome.restored), "removed": .strings(outcome.removed),
            "restoresThresholds": .bool(outcome.restoresThresholds),
        ]
        let text =
            "\(PlainText.line(target.library)) is as it was in version \(to); that is version \(outcome.libraryVersion): "
            + "\(Format.count(outcome.restored.count, "guideline")) restored, "
            + "\(Format.count(outcome.removed.count)) removed"
            + (outcome.restoresThresholds ? "; its thresholds and fitted retriever are back too" : "")
        return (json, text)
    }
}
