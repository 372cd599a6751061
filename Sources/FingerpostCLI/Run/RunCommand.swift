import ArgumentParser
import Fingerpost
import Foundation
import Guardrails
import GuidelineStore
import Platform

/// `run`: requests in, answers out, for as long as somebody asks.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Answer requests through a pipe, one JSON line each, for programs in any language.",
        discussion: """
            EXAMPLE
              echo '{"id":1,"query":"my ex put a tracker under my car","k":3}' | fingerpost run --library my-library

            Reads one request per line and writes one answer per line, in the same order, as soon as it is there; several \
            are computed at a time. Blank lines are passed over. Nothing is read while 256 requests, or 32 MiB of them, \
            wait for their answers to be read. The end of the input, SIGTERM and SIGINT end the command with 0, once all \
            that was read is answered; a second signal ends it at once.

            REQUESTS
              {"query",...}         "op":"search": the answer is that of search --json
              {"messages":[...]} or {"op":"prompt","query",...}  that of prompt --json
              {"op":"add","guidelines":[{...}]}  {"added":[ids],"updated","unchanged","duplicates":[{"id","duplicateOf"}],\
            "libraryVersion"}
              {"op":"remove","ids":[...]}        {"removed":[ids],"missing":[ids],"libraryVersion"}
              {"op":"check","text",...}          that of check --json; secrets, personal data and the library's guidelines, \
            or what --rails names
              {"op":"info"}         that of info --json, with "libraryID" for its "id"
              {"op":"ping"}         {"pong":true,"version"}

            Fields of search and prompt: k, minScore, filter, always, diverse, mmr, ignoreThresholds, noCalibration, \
            method (hybrid, dense or lexical), exact, efSearch, explain; of prompt also budget and template (its text). \
            Fields of check: rail (input, the default, or output, ...), deadline (milliseconds), and, for the log, model and \
            conversation. An "id", text or a \
            number, is given back. Requests behind an add or a remove see what it did, those before it do not.

            What cannot be answered gets {"id","error":{"code","message","line"}}: a line that is not JSON or is longer \
            than 16 MiB, a field that is not known, a value that is not allowed. The next line is answered as ever.
            """)

    @OptionGroup var target: LibraryOption

    @Flag(help: "Open the library for reading alone; add and remove are errors.")
    var readOnly = false

    @OptionGroup(title: "Checks") var checks: RailsArguments

    @Flag(help: "Write the decisions of checks to the library's log.")
    var log = false

    @Flag(help: "With --log: keep the texts, too.")
    var keepText = false

    @Flag(help: "Say on standard error when the library is open.")
    var verbose = false

    @OptionGroup var threading: ThreadOptions

    func validate() throws {
        if keepText, !log { throw ValidationError("--keep-text says what --log writes; add --log.") }
    }

    func run() throws {
        let lines = try RequestLines(limit: SidecarSession.lineLimit)
        let library = try open()
        var session = SidecarSession(
            library: library, name: target.library, rails: try checks.rails(library), keepsTexts: keepText)
        let decisions = try log ? DecisionLog(in: target.folder) : nil
        session.decisions = decisions
        Interruption.finish { lines.stop() }
        if verbose || Terminal.log.isInteractive {
            Console.log("ready: \(target.library), \(Format.count(try library.count, "guideline")).")
        }
        let work = OrderedWork<(Result<SidecarRequest, SidecarFault>, Int)>(capacity: 256, sizeLimit: 32 << 20) {
            bytes in
            try bytes.withUnsafeBytes { try Console.result($0) }
        }
        Thread.detachNewThread { Self.read(lines, into: work) }
        let answering = session
        try work.run(threads: threading.threads ?? Processors.available) { answering.answer($0.0, line: $0.1) }
        try decisions?.close()
        try library.close()
    }

    private func open() throws -> GuidelineLibrary {
        let progress = ProgressBar()
        guard !readOnly else { return try LibraryAccess.reading(target.folder, progress: progress) }
        defer { progress.finish() }
        Interruption.willWrite(target.folder.appendingPathComponent("index.hnsw").path)
        do {
            return try GuidelineLibrary.open(at: target.folder) { progress.update($0) }
        } catch GuidelineStoreError.readOnly {
            // What can be read can be asked.
            return try LibraryAccess.reading(target.folder, progress: progress)
        }
    }

    private static func read(
        _ lines: RequestLines, into work: OrderedWork<(Result<SidecarRequest, SidecarFault>, Int)>
    ) {
        do {
            while let line = try lines.next() {
                switch line {
                case .text(let bytes, let number):
                    guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
                    let request = Result { () throws(SidecarFault) in
                        try SidecarRequest(parsing: bytes, number: number)
                    }
                    let isWrite = (try? request.get().isWrite) ?? false
                    guard work.put((request, number), size: bytes.count, isBarrier: isWrite) else { return }
                case .tooLong(let number):
                    let location = InputLocation(file: "standard input", line: number)
                    let error = GuidelineStoreError.tooLong(location, what: "line", limit: SidecarSession.lineLimit)
                    let fault = SidecarFault(failure: Failure(error))
                    guard work.put((.failure(fault), number), size: 0, isBarrier: false) else { return }
                }
            }
            work.finish()
        } catch {
            work.finish(error)
        }
    }
}
