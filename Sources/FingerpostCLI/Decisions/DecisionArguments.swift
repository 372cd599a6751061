import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails

/// Which log.
struct DecisionLogOption: ParsableArguments {
    @Option(
        name: [.long, .customShort("l")], help: "Folder of the library, or another one, whose decisions are meant.",
        completion: .directory)
    var library: String

    var folder: URL { URL(fileURLWithPath: library) }

    func validate() throws {
        guard !library.isEmpty else { throw ValidationError("--library is empty; name a folder.") }
    }

    /// Opens the archive, with all that has been logged so far in it. Where the folder may not be written, that is what was
    /// collected before.
    func archive(_ progress: ProgressBar) throws -> DecisionArchive {
        guard DecisionArchive.hasDecisions(in: folder) else {
            throw GuardrailsError.nothingToLearn(
                problem:
                    "\(library): there are no decisions. check writes them with --log, and log import takes them in.")
        }
        do {
            let archive = try DecisionArchive.open(in: folder)
            _ = try collect(into: archive, progress)
            return archive
        } catch GuidelineStoreError.readOnly {
            return try DecisionArchive.open(in: folder, mode: .readOnly)
        }
    }

    func collect(into archive: DecisionArchive, _ progress: ProgressBar) throws -> CollectionOutcome {
        defer { progress.finish() }
        return try archive.collect { done, total in progress.update("Collecting", completed: done, total: total) }
    }
}

/// A time, or how long ago: `2026-03-01`, `30d`.
struct TimeArgument: ExpressibleByArgument {
    let time: LogTime

    init?(argument: String) {
        if let time = LogTime(argument) {
            self.time = time
        } else if argument.hasSuffix("d"), let days = Int(argument.dropLast()), days >= 0 {
            time = LogTime.now.adding(days: -days)
        } else {
            return nil
        }
    }
}

/// Which decisions.
struct DecisionFilterArguments: ParsableArguments {
    @Option(help: "From this time on: a day, a time, or days ago (2026-03-01, 2026-03-01T09:30Z, 30d).")
    var since: TimeArgument?

    @Option(help: "Before this time.")
    var until: TimeArgument?

    @Option(help: "input, output or retrieval.")
    var rail: RailArgument?

    var filter: DecisionFilter {
        var filter = DecisionFilter()
        (filter.since, filter.until, filter.rail) = (since?.time, until?.time, rail?.value)
        return filter
    }
}

/// The name of a rail.
struct RailArgument: ExpressibleByArgument {
    let value: DecisionRecord.Rail

    init(_ value: DecisionRecord.Rail) { self.value = value }

    init?(argument: String) {
        guard let value = DecisionRecord.Rail(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = DecisionRecord.Rail.allCases.map(\.rawValue)
}

extension Verdict: ExpressibleByArgument {}
extension DecisionNote.Review: ExpressibleByArgument {}
