import ArgumentParser
import Fingerpost
import Foundation

/// `doctor`: what this machine offers, and what could be better.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say which BLAS, CPU kernels, threads and encoder are in use, and how fast they are.",
        discussion: """
            EXAMPLE
              fingerpost doctor --library my-library

            The exit status is 1 where no encoder can be loaded. Advice is printed for what could be better. Shell \
            completion is set up with fingerpost --generate-completion-script bash (or zsh, fish).

            With --json: {"version","blas":{"vendor","file","lapackFile","configuration","coreType","threadsPerCall",\
            "gigaflops":{"oneThread","allThreads"}},"kernels":{"selected","available"},"processors","encoder":{"name",\
            "sha256","dimension","folder","maximumTokens"} or null,"sqlite","library":{...} or null,"advice":[...]}.
            """)

    @Option(name: [.long, .customShort("l")], help: "A library to look at too.", completion: .directory)
    var library: String?

    @Option(help: "Folder of an encoder to look at instead of the bundled one.", completion: .directory)
    var encoder: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let system = try SystemReport.current()
        var advice = system.advice
        var found: FoundEncoder?
        do {
            let (encoder, folder) = try TextEmbedding.encoder(in: encoder.map { URL(fileURLWithPath: $0) })
            found = FoundEncoder(
                identity: encoder.identity, folder: folder.path, maximumTokenCount: encoder.maximumTokenCount)
        } catch {
            advice.append("The encoder cannot be loaded: \(Failure(error).message)")
        }
        let information = try library.map {
            try LibraryAccess.reading(URL(fileURLWithPath: $0), progress: ProgressBar()).information()
        }
        let report = DoctorReport(
            system: system, encoder: found, library: library, information: information, advice: advice)
        try Console.result(output.json ? report.json.text : report.text(Terminal.output))
        if found == nil { throw ExitCode(1) }
    }
}
