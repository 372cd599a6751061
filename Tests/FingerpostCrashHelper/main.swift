import Fingerpost
import Foundation

// A process that tests start in order to kill it.
//
//     FingerpostCrashHelper LIBRARY ENCODER OPERATIONS
//
// Opens a library, or makes it, and does what each line of a file says. Prints "ready", then for each operation a line with
// what it did as soon as it is done.

/// Prints a line that is out of the process when the call returns, so that a kill cannot take it back.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

func perform(_ operation: LibraryOperation, on library: GuidelineLibrary) throws -> LibraryOutcome {
    var outcome = LibraryOutcome()
    switch operation {
    case .add(let guidelines):
        let done = try library.add(guidelines)
        outcome.added = done.added
        outcome.updated = done.updated
        outcome.unchanged = done.unchanged
        for duplicate in done.skippedDuplicates { outcome.duplicates[duplicate.id] = duplicate.duplicateOf }
    case .remove(let ids):
        outcome.removed = try library.remove(ids: ids)
    case .rollback(let version):
        let done = try library.rollback(to: version)
        outcome.removed = done.removed
        outcome.restored = done.restored
    case .restore(let id, let version):
        try library.restore(id: id, version: version)
    case .search(let question):
        outcome.answer = LibraryAnswer(try library.search(question.text, options: question.options).matches)
    case .save:
        try library.save()
    case .reopen:
        break
    }
    return outcome
}

let arguments = CommandLine.arguments
guard arguments.count == 4 else { exit(2) }
do {
    let folder = URL(fileURLWithPath: arguments[1])
    var options = LibraryOptions()
    options.encoder = .folder(URL(fileURLWithPath: arguments[2]))
    var library = try GuidelineLibrary.openOrCreate(at: folder, options: options)
    say("ready")
    let lines = try String(contentsOfFile: arguments[3], encoding: .utf8).split(separator: "\n")
    for line in lines {
        let operation = try JSONDecoder().decode(LibraryOperation.self, from: Data(line.utf8))
        var outcome = LibraryOutcome()
        do {
            outcome = try perform(operation, on: library)
        } catch let error as GuidelineStoreError where error.isInputError {
            outcome.failed = true
        }
        if case .reopen(let closes) = operation {
            if closes { try library.close() }
            library = try GuidelineLibrary.open(at: folder, options: options)
        }
        outcome.libraryVersion = try library.libraryVersion
        say(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))
    }
} catch {
    say("failed: \(error)")
    exit(1)
}
