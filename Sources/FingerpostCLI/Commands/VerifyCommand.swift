import ArgumentParser
import Fingerpost
import Foundation

/// `verify`: whether a library is sound.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every checksum and invariant of a library.",
        discussion: """
            EXAMPLE
              fingerpost verify --library my-library

            Checks SQLite's own structures, every record, passage and vector, the full text, every byte of the index and \
            its graph, and that index and database agree. Nothing is changed or repaired. A missing or damaged index \
            costs time alone: it is built again from the database when the library is next opened. The exit status is 1 \
            where there is a problem.

            With --json: {"library","sound","problems":[...],"notes":[...],"guidelines","passages","pending",\
            "indexBytes"}.
            """)

    @OptionGroup var target: LibraryOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let result = try LibraryVerification.run(at: target.folder) { stage, completed, total in
            progress.update("Checking the \(stage.rawValue)", completed: completed, total: total)
        }
        progress.finish()
        try Console.result(output.json ? json(result).text : text(result, Terminal.output))
        if !result.problems.isEmpty { throw ExitCode(1) }
    }

    private func json(_ result: LibraryVerification) -> JSON {
        [
            "library": .string(target.library), "sound": .bool(result.problems.isEmpty),
            "problems": .strings(result.problems), "notes": .strings(result.notes),
            "guidelines": .integer(result.guidelineCount), "passages": .integer(result.passageCount),
            "pending": .integer(result.pendingPassageCount), "indexBytes": .integer(result.archiveBytes),
        ]
    }

    private func text(_ result: LibraryVerification, _ terminal: Terminal) -> String {
        var lines: [String] = []
        for problem in result.problems {
            lines += PlainText.wrapped("problem: \(problem)", width: terminal.width).map(terminal.red)
        }
        for note in result.notes { lines += PlainText.wrapped("note: \(note)", width: terminal.width) }
        let name = PlainText.line(target.library)
        lines.append(
            result.problems.isEmpty
                ? terminal.green(
                    "\(name) is sound: \(Format.count(result.guidelineCount, "guideline")), "
                        + "\(Format.count(result.passageCount, "passage")), index of \(Format.bytes(result.archiveBytes))"
                )
                : terminal.red("\(name) has \(Format.count(result.problems.count, "problem"))"))
        return lines.joined(separator: "\n")
    }
}
